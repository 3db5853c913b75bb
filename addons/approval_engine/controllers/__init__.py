from . import dossier, invited
