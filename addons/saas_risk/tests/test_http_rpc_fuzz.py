"""Every public method of the suite, called over JSON-2 with what it does not take.

The methods are found in the registry, so a new one is in here from its first day.
"""

import inspect
import json
import os
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.models.ir_http import (
    BAD_INPUT_MESSAGE,
    BUG_MESSAGE,
    builds_on_hub,
)
from odoo.addons.event_hub.policies import arguments
from odoo.addons.event_hub.tests.people import people

from .common import RiskCase

FULL = os.environ.get("SAAS_FULL") == "1"  # scripts/test --full
SHORT_RUN = 80  # calls of one test in a short run, spread over those of a full one
ALLOWED = {200, 403, 404, 409, 422}
REFUSED = ALLOWED - {200}
LEAKS = ("Traceback", 'File \\"', "SELECT ", "UPDATE ", "psycopg2", "line 1:")
UNKNOWN = 2**31 - 1
DEEP = [[[[{"a": [{}]}]]]]
SURROGATE, NUL = "\ud800", "a\x00b"
ODD = (None, True, 5, -1, 10**30, 1.5, "", "x", [], [True], ["x"], [[1]], {}, DEEP)
UNUSABLE = (SURROGATE, NUL, [SURROGATE], {"a": NUL})
EVERY_GROUP = (
    "event_hub.group_hub_admin",
    "process_intelligence.group_process_manager",
    "ai_assist.group_ai_manager",
    "approval_engine.group_approval_manager",
    "approval_engine.group_approval_auditor",
    "support_visibility.group_support_manager",
    "saas_risk.group_risk_manager",
    "saas_risk.group_risk_finance",
    "saas_risk.group_customer_success",
)
ODD_IDS = (True, 5, "x", {}, [True], ["x"], [None], [[1]], [1.5], [SURROGATE])
MISSING_IDS = ([UNKNOWN], [-1], [0], [10**30])


def addon_of(method):
    return (method.__module__ or "").removeprefix("odoo.addons.").split(".")[0]


def is_exposed(model_class, name):
    return not any(
        getattr(getattr(cls, name, None), "_api_private", False)
        for cls in model_class.mro()
    )


# what these have is Odoo's own door, with Odoo's own arguments, although we extend it
OF_ODOO = ("base", "mail.thread")


def public_methods(registry):
    """:return: [(model name, method name, method)] of what this suite adds to what RPC can call"""
    found = []
    for model_name, model_class in sorted(registry.items()):
        for name in sorted(dir(model_class)):
            method = getattr(model_class, name)
            if (
                not name.startswith("_")
                and inspect.isfunction(method)
                and builds_on_hub(addon_of(method))
                and not any(hasattr(registry[odoos], name) for odoos in OF_ODOO)
                and is_exposed(model_class, name)
            ):
                found.append((model_name, name, method))
    return found


class FuzzCase(RiskCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        until = fields.Datetime.now() + timedelta(days=1)
        cls.everyone = people(
            cls.env, {"login": "t_everyone", "groups": ",".join(EVERY_GROUP)}
        )
        keys = cls.env["res.users.apikeys"]
        cls.keys = {
            user: keys.with_user(user).sudo()._generate("rpc", "test", until)
            for user in (cls.everyone, cls.finance, cls.csm, cls.agent)
        }
        cls.methods = public_methods(cls.env.registry)
        cls.subscription = cls.sub_growth

    def setUp(self):
        super().setUp()
        self.problems = []

    def call(self, user, model, method, body):
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=body if isinstance(body, str) else json.dumps(body),
            headers={
                "Authorization": f"bearer {self.keys[user]}",
                "Content-Type": "application/json",
            },
            timeout=60,
        )

    def hear(self, user, model, method, body, wanted=None):
        """Call, and note what is wrong with the answer."""
        answer = self.call(user, model, method, body)
        said = f"{user.login} {model}.{method} {str(body)[:90]}: {answer.status_code} {answer.text[:300]}"
        if answer.status_code not in (wanted or ALLOWED):
            self.problems.append(said)
        elif any(leak in answer.text for leak in LEAKS):
            self.problems.append(f"leaks: {said}")
        elif answer.status_code == 200 and answer.json() is None:
            self.problems.append(f"silent: {said}")
        elif BAD_INPUT_MESSAGE in answer.text or BUG_MESSAGE in answer.text:
            self.problems.append(f"unhelpful: {said}")
        return answer

    def conclude(self):
        self.assertFalse(
            self.problems,
            "\n" + "\n".join([str(len(self.problems)), *self.problems[:40]]),
        )

    def fingerprint(self):
        """:return: what all tables of the suite hold, and the subjects it keeps elsewhere"""
        self.env.cr.flush()  # what waits for the commit, too
        tables = sorted(
            {
                cls._table
                for cls in self.env.registry.values()
                if cls._auto
                and not cls._abstract
                and not cls._transient
                and builds_on_hub(cls._original_module or "")
            }
        )
        query = " UNION ALL ".join(
            f"SELECT '{table}', count(*), sum(hashtext(t::text)::bigint) FROM \"{table}\" t"  # noqa: S608
            for table in [*tables, "res_partner", "mail_message", "mail_activity"]
        )
        self.env.cr.execute(query)
        return sorted(self.env.cr.fetchall())  # processes answer in any order

    def told(self):
        """:return: types of all events, the oldest first"""
        self.env.cr.flush()
        return self.env["event_hub.event"].sudo().search([], order="id").mapped("type")

    def some(self, model):
        """:return: ids of one record to call a method on; empty if there is none"""
        if self.env[model]._abstract:
            return []
        if model == "saas_risk.subscription":
            return self.subscription.ids
        return self.env[model].sudo().search([], limit=1).ids


@tagged("post_install", "-at_install")
class TestRpcFuzz(FuzzCase):
    def test_every_method_with_parameters_says_what_they_are(self):
        undeclared = [
            f"{model}.{name}"
            for model, name, method in self.methods
            if len(inspect.signature(method).parameters) > 1
            and not hasattr(method, "argument_kinds")
        ]
        self.assertFalse(undeclared)
        self.assertGreater(len(self.methods), 60)

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_http")
    def test_wrong_arguments_and_ids_are_refused_and_change_nothing(self):
        before, told = self.fingerprint(), self.told()
        for case in self.chosen([*self.wrong_kinds(), *self.wrong_calls()]):
            self.hear(self.everyone, *case)
        self.conclude()
        self.assertEqual(self.told(), told)
        self.assertEqual(self.fingerprint(), before)

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_http")
    def test_every_persona_gets_an_answer_or_a_refusal(self):
        cases = [
            (user, model, name, {**self.record(model, method), **others(method)})
            for model, name, method in self.methods
            for user in self.keys
        ]
        for case in self.chosen(cases):
            self.hear(*case)
        self.conclude()

    def chosen(self, cases):
        """:return: all of them in a full run, else some of every method and every kind"""
        step = max(1, len(cases) // SHORT_RUN) | 1  # odd, so that kinds take turns
        return cases if FULL else cases[::step]

    def record(self, model, method):
        return {} if hasattr(method, "_api_model") else {"ids": self.some(model)}

    def wrong_kinds(self):
        for model, name, method in self.methods:
            record = self.record(model, method)
            for parameter, kind in getattr(method, "argument_kinds", {}).items():
                for odd in (*ODD, *UNUSABLE):
                    if odd in UNUSABLE or not arguments.fits(kind, odd):
                        body = {**others(method, parameter), **record, parameter: odd}
                        yield model, name, body, REFUSED

    def wrong_calls(self):
        """Unknown and odd ids, no ids, missing and surplus parameters, bodies that are no object."""
        for model, name, method in self.methods:
            given, record = others(method), self.record(model, method)
            if record:
                if not self.env[model]._abstract:
                    for ids in MISSING_IDS:
                        yield model, name, {**given, "ids": ids}, {403, 404}
                for ids in (*ODD_IDS, []):
                    yield model, name, {**given, "ids": ids}, REFUSED
                yield model, name, given, REFUSED
            if given:
                yield model, name, record, REFUSED
            yield model, name, {**record, **given, "surplus": 1}, REFUSED
            for body in ("[1]", '"x"', "5", "true"):
                yield model, name, body, REFUSED


def others(method, but=None):
    """:return: fitting values for the parameters that must be given, except ``but``"""
    fitting = {"text": "x", "id": 1, "ids": [1], "object": {"x": 1}, "whole": 1}
    parameters = inspect.signature(method).parameters
    return {
        name: kind.choices[0] if kind.choices else fitting.get(kind.code, "x")
        for name, kind in getattr(method, "argument_kinds", {}).items()
        if name != but and parameters[name].default is inspect.Parameter.empty
    }
