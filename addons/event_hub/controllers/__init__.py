from . import dispatcher, door, operations
