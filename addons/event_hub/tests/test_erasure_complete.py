from odoo.tests import TransactionCase, tagged

from . import erasure_exempt as exempt

SUITE = (
    *("event_hub", "event_hub_account", "event_hub_crm", "event_hub_project"),
    *("event_hub_sale", "ai_assist", "approval_engine", "process_intelligence"),
    *("saas_risk", "support_visibility", "support_visibility_knowledge"),
)
TEXT = ("char", "text", "html", "json")


@tagged("post_install", "-at_install")
class TestErasureComplete(TransactionCase):
    """Every text that the installed addons of the suite store is erased, or exempt for a reason."""

    def _stored(self):
        """:return: ``{(model, column)}`` of texts in tables"""
        return {
            (name, field.name)
            for name, model in self.env.registry.items()
            if model._auto and not model._abstract and not model._transient
            for field in model._fields.values()
            if field.store and field.column_type and field.type in TEXT
            if not set(SUITE).isdisjoint(field._modules)
        }

    def _erased(self):
        erasure = self.env["event_hub.erasure"]
        person = erasure._person(self.env.user.partner_id)
        return {
            (place.model, column)
            for place in erasure._places(person)
            for column in place.columns
        }

    def test_every_stored_text_is_erased_or_exempt_with_a_reason(self):
        left = {
            (model, column)
            for model, column in self._stored() - self._erased()
            if model not in exempt.MODELS
            and column not in exempt.NAMES
            and (model, column) not in exempt.COLUMNS
        }
        self.assertFalse(
            left, "Neither in a Place of event_hub.erasure nor in erasure_exempt.py"
        )

    def test_what_is_exempt_exists_and_is_not_erased_as_well(self):
        stored, erased = self._stored(), self._erased()
        for model, column in exempt.COLUMNS:
            if model in self.env and (column in self.env[model]._fields):
                self.assertIn((model, column), stored)
                self.assertNotIn((model, column), erased)
        for model in exempt.MODELS:
            self.assertFalse([place for place in erased if place[0] == model], model)
