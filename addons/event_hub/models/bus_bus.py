from odoo import models
from odoo.tools.misc import OrderedSet

from odoo.addons.bus.models.bus import get_notify_payloads

from ..tools import bus_line

CHANNELS = "bus.bus.channels"  # Odoo's name of what a transaction has to tell


class BusBus(models.Model):
    _inherit = "bus.bus"

    def _ensure_hooks(self):
        """Tell those who listen over a line that is kept. Rows are written by Odoo, as ever."""
        postcommit = self.env.cr.postcommit
        if CHANNELS not in postcommit.data:
            postcommit.data[CHANNELS] = OrderedSet()
            postcommit.add(self._tell_listeners)
        return super()._ensure_hooks()

    def _tell_listeners(self):
        channels = self.env.cr.postcommit.data.pop(CHANNELS)
        bus_line.line.say(get_notify_payloads(list(channels)))
