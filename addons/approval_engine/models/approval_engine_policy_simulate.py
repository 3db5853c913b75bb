from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from odoo.addons.event_hub.policies.arguments import TEXT, WHOLE
from odoo.addons.event_hub.tools.arguments import takes


class ApprovalEnginePolicy(models.Model):
    """A policy played through before, or while, it is in force. Nothing comes of it but figures."""

    _inherit = "approval_engine.policy"  # pylint: disable=consider-merging-classes-inherited

    @takes(days=WHOLE)
    def simulate(self, days=90):
        """What this policy would have made of the requests of the last ``days``, as far as the caller may read them.

        More than 2,000 are played through by a Scheduled Action: the answer then has "state": "running"; ``read`` of
        "state", "figures" and "words" of the ``approval_engine.simulation`` says how far it is.

        :return: {"simulation": id, "state", "cases", "of" (found in all), "looked_at", "other_policy",
            "automatic", "automatic_share" (0 to 1, false without cases), "stuck", "by_owner", "other_steps",
            "compared", "usual_seconds" (false: unknown), "usual_known", "added_seconds" (false: unknown),
            "added_known", "load": [{"login", "name", "cases", "per_week", "real_cases", "real_per_week"}],
            "words": [sentence]}
        :raises AccessError: (403) the caller is neither approval manager nor auditor
        """
        run = self._new_simulation(days=days)
        run._run()
        return run._figures_json()

    @takes(data_base64=TEXT)
    def simulate_csv(self, data_base64):
        """As ``simulate``, over cases from a sheet; see ``approval_engine.simulation`` for its columns.

        :raises ValidationError: (422) with line and column of what cannot be read
        """
        run = self._new_simulation(source="sheet", sheet=data_base64)
        run._run()
        return run._figures_json()

    def open_simulation(self):
        """:return: action that shows what this policy would have made of the last 90 days"""
        run = self._new_simulation()
        run._run()
        return run._open()

    def _new_simulation(self, **values):
        if len(self) != 1:
            raise UserError(self.env._("Say which policy (ids): one at a time."))
        self.check_access("read")
        env = self.env(context=clean_context(self.env.context))
        return env["approval_engine.simulation"].create(
            {"policy_id": self.id, **values}
        )
