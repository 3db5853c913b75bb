from . import dispatcher, door, operations, webhook, xmlrpc
