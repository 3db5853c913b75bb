"""A hub administrator, a reader, and rules that somebody answers for."""

from .common_outbox import HubCase
from .people import people


class GovernedCase(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin, cls.reader = people(
            cls.env,
            {"login": "hub_boss", "groups": "event_hub.group_hub_admin"},
            {"login": "hub_reader", "groups": "event_hub.group_hub_user"},
        )

    def governed(self, complete=True, **vals):
        rule = self.rule(**vals)
        rule.governed = True
        if complete:
            self.complete(rule)
            rule.active = True
        return rule

    def complete(self, rule):
        rule.charter_id.write(
            {
                "purpose": "Mark who was seen",
                "approval_path": "none",
                "approval_reason": "None, because a note harms nobody",
                "minutes_saved": 5,
                "estimate_basis": "Watched ten of them",
            }
        )

    def as_admin(self, record):
        return record.with_user(self.admin)
