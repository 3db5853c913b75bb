"""The real models, asked the same questions as the model, in one transaction that is never committed."""

from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun.api import freeze_time  # that of Odoo cannot be moved

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .memories import Memories, known_rows, put_back, rows_kept
from .people import People, Person

START = datetime(2026, 3, 2, 8, 0)
USER = "approval_engine.group_approval_user"
MANAGER = "approval_engine.group_approval_manager"
# name, whose manager (a number), the group
PEOPLE = (
    ("ria", 3, None),
    ("rob", 4, 1),
    ("ann", 7, 0),
    ("bob", 7, 0),
    ("cyd", 3, 0),
    ("dan", 6, 1),
    ("eve", 7, 1),
    ("max", None, None),
    ("mo", None, None),
)
MANAGERS = (7, 8)
OF_ACCOUNT = 5
OPTIONS = ("stop", "wait")
DOCUMENT = "test_approval_engine.document"
FAULTS = (
    "self_approvals",
    "skipped_steps",
    "changed_executions",
    "double_decisions",
    "double_effects",
)


class Undone(Exception):
    """It went through, and was a trial only."""


class World:
    """Named people, two groups, an account and two types; each example begins with the same."""

    def __init__(self, env):
        context = {**env.context, "tracking_disable": True}
        self.env = env(context=context)
        self.counts = Counter()
        self.steps = self.examples = 0
        self.faults = Counter(dict.fromkeys(FAULTS, 0))
        self._populate()

    def _populate(self):
        env = self.env
        self.groups = env["res.groups"].create(
            [{"name": f"Machine {n}"} for n in (0, 1)]
        )
        users = env["res.users"].with_context(no_reset_password=True)
        self.users = users.create([self._values(*person) for person in PEOPLE])
        for user, (_name, manager, group) in zip(self.users, PEOPLE, strict=True):
            if manager is not None:
                user.approval_manager_id = self.users[manager]
            if group is not None:
                user.group_ids = [Command.link(self.groups[group].id)]
        self.number = {user.id: n for n, user in enumerate(self.users)}
        self.account = env["res.partner"].create(
            {"name": "Machine Account", "is_company": True}
        )
        self.users[OF_ACCOUNT].partner_id.parent_id = self.account
        self.types = env["approval_engine.type"].create(
            [self._type("plain", ()), self._type("choice", OPTIONS)]
        )
        self._watch_groups()
        env.flush_all()
        self.memories = Memories(env)
        self.memories.as_after_commit()

    def _values(self, name, manager, _group):
        """Without a password: nobody logs in, and making one takes long."""
        group = self.env.ref(USER if manager is not None else MANAGER)
        return {
            "login": f"machine_{name}",
            "name": name,
            "email": f"{name}@example.com",
            "group_ids": [Command.set(group.ids)],
        }

    def _type(self, code, options):
        return {
            "code": f"machine_{code}",
            "name": code,
            "subject_model": DOCUMENT,
            "effect": "_approval_effect_stamp",
            "condition": "_approval_condition_needed",
            "option_ids": [Command.create({"code": o, "name": o}) for o in options],
        }

    def _watch_groups(self):
        """Groups are on record from the first policy that names them."""
        steps = [
            Command.create({"name": group.name, "group_id": group.id})
            for group in self.groups
        ]
        self._put_in_force({"name": "Before", "step_ids": steps})

    def _put_in_force(self, values):
        policy = self.env["approval_engine.policy"].create(
            {"type_id": self.types[0].id, "owner_id": False, **values}
        )
        policy.action_activate()
        return policy

    # ------------------------------------------------------------------ one example

    @contextmanager
    def running(self):
        """Time stands still but for ``move``; jobs do not commit; who came too late is not logged beside."""
        registry = self.env.registry
        waiting = patch.object(
            registry["ir.cron"], "_commit_progress", lambda *_a, **_k: float("inf")
        )
        knocking = patch.object(
            registry["approval_engine.request"], "_log_denied", lambda *_a: None
        )
        effect = registry[DOCUMENT]._approval_effect_stamp
        stamping = patch.object(
            registry[DOCUMENT],
            "_approval_effect_stamp",
            lambda document, request: self._watched(effect, document, request),
        )
        with ExitStack() as stack:
            for one in (waiting, knocking, stamping):
                stack.enter_context(one)
            stack.callback(registry.clear_all_caches)
            self.frozen = stack.enter_context(freeze_time(START, ignore=["hypothesis"]))
            yield self

    def begin(self):
        self.rows = known_rows(self.env)
        self.savepoint = self.env.cr.savepoint(flush=False)
        self.now = START
        self.frozen.move_to(START)
        self.story = []
        self.rights_changed = False
        self.changed_now = 0  # executions of changed content, in this example
        self.signed = {}  # request: the content each standing approval was for
        self.examples += 1

    def end(self):
        """Undo all of it, also what memories hold of it."""
        self.savepoint.rollback()
        self.savepoint.close(rollback=False)
        self.env.cr.postcommit.clear()
        put_back(self.env, self.rows)  # `begin` makes a copy of its own
        if not self.rights_changed:
            self.memories.keep()
        self.memories.restore()  # those of the process are not rolled back

    def change_rights(self):
        """To be called before rights change: from here on what is remembered is of this example only."""
        if not self.rights_changed:
            self.memories.keep()
        self.rights_changed = True

    def move(self, hours):
        self.now += timedelta(hours=hours)
        self.frozen.move_to(self.now)

    def people(self):
        """The same people for the model."""
        return People(
            Person(
                name,
                manager=manager,
                reads_all=number in MANAGERS,
                of_account=number == OF_ACCOUNT,
                groups=set() if group is None else {group},
            )
            for number, (name, manager, group) in enumerate(PEOPLE)
        )

    # ------------------------------------------------------------------ asking the real ones

    def call(self, method, *args, **kwargs):
        """:return: None where it went through, else with which kind of refusal it did not"""
        try:
            with rows_kept(self.env), self.env.cr.savepoint():
                method(*args, **kwargs)
                self.env.flush_all()
        except AccessError:
            kind = 403
        except UserError as error:
            kind = getattr(error, "http_status", 422)
        else:
            kind = None
        return kind

    def trial(self, method, *args):
        """As ``call``, and undone."""

        def tried():
            method(*args)
            self.env.cr.flush()
            raise Undone

        try:
            return self.call(tried)
        except Undone:
            return None

    def policy(self, policy):
        """Put the policy of the model in force.

        :return: the real one
        """
        kind = self.types[1 if policy.options else 0]
        owner = False if policy.owner is None else self.users[policy.owner].id
        levels = [self._level(*level) for level in policy.levels]
        found = self._put_in_force(
            {
                "name": "Machine",
                "type_id": kind.id,
                "owner_id": owner,
                "step_ids": [
                    Command.create(self._step(at, rule))
                    for at, rule in enumerate(policy.rules)
                ],
                "deadline_hours": policy.hours,
                "urgent_hours": policy.urgent_hours,
                "timeout_action": policy.timeout,
                "escalation_ids": [Command.create(level) for level in levels],
                "pause_on_question": policy.pause,
                "auto_amount": policy.auto,
                "window_days": policy.window_days,
                "window_by": policy.window_by,
                "bar_beneficiary": policy.bar_beneficiary,
                "bar_lift_reason": False if policy.bar_beneficiary else "A machine.",
            }
        )
        self.memories.as_after_commit()
        return found

    def _step(self, at, rule):
        return {
            "name": f"step {at}",
            "sequence": rule.sequence,
            "mode": rule.mode,
            "quorum": rule.need if rule.mode in ("quorum", "weighted") else 1,
            "percent": rule.need if rule.mode == "percent" else 50,
            "route": "manager" if rule.managers else "people",
            "manager_levels": rule.managers or 1,
            "user_ids": [Command.set([self.users[n].id for n in rule.people])],
            "group_id": False if rule.group is None else self.groups[rule.group].id,
            "amount_from": rule.above,
            "amount_to": rule.upto,
            "condition": "[('urgent', '=', True)]" if rule.urgent_only else False,
            "condition_on": "request",
            "comment_required": rule.comment,
            "bar_account_owner": rule.bar_owner,
            "bar_creator": rule.bar_author,
            "looks_at": ",".join(rule.looks) or False,
            "weight_ids": [
                Command.create({"user_id": self.users[n].id, "weight": weight})
                for n, weight in rule.weights
            ],
        }

    def _level(self, percent, who, whom):
        values = {"after": percent, "unit": "percent", "target": who}
        if who == "user":
            values["user_id"] = self.users[whom].id
        if who == "group":
            values["group_id"] = self.groups[whom].id
        return values

    def draft(self, request, options):
        """The request of the model, as its requester writes it."""
        author = self.users[request.author]
        # the author may have lost the right to write documents since: papers outlive rights
        documents = self.env[DOCUMENT].with_user(author).sudo()
        document = documents.create({"name": "Machine"})
        content = request.content
        beneficiary = content["beneficiary"]
        return (
            self.env["approval_engine.request"]
            .with_user(self.users[request.requester])
            .create(
                {
                    "name": "Machine",
                    "type_id": self.types[1 if options else 0].id,
                    "partner_id": request.account and self.account.id,
                    "amount": content["amount"],
                    "reason": content["reason"],
                    "urgent": content["urgent"],
                    "urgent_reason": "It burns.",
                    "option": content["option"] or False,
                    "beneficiary_id": beneficiary is not None
                    and self.users[beneficiary].id,
                    "res_model": DOCUMENT,
                    "res_id": document.id,
                }
            )
        )

    def job(self, name):
        requests = self.env["approval_engine.request"]
        {
            "deadlines": requests._cron_deadlines,
            "seats": requests._cron_seats,
            "execute": requests._cron_execute,
            "begin": self.env["approval_engine.delegation"]._cron_begin,
        }[name]()

    # ------------------------------------------------------------------ what was approved is what is done

    def content_of(self, request):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT amount, reason, option, urgent, beneficiary_id, partner_id, res_id"
            " FROM approval_engine_request WHERE id = %s",
            [request.id],
        )
        return self.env.cr.fetchone()

    def sign(self, request):
        """An approval was given: for this content."""
        round_ = request.sudo().round
        signed = self.signed.setdefault((request.id, round_), set())
        signed.add(self.content_of(request))

    def _watched(self, effect, document, request):
        signed = self.signed.get((request.id, request.sudo().round))
        if signed is not None and signed != {self.content_of(request)}:
            self.faults["changed_executions"] += 1
            self.changed_now += 1
        return effect(document, request)
