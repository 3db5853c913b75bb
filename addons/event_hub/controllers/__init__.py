from . import dispatcher, door, operations, xmlrpc
