from . import portal
from . import form
from . import rate
from . import incident_report
