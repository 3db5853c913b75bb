"""No door of the server gives a secret away, nor says whether a guess at one is right."""

import json

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import HubCommon

TEXTS = ("secret_current", "secret_previous")
UNTIL = "secret_previous_until"
OPERATORS = (
    *("=", "!=", "in", "not in", "<", ">=", "like", "not like", "ilike", "=like"),
    *("=ilike", "not ilike"),
)


def _condition(field, operator, guess):
    value = f"{guess}%" if operator.startswith("=") and operator != "=" else guess
    return [field, operator, [value] if operator.endswith("in") else value]


def _asking(field, guess, nested):
    """Calls that may not be answered: ``[(model or None for the record's own, method, arguments)]``."""
    asked = [[_condition(field, operator, guess)] for operator in OPERATORS]
    like = _condition(field, "=like", guess)
    asked += [["!", like], ["|", like, ["id", "=", 0]], [[field, "=", False]]]
    calls = [(None, "search", {"domain": domain}) for domain in asked]
    calls += [
        (None, "search_count", {"domain": [like]}),
        (None, "search_read", {"domain": [], "fields": [field]}),
        (None, "search", {"domain": [], "order": f"{field} desc"}),
        (None, "name_search", {"domain": [like]}),
        (None, "web_search_read", {"domain": [like], "specification": {}}),
        (None, "web_search_read", {"domain": [], "specification": {field: {}}}),
        (
            None,
            "web_search_read",
            {"domain": [], "specification": {}, "order": field},
        ),
        *(
            (None, "formatted_read_group", {"domain": [], **grouped})
            for grouped in (
                {"groupby": [field], "aggregates": ["__count"]},
                {"groupby": [], "aggregates": [f"{field}:max"]},
                {"groupby": [], "aggregates": [f"{field}:array_agg"]},
                {"groupby": [], "aggregates": [f"{field}:count_distinct"]},
                {"groupby": ["id"], "aggregates": [], "order": field},
            )
        ),
        (None, "web_read_group", {"domain": [], "groupby": [field]}),
        (
            None,
            "read_progress_bar",
            {
                "domain": [],
                "group_by": "name",
                "progress_bar": {"field": field, "colors": {}},
            },
        ),
        (None, "search_panel_select_range", {"field_name": field}),
    ]
    for model, path in nested:
        condition = [f"{path}.{field}", "=like", f"{guess}%"]
        spec = {path: {"fields": {field: {}}}}
        calls += [
            (model, "search", {"domain": [condition]}),
            (model, "search", {"domain": [[path, "any", [like]]]}),
            (model, "web_search_read", {"domain": [], "specification": spec}),
            (
                model,
                "formatted_read_group",
                {
                    "domain": [],
                    "groupby": [f"{path}.{field}"],
                    "aggregates": ["__count"],
                },
            ),
        ]
    return calls


def _reading(ids, field):
    """Calls about the record itself that may be refused or say nothing of the field."""
    spec = {field: {}}
    return [
        ("read", {"ids": ids, "fields": [field]}),
        ("read", {"ids": ids}),
        ("web_read", {"ids": ids, "specification": spec}),
        ("export_data", {"ids": ids, "fields_to_export": ["name", field]}),
        ("default_get", {"fields": [field]}),
        ("fields_get", {}),
        ("copy_data", {"ids": ids}),
        ("mapped", {"ids": ids, "func": field}),
        ("sorted", {"ids": ids, "key": field}),
        (
            "onchange",
            {"ids": ids, "values": {}, "field_names": [], "fields_spec": spec},
        ),
        ("web_save", {"ids": ids, "vals": {}, "specification": spec}),
        ("load", {"fields": ["name", field], "data": [["X", "whsec_AAAA"]]}),
        ("write", {"ids": ids, "vals": {field: "whsec_AAAA"}}),
    ]


@tagged("post_install", "-at_install")
class TestSecretsOverRpc(HubCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hub_admin = new_test_user(
            cls.env,
            "hub_secret_admin",
            groups="event_hub.group_hub_admin,base.group_allow_export",
            password="hub_secret_admin",
            company_id=cls.company_a.id,
        )
        cls.endpoint = cls.env["event_hub.endpoint"].create(
            {"name": "Outside", "url": "https://example.com/hook"}
        )
        cls.env["event_hub.mapping"].create(
            {"source_id": cls.source.id, "name": "M", "type_expr": "'test.ping'"}
        )
        for record in (cls.source, cls.endpoint):
            record.sudo()._rotate_secret()
        cls._hear(cls, cls._event())
        cls.endpoint.action_send_test()
        cls.nested = {
            "event_hub.source": [
                ("event_hub.mapping", "source_id"),
                ("event_hub.message", "source_id"),
            ],
            "event_hub.endpoint": [("event_hub.delivery", "endpoint_id")],
        }
        keys = cls.env["res.users.apikeys"].with_user(cls.hub_admin).sudo()
        cls.key = keys._generate("rpc", "test", None)

    def _json2(self, model, method, arguments):
        response = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        return response.status_code == 200, response.text

    def _web(self, model, method, arguments):
        kwargs = dict(arguments)
        args = [kwargs.pop("ids")] if "ids" in kwargs else []
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
        )
        return "error" not in response.json(), response.text

    def _values(self, record):
        record = record.sudo()
        texts = [record[name] for name in TEXTS]
        until = fields.Datetime.to_string(record[UNTIL])
        return [*texts, *(text.partition("_")[2][:12] for text in texts), until]

    def _attack(self, call, every):
        """:param every: ask every n-th question only; endpoints share the source's code, so fewer suffice"""
        for record, step in ((self.source, every), (self.endpoint, 3 * every)):
            model, secrets = record._name, self._values(record)
            for field in (*TEXTS, UNTIL):
                for method, arguments in _reading(record.ids, field)[::step]:
                    _ok, text = call(model, method, arguments)
                    self._assert_silent(text, secrets, (model, method, arguments))
            self._ask(call, model, "secret_current", secrets, step)
            self._ask(call, model, "secret_previous", secrets, 5 * step)
            self.assertEqual(self._values(record), secrets, "nothing was changed")

    def _ask(self, call, model, field, secrets, every):
        """A right and a wrong guess are refused alike."""
        guesses = secrets[TEXTS.index(field)][:10], "whsec_~no~"
        right, wrong = (_asking(field, g, self.nested[model]) for g in guesses)
        for (other, method, arguments), (_, _, beside) in zip(
            right[::every], wrong[::every], strict=True
        ):
            what = other or model, method, arguments
            ok, text = call(other or model, method, arguments)
            self.assertFalse(ok, f"{what}: {text}")
            self._assert_silent(text, secrets, what)
            if str(guesses[0]) in str(arguments):
                _ok, answer = call(other or model, method, beside)
                told = text.replace(guesses[0], "?"), answer.replace(guesses[1], "?")
                self.assertEqual(*told, what)

    def _assert_silent(self, text, secrets, what):
        for secret in secrets:
            self.assertNotIn(secret, text, what)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
    def test_a_hub_administrator_learns_nothing_over_json_2(self):
        self._attack(self._json2, every=1)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
    def test_the_administrator_learns_nothing_over_the_web_clients_door(self):
        self.authenticate("admin", "admin")
        self._attack(self._web, every=3)

    def test_a_conflict_never_shows_a_secret(self):
        """Who owns a field is asked when it is written, and a conflict would show both values."""
        self.source.user_id = self.hub_admin  # an administrator as service user
        field = self.env["ir.model.fields"]._get("event_hub.source", "secret_current")
        owner = {"model_id": field.model_id.id, "field_id": field.id}
        owners = self.env["event_hub.field_owner"].with_user(self.hub_admin)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            owners.create(owner)
        before = self.source.secret_current
        self._own_as_an_older_version_let_it(field)
        self.source.with_user(self.hub_admin).action_rotate_secret()
        self.assertNotEqual(self.source.secret_current, before)
        self.assertFalse(
            self.env["event_hub.conflict"].search(
                [("res_model", "=", "event_hub.source")]
            )
        )

    def _own_as_an_older_version_let_it(self, field):
        name = self.env["ir.model.fields"]._get("event_hub.source", "name")
        owned = self.env["event_hub.field_owner"].create(
            {"model_id": name.model_id.id, "field_id": name.id}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE event_hub_field_owner SET field_id = %s, field = %s WHERE id = %s",
            [field.id, field.name, owned.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache("stable")
