"""Governed rules on the triggers that Odoo brings, and records that start them."""

from datetime import timedelta

from odoo import fields

from .common_governance import GovernedCase

MODEL = "res.partner.category"


class StockCase(GovernedCase):
    def rule(self, code="record['name'] = record.name + '!'", **vals):
        return super().rule(
            code,
            MODEL,
            **{"trigger": "on_create", "event_pattern": False, **vals},
        )

    def acting(self, **vals):
        rule = self.governed(**vals)
        self.as_admin(rule).action_switch_to_act()
        return rule

    def tags(self, *names):
        return self.env[MODEL].create([{"name": name} for name in names])

    def timed(self, code="record['comment'] = 'called'"):
        """A governed rule on contacts that are an hour old, whose charter is complete."""
        rule = GovernedCase.rule(
            self,
            code,
            trigger="on_time_created",
            event_pattern=False,
            filter_domain="[('ref', '=', 'AGED')]",
            trg_date_range=1,
            trg_date_range_type="hour",
        )
        rule.governed = True
        self.complete(rule)
        rule.active = True
        return rule

    def aged(self, count):
        """Contacts that are two hours old."""
        partners = self.env["res.partner"].create(
            [{"name": f"Aged {n}", "ref": "AGED"} for n in range(count)]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)",
            [fields.Datetime.now() - timedelta(hours=2), partners.ids],
        )
        self.env.invalidate_all()
        return partners
