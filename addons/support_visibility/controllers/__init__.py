from . import portal
from . import form
from . import rate
