"""Asking the model and the real ones the same, and comparing what came of it."""

from hypothesis.stateful import RuleBasedStateMachine

from .looking import differences, faults, look_at, told_of
from .strategies import EVERYBODY

FINAL = ("executed", "lapsed")


class Both(RuleBasedStateMachine):
    """``world`` is set by ``machine_in``."""

    world = None

    def __init__(self):
        super().__init__()
        self.real = []
        self.before = []  # states
        self.world.begin()
        self.ended = False

    def teardown(self):
        try:
            if not self.ended:
                self._compare(range(len(self.real)))
                self._verify()
        finally:
            self.world.end()

    def _verify(self):
        """The decision log verifies, whatever happened."""
        found = self.world.env["approval_engine.decision"].verify_chain()
        assert found["ok"], found

    # ------------------------------------------------------------------ asking both

    def _count(self, name):
        self.world.counts[name] += 1
        self.world.steps += 1

    def _expect(self, what, kinds, kind, said="", at=None):
        """:param at: of the request that may have changed; None: all may"""
        self._count(what)
        self.world.story.append(f"{said or what}: {kind or 'done'}")
        if kind:
            self.world.counts["refused"] += 1
        allowed = kind in kinds if kinds else kind is None
        if not allowed:
            self.ended = True
        assert allowed, f"{what}: answered {kind}, the model says {kinds or 'go'}"
        self._compare(range(len(self.real)) if at is None else [at])

    def _act(self, what, at, user, *args, real=None, **kwargs):
        """Let a person do something to a request, in the model and for real.

        :param what: name of the model's method
        :param real: (name, args) of the real method
        """
        model, request = self.model.requests[at], self.real[at]
        person = self.model.people[user]
        if not person.active:
            return None  # cannot log in
        kinds = {403}
        if person.access:
            kinds = getattr(self.model, what)(model, user, *args, **kwargs)
        as_user = request.with_user(self.world.users[user])
        kind = self.world.call(getattr(as_user, real[0]), *real[1])
        said = f"{real[0]} {at} by {person.name} {args or ''}{kwargs or ''}"
        self._expect(real[0], kinds, kind, said, at)
        return kind

    def _compare(self, places):
        self.world.env.flush_all()
        requests = self.world.env["approval_engine.request"].browse(
            self.real[at].id for at in places
        )
        for at, look in zip(places, look_at(self.world, requests), strict=True):
            model = self.model.requests[at]
            self._refuse_faults(look, model)
            wrong = differences(look.told(), told_of(model))
            self.ended = self.ended or bool(wrong)
            assert not wrong, f"request {at}: " + "; ".join(wrong)
            was, self.before[at] = self.before[at], look.state
            assert was == look.state or was not in FINAL, (was, look.state)

    def _refuse_faults(self, look, model):
        found = faults(look, self._needed(look, model))
        found += [("changed_executions", "")] * self.world.changed_now
        for name, _words in found:
            self.world.faults[name] += name != "changed_executions"
        self.ended = self.ended or bool(found)
        assert not found, found

    def _needed(self, look, model):
        """Names of the steps that the policy asks for: by what was at stake when it was asked."""
        rules = self.model.policy.rules
        urgent = model.signed and model.signed["urgent"]
        return [
            f"step {at}"
            for at, one in enumerate(rules)
            if one.applies(model.stake, urgent)
        ]

    def _at(self, pick):
        return pick % len(self.real)

    def _who(self, pick, at):
        """Mostly somebody who may decide, now and then anybody."""
        able = self._able(at)
        if able and pick % 5:
            return able[pick % len(able)]
        return pick % len(EVERYBODY)

    def _able(self, at):
        """Who may decide now, as the model has it."""
        return [
            n
            for n in EVERYBODY
            if self.model.people[n].able
            and not self.model.why_not(self.model.requests[at], n)
        ]
