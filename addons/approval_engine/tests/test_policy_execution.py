import itertools

from odoo.addons.approval_engine.policies import execution as ex


def test_every_combination_has_its_verdict():
    for chain, content, condition, change in itertools.product([True, False], repeat=4):
        found = ex.before_execution(
            chain_ok=chain,
            content_matches=content,
            condition_holds=condition,
            is_change=change,
        )
        if not chain:
            assert found == ex.REFUSE
        elif not condition:
            assert found == ex.LAPSE
        elif content:
            assert found == ex.EXECUTE
        else:
            assert found == (ex.MOVED if change else ex.REOPEN)
