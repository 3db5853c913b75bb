from . import dossier
