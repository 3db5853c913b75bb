import json

from odoo.fields import NO_ACCESS
from odoo.models import MAGIC_COLUMNS
from odoo.tests import TransactionCase, freeze_time, tagged

from .access_matrix import SUITE, suite_models

# a value of each kind that no field of ours has by itself
WISHES = {
    "boolean": True,
    "char": "wished for",
    "text": "wished for",
    "html": "<p>wished for</p>",
    "integer": 4711,
    "float": 47.5,
    "monetary": 47.5,
    "date": "2001-02-03",
    "datetime": "2001-02-03 04:05:06",
    "binary": "d2lzaGVk",
    "json": {"wished": "for"},
    "many2one": 1,
    "many2one_reference": 1,
    "many2many": [1],
    "one2many": [],
}
RANDOM = ("base.automation.webhook_uuid",)
EXTENDED = (
    "base.automation",
    "res.partner",
)  # with fields of ours that nobody fills in


def guarded(env):
    """:return: yields ``(model, field)`` of the suite: stored, and not for a person to fill in"""
    for name in [*suite_models(env), *EXTENDED]:
        model = env[name]
        if model._transient or not model._auto:
            continue
        for field in model._fields.values():
            ours = any(module in SUITE for module in field._modules)
            closed = field.readonly or field.groups == NO_ACCESS
            if ours and closed and field.store and field.name not in MAGIC_COLUMNS:
                yield model, field


def wish(model, field):
    """:return: a value of the field's kind that it has not by itself"""
    own = field.default(model) if field.default else None
    if field.type == "boolean":
        return not own
    if field.type == "selection":
        return next(v for v in field.get_values(model.env) if v != own)
    return WISHES[field.type]


def born(model, field):
    """:return: what a new record has in ``field`` unless it is given"""
    return model.default_get([field.name]).get(field.name)


@freeze_time("2026-03-02 09:00:00")  # many are born with the moment
@tagged("post_install", "-at_install")
class TestGuardedDefaults(TransactionCase):
    """What follows from what happened is born as it is, whatever its caller wishes for."""

    def test_no_default_of_the_context_is_born_into_a_guarded_field(self):
        for model, field in guarded(self.env):
            wished = wish(model, field)
            asking = model.with_context(**{f"default_{field.name}": wished})
            self._assert_same_kind(field, born(model, field), born(asking, field))

    def test_no_default_that_a_user_keeps_is_born_into_a_guarded_field(self):
        fields = list(guarded(self.env))
        before = [born(model, field) for model, field in fields]
        self.env.cr.execute_values(
            """INSERT INTO ir_default (field_id, user_id, json_value)
            SELECT f.id, u.id, v.value FROM (VALUES %s) v (model, name, value)
            JOIN ir_model_fields f ON f.model = v.model AND f.name = v.name
            JOIN res_users u ON u.login = '__system__'""",
            [
                (model._name, field.name, json.dumps(wish(model, field)))
                for model, field in fields
            ],
        )
        for (model, field), own in zip(fields, before, strict=True):
            self._assert_same_kind(field, own, born(model, field))

    def _assert_same_kind(self, field, own, now):
        """The same; but one that is random is another each time."""
        with self.subTest(str(field)):
            if str(field) in RANDOM:
                self.assertNotEqual(now, WISHES[field.type])
                self.assertEqual(len(now), len(own))
            else:
                self.assertEqual(now, own)
