from . import echo, start
