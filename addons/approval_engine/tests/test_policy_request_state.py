import itertools
import unittest

from odoo.addons.approval_engine.policies import execution, policy_state
from odoo.addons.approval_engine.policies import request_state as rs

ALLOWED = {
    ("draft", "pending"),
    ("pending", "approved"),
    ("pending", "rejected"),
    ("pending", "recalled"),
    ("pending", "expired"),
    ("pending", "lapsed"),
    ("approved", "executed"),
    ("approved", "failed"),
    ("approved", "lapsed"),
    ("approved", "pending"),
    ("failed", "executed"),
    ("failed", "lapsed"),
    ("failed", "pending"),
    ("rejected", "draft"),
    ("recalled", "draft"),
    ("expired", "draft"),
}


class TestRequestState(unittest.TestCase):
    def test_every_source_and_target_is_as_the_table_says(self):
        states = [value for value, _label in rs.STATES]
        for source, target in itertools.product(states, states):
            with self.subTest(source=source, target=target):
                self.assertEqual(
                    rs.is_allowed(source, target), (source, target) in ALLOWED
                )

    def test_every_state_has_a_row_and_a_label(self):
        self.assertEqual({value for value, _label in rs.STATES}, set(rs.TRANSITIONS))

    def test_nothing_gets_to_executed_without_approval(self):
        sources = {
            source
            for source, targets in rs.TRANSITIONS.items()
            if "executed" in targets
        }
        self.assertEqual(sources, {"approved", "failed"})

    def test_only_pending_requests_become_approved(self):
        sources = {
            source
            for source, targets in rs.TRANSITIONS.items()
            if "approved" in targets
        }
        self.assertEqual(sources, {"pending"})

    def test_an_unknown_state_leads_nowhere(self):
        self.assertFalse(rs.is_allowed("cancelled", "draft"))

    def test_only_drafts_are_editable(self):
        self.assertEqual([v for v, _l in rs.STATES if rs.is_editable(v)], ["draft"])

    def test_a_policy_that_was_in_force_never_goes_back_to_draft(self):
        back = {s for s, to in policy_state.TRANSITIONS.items() if "draft" in to}
        self.assertEqual(back, {"proposed"})
        self.assertTrue(policy_state.is_allowed("draft", "active"))
        self.assertFalse(policy_state.is_allowed("retired", "active"))


class TestBeforeExecution(unittest.TestCase):
    def test_every_combination(self):
        cases = [
            # chain, content, condition -> what to do
            (True, True, True, "execute"),
            (True, False, True, "reopen"),
            (True, True, False, "lapse"),
            (True, False, False, "lapse"),
            (False, True, True, "refuse"),
            (False, True, False, "refuse"),
            (False, False, True, "refuse"),
            (False, False, False, "refuse"),
        ]
        for chain, content, condition, expected in cases:
            with self.subTest(chain=chain, content=content, condition=condition):
                self.assertEqual(
                    execution.before_execution(
                        chain_ok=chain,
                        content_matches=content,
                        condition_holds=condition,
                    ),
                    expected,
                )
