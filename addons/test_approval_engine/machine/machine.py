"""Random people do random things to real approvals; after each the model has to agree."""

import copy
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from odoo import Command

from .both import Both
from .clockwork import Clockwork
from .looking import told
from .people import Loan
from .strategies import AMOUNTS, EVERYBODY, policies, requests
from .world import DOCUMENT, MANAGERS, OPTIONS, START

PICK = st.integers(0, 999)
WHO = st.sampled_from(EVERYBODY)
COMMENT = st.sampled_from(["Because.", "Because.", ""])
OPTION = st.sampled_from([None, *OPTIONS, *OPTIONS])
MOST_REQUESTS = 3
asked = precondition(lambda self: self.model.requests)


class Approvals(Both):
    """``world`` is set by ``running.machine_in``."""

    # ------------------------------------------------------------------ asking

    @initialize(policy=policies(), request=requests())
    def start(self, policy, request):
        self.model = Clockwork(self.world.people(), policy, START)
        self._tell_policy(policy)
        self.policy = self.world.policy(policy)
        self._new(request)

    def _tell_policy(self, policy):
        self.world.story.append(f"policy {told(policy, rules=len(policy.rules))}")
        self.world.story += [
            f"  step {at}: {told(x)}" for at, x in enumerate(policy.rules)
        ]

    @rule(request=requests())
    @precondition(lambda self: len(self.real) < MOST_REQUESTS)
    def ask_for_more(self, request):
        self._new(request)

    def _new(self, request):
        if not self.model.people[request.requester].able:
            return
        self.world.story.append(f"request {len(self.real)}: {told(request)}")
        self.model.requests.append(copy.deepcopy(request))
        self.real.append(self.world.draft(request, self.model.policy.options))
        self.before.append("draft")
        self.submit(len(self.real) - 1, request.requester)

    def submit(self, at, user):
        kind = self._act("submit", at, user, real=("action_submit", ()))
        if kind is None and self.model.requests[at].state == "approved":
            self.world.sign(self.real[at])

    @asked
    @rule(
        pick=PICK,
        who=WHO,
        value=AMOUNTS,
        what=st.sampled_from("recall again edit submit".split()),
    )
    def requester_acts(self, pick, who, value, what):
        at = self._at(pick)
        user = self.model.requests[at].requester if pick % 4 else who
        if what == "submit":
            self.submit(at, user)
        elif what == "edit":
            self._act(
                "edit", at, user, "amount", value, real=("write", [{"amount": value}])
            )
        elif what == "recall":
            self._act("recall", at, user, real=("action_recall", ()))
        else:
            self._act("resubmit", at, user, real=("action_resubmit", ()))
            self._act("submit", at, user, real=("action_submit", ()))

    # ------------------------------------------------------------------ deciding

    @asked
    @rule(pick=PICK, comment=COMMENT, option=OPTION)
    def approve(self, pick, comment, option):
        self._approve(pick, comment, option)

    @asked
    @rule(pick=PICK, more=PICK, option=OPTION)
    def approve_several_times(self, pick, more, option):
        self._approve(pick, "Because.", option)
        self._approve(more, "Because.", None)

    def _approve(self, pick, comment, option):
        at = self._at(pick)
        self._approve_as(at, self._who(pick, at), comment, option)

    def _approve_as(self, at, user, comment, option):
        if not self.model.policy.options:
            option = None
        kind = self._act(
            "decide",
            at,
            user,
            "approved",
            comment,
            option,
            real=("action_approve", (comment, option)),
        )
        if kind is None and self.model.people[user].active:
            self.world.sign(self.real[at])

    @asked
    @rule(
        pick=PICK,
        value=AMOUNTS,
        between=st.sampled_from(["nothing", "forge", "needed", "broken"]),
    )
    def go_all_the_way(self, pick, value, between):
        """Everybody needed approves, something happens meanwhile, and it is carried out."""
        at = self._at(pick)
        for _time in range(6):
            able = self._able(at)
            if able:
                self._approve_as(at, able[0], "Because.", OPTIONS[0])
        if between == "forge":
            self._forge(at, value)
        elif between != "nothing":
            self._change_subject(at, between)
        self._job("execute")

    @asked
    @rule(pick=PICK, comment=COMMENT)
    def reject(self, pick, comment):
        at = self._at(pick)
        user = self._who(pick, at)
        self._act(
            "decide", at, user, "rejected", comment, real=("action_reject", (comment,))
        )

    @asked
    @rule(pick=PICK, option=st.sampled_from([*OPTIONS, "none"]))
    def choose(self, pick, option):
        at = self._at(pick)
        user = self._who(pick, at)
        self._act("choose", at, user, option, real=("action_choose", (option,)))

    @asked
    @rule(pick=PICK)
    def everybody_tries(self, pick):
        """Who may decide: asked of some who see it and one who does not, and undone."""
        at = self._at(pick)
        option = OPTIONS[0] if self.model.policy.options else None
        for user in self._some(pick, self.model.requests[at]):
            trial = copy.deepcopy(self.model.requests[at])
            kinds = self.model.decide(trial, user, "approved", "Because.", option)
            request = self.real[at].with_user(self.world.users[user])
            kind = self.world.trial(request.action_approve, "Because.", option)
            self._expect("may_decide", kinds, kind, f"may {user} decide {at}", at)

    def _some(self, pick, request):
        able = [n for n in EVERYBODY if self.model.people[n].able]
        first = pick % max(len(able), 1)
        mixed = able[first:] + able[:first]
        seeing = [n for n in mixed if self.model.sees(request, n)]
        return seeing[:3] + [n for n in mixed if n not in seeing][:1]

    # ------------------------------------------------------------------ talking

    @asked
    @rule(pick=PICK, who=WHO, answers=st.booleans())
    def talk(self, pick, who, answers):
        at = self._at(pick)
        model, request = self.model.requests[at], self.real[at]
        rows = self.world.env["approval_engine.question"].search(
            [("request_id", "=", request.id), ("question_id", "=", False)], order="id"
        )
        if answers and rows:
            number = pick % len(rows)
            user = model.requester if pick % 3 else who
            real = ("action_answer", ("An answer.", rows[number].id))
            self._act("reply", at, user, number, real=real)
        else:
            user = self._who(pick, at)
            self._act("ask", at, user, real=("action_ask", ("A question?",)))

    @asked
    @rule(pick=PICK, who=WHO)
    def ask_one_more(self, pick, who):
        at = self._at(pick)
        user = self._who(pick, at)
        if pick % 7 == 0 and self.model.policy.owner is not None:
            user = self.model.policy.owner
        if not self.model.sees(self.model.requests[at], user):
            return  # may follow it, for reasons that are none of ours
        real = ("action_add_approver", (self.world.users[who].id, "To be sure."))
        self._act("add", at, user, who, real=real)

    # ------------------------------------------------------------------ changes under way

    @asked
    @rule(pick=PICK, amount=AMOUNTS, how=st.sampled_from(["reason", "amount", "forge"]))
    def change_content(self, pick, amount, how):
        """By code that asks anew, or with the password of the database."""
        at = self._at(pick)
        model, request = self.model.requests[at], self.real[at]
        if how == "forge":
            self._forge(at, amount)
        elif model.state in ("draft", "pending", "approved", "failed"):
            value = amount if how == "amount" else f"Another {amount}."
            kinds = self.model.change(model, how, value)
            changing = request.with_user(1)._change_content
            kind = self.world.call(changing, {how: value}, "It changed.")
            self._signed_carried(at, kind)
            self._expect("change_content", kinds, kind, f"change {at} {how} {amount}")

    def _forge(self, at, amount):
        self.world.env.cr.execute(
            "UPDATE approval_engine_request SET amount = %s WHERE id = %s",
            [amount, self.real[at].id],
        )
        self.world.env.invalidate_all()
        self.model.requests[at].content["amount"] = amount
        self._expect("forge", set(), None, f"forge {at} {amount}")

    def _signed_carried(self, at, kind):
        """Approvals that stand are said anew, for the content as it is now."""
        request = self.real[at]
        if kind is None and any(
            entry[0] == self.model.requests[at].round
            and entry[1] in ("carry", "approve")
            for entry in self.model.requests[at].log
        ):
            self.world.sign(request)

    @asked
    @rule(pick=PICK, what=st.sampled_from(["needed", "broken", "recheck"]))
    def change_the_subject(self, pick, what):
        self._change_subject(self._at(pick), what)

    def _change_subject(self, at, what):
        model, request = self.model.requests[at], self.real[at]
        document = self.world.env[DOCUMENT].browse(request.sudo().res_id)
        if what != "broken":
            model.needed = not model.needed or what == "recheck"
            model.needed = model.needed and what != "recheck"
            document.needed = model.needed
        else:
            model.broken = not model.broken
            document.broken = model.broken
        if what == "recheck":
            self.model.recheck(model)
            request.sudo()._recheck_condition()
        self._expect(what, set(), None, f"{what} {at}")

    @asked
    @rule(pick=PICK, how=st.sampled_from(["again", "by hand", "silent"]))
    def mend(self, pick, how):
        at = self._at(pick)
        user = pick % len(EVERYBODY) if pick % 3 == 0 else MANAGERS[pick % 2]
        if how == "again":
            self._act("retry", at, user, real=("action_retry_execution", ()))
        else:
            reason = "By hand." if how == "by hand" else ""
            self._act("complete", at, user, reason, real=("action_complete", (reason,)))

    # ------------------------------------------------------------------ people

    @rule(
        who=st.sampled_from(range(7)),
        pick=PICK,
        what=st.sampled_from("active access join leave owner".split()),
    )
    def people_change(self, who, pick, what):
        people, user = self.model.people, self.world.users[who]
        person = people[who]
        self.world.change_rights()
        if what == "active":
            person.active = not person.active
            user.active = person.active
        elif what == "owner":
            people.account_owner = who if pick % 2 else None
            self.world.account.account_owner_id = pick % 2 and user
        elif what == "access":
            person.access = not person.access
            group = self.world.env.ref("approval_engine.group_approval_user")
            self._in_group(user, group, person.access, True)
        else:
            self._join(who, pick % 2, what == "join", pick % 3 > 0)
        self._expect(what, set(), None, f"{what} {who} {pick % 2} {pick % 3 > 0}")

    def _join(self, who, group, joins, by_system):
        person = self.model.people[who]
        (person.groups.add if joins else person.groups.discard)(group)
        real = self.world.groups[group]
        self._in_group(self.world.users[who], real, joins, by_system)

    def _in_group(self, user, group, joins, by_system):
        command = Command.link if joins else Command.unlink
        actor = (
            user if by_system else user.with_user(self.world.env.ref("base.user_admin"))
        )
        actor.write({"group_ids": [command(group.id)]})
        self.model.people.follow(agreed=by_system)

    @rule(lender=WHO, delegate=WHO, pick=PICK, hours=st.sampled_from([4, 30, 1000, 0]))
    def lend(self, lender, delegate, pick, hours):
        begin = self.model.now + timedelta(hours=(0, 0, 0, 5)[pick % 4])
        loan = Loan(lender, delegate, begin, begin + timedelta(hours=hours))
        loan.limit = (0, 0, 500)[pick % 3]
        loan.kinds = frozenset({(0, 0, 1)[pick % 3]} if pick % 5 == 0 else ())
        if not self.model.people[lender].able:
            return
        kinds = self.model.lend(loan)
        kind = self.world.call(self._lend, loan)
        self._expect("lend", kinds, kind, str(loan))

    def _lend(self, loan):
        users = self.world.users
        other = {0: self.policy.type_id, 1: self.world.types - self.policy.type_id}
        self.world.env["approval_engine.delegation"].with_user(
            users[loan.lender]
        ).create(
            {
                "user_id": users[loan.lender].id,
                "delegate_id": users[loan.delegate].id,
                "date_from": loan.begin,
                "date_to": loan.end,
                "amount_limit": loan.limit,
                "type_ids": [Command.set([other[kind].id for kind in loan.kinds])],
            }
        )

    @precondition(lambda self: self.model.people.loans)
    @rule(pick=PICK, who=WHO)
    def take_back(self, pick, who):
        at = pick % len(self.model.people.loans)
        loan = self.model.people.loans[at]
        user = loan.lender if pick % 2 else who
        if not self.model.people[user].able:
            return
        kinds = self.model.revoke(loan, user)
        real = self.world.env["approval_engine.delegation"].search([], order="id")[at]
        kind = self.world.call(real.with_user(self.world.users[user]).action_revoke)
        self._expect("take_back", kinds, kind)

    # ------------------------------------------------------------------ time and jobs

    @rule(hours=st.sampled_from([1, 3, 7, 13, 25, 24 * 40]))
    def wait(self, hours):
        self.world.move(hours)
        self.model.now = self.world.now
        self._expect("wait", set(), None, f"wait {hours}")

    @rule(hours=st.sampled_from([0, 2, 4, 7, 12, 25]))
    def wait_until_deadlines(self, hours):
        self.wait(hours)
        self._job("deadlines")

    @rule(name=st.sampled_from(["execute", "execute", "deadlines", "seats", "begin"]))
    def job_runs(self, name):
        self._job(name)

    def _job(self, name):
        getattr(self.model, name)()
        self.world.job(name)
        self.world.env.flush_all()
        self.world.env.invalidate_all()
        for at in range(len(self.real)):
            self._signed_carried(at, None) if name == "execute" else None
        self._expect(name, set(), None)
