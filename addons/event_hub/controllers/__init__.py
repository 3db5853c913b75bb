from . import dispatcher, door, door_log, operations, xmlrpc
