from . import articles
