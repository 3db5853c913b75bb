from dataclasses import replace
from unittest.mock import patch

import pytest

from odoo.tests import TransactionCase, tagged

from odoo.addons.approval_engine.policies import (
    bars,
    execution,
    progress,
    reach,
    routing,
)

from ..machine.running import run
from ..machine.world import World

MOST, STEPS = 300, 8  # runs within which a rule that is switched off is missed

to_step, fill, before = (
    routing._to_step,
    progress._fill,
    execution.before_execution,
)


def _requester_sits(rule, _requester_id):
    return to_step(rule, 0)


def _other_seats_stay(step, chosen, vote):
    if step.key != chosen.key:
        return step
    return step.with_seat_state(vote.holder_id, vote.verdict, vote.decided_by)


def _content_is_not_looked_at(**facts):
    return before(**facts | {"content_matches": True})


def _reason_is_not_looked_at(**facts):
    return before(**facts | {"condition_holds": True})


def _all_open_at_once(steps):
    return tuple(
        progress._opened(replace(step)) if step.state == "waiting" else step
        for step in steps
    )


# a rule switched off: what takes its place
MUTATIONS = {
    "the requester is asked too": [
        (routing, "_to_step", _requester_sits),
        (progress, "REQUESTER", None),
    ],
    "one person fills every seat": [
        (progress, "_fill", _other_seats_stay),
        (progress, "deciders", lambda _steps: set()),
        (reach, "deciders", lambda _steps: set()),
    ],
    "what is carried out is not compared with what was approved": [
        (execution, "before_execution", _content_is_not_looked_at)
    ],
    "the reason is not looked at again": [
        (execution, "before_execution", _reason_is_not_looked_at)
    ],
    "nobody is barred": [(bars, "barred", lambda *_args, **_kwargs: {})],
    "steps are open before their turn": [(progress, "open_steps", _all_open_at_once)],
}


@tagged("post_install", "-at_install")
@pytest.mark.optional("the random runs for each rule switched off, 2 minutes")
class TestMachineMutations(TransactionCase):
    """The random runs are worth something: a rule that is switched off is missed."""

    def setUp(self):
        super().setUp()
        self.world = World(self.env)

    def test_each_rule_that_is_switched_off_is_missed(self):
        for name, changes in MUTATIONS.items():
            with self.subTest(name):
                self._is_missed(changes)

    def _is_missed(self, changes):
        patches = [patch.object(*change) for change in changes]
        for one in patches:
            one.start()
        try:
            with self.assertRaises(AssertionError):
                run(self.world, MOST, STEPS, shrink=False)
        finally:
            for one in patches:
                one.stop()
