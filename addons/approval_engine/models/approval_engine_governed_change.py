from odoo import fields, models

from odoo.addons.event_hub.fields import LooseMany2one

from ..fields import FrozenJson
from ..policies import trail

KINDS = [
    (trail.MADE, "Made"),
    (trail.CHANGED, "Changed"),
    (trail.ON, "Switched On"),
    (trail.OFF, "Switched Off"),
    (trail.DELETED, "Deleted"),
]


class ApprovalEngineGovernedChange(models.Model):
    """A change of what waits for an approval: who, when, old and new. Never changed itself."""

    _name = "approval_engine.governed_change"
    _inherit = ["approval_engine.born", "event_hub.append_only"]
    _description = "Change of What is Governed"
    _order = "id desc"
    _rec_name = "name"
    _log_access = False

    governed_id = LooseMany2one(
        "approval_engine.governed",
        "Definition",
        required=True,
        readonly=True,
        index=True,
    )
    name = fields.Char("What is Governed", required=True, readonly=True)
    company_id = LooseMany2one("res.company", "Company", readonly=True, index=True)
    kind = fields.Selection(KINDS, "What Happened", required=True, readonly=True)
    user_id = LooseMany2one("res.users", "By", required=True, readonly=True)
    user_login = fields.Char("Login", required=True, readonly=True)
    at = fields.Datetime("When", required=True, readonly=True)
    changes = FrozenJson(
        required=True, readonly=True, help="Shape: {field: [old, new]}."
    )
    words = fields.Text("Old → New", required=True, readonly=True)

    def _birth_words(self):
        return self.env._("Changes of what is governed are written down by themselves.")
