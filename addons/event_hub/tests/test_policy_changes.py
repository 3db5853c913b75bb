import pytest

from odoo.addons.event_hub.policies.changes import CHANGED, Told, Value, tell

NEW, WON, NOTHING = Value("1", "New"), Value("2", "Won"), Value("", "")


@pytest.mark.parametrize(
    ("watch", "before", "after", "kind", "activity"),
    [
        (None, NEW, WON, CHANGED, "Stage: Won"),
        ("crm.lead_moved", NEW, WON, "crm.lead_moved", "Stage: Won"),
        ("crm.lead_moved", NEW, NOTHING, "crm.lead_moved", "Stage: –"),
        ({"2": "crm.lead_won"}, NEW, WON, "crm.lead_won", ""),
    ],
)
def test_a_change_is_told(watch, before, after, kind, activity):
    told = tell("stage_id", "Stage", watch, before, after)
    assert told == Told(
        kind,
        activity,
        {"field": "stage_id", "from": before.label, "to": after.label},
    )


@pytest.mark.parametrize(
    ("watch", "before", "after"),
    [
        (None, NEW, NEW),
        ("crm.lead_moved", WON, WON),
        ({"2": "crm.lead_won"}, WON, NEW),
        ({}, NEW, WON),
    ],
)
def test_what_is_no_change_or_has_no_event_is_not_told(watch, before, after):
    assert tell("stage_id", "Stage", watch, before, after) is None
