import itertools

import pytest

from odoo.addons.ai_assist.policies import verdict as verdicts

ALL = [value for value, _label in verdicts.VERDICTS]


@pytest.mark.parametrize(("source", "target"), list(itertools.product(ALL, ALL)))
def test_a_verdict_is_given_once(source, target):
    problem = verdicts.verdict_problem(
        state=verdicts.READY, verdict=source, target=target
    )
    if target == verdicts.PENDING:
        assert problem == "unknown"
    elif source == verdicts.PENDING:
        assert problem is None
    else:
        assert problem == "judged"


@pytest.mark.parametrize(
    "target", [verdicts.ACCEPTED, verdicts.EDITED, verdicts.REJECTED]
)
def test_a_refused_output_cannot_be_judged(target):
    assert (
        verdicts.verdict_problem(
            state=verdicts.FAILED, verdict=verdicts.PENDING, target=target
        )
        == "failed"
    )


def test_a_made_up_verdict_is_unknown():
    assert (
        verdicts.verdict_problem(
            state=verdicts.READY, verdict=verdicts.PENDING, target="executed"
        )
        == "unknown"
    )
