import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import adapters, mapping
from odoo.addons.event_hub.policies.cloudevents import BadEnvelope
from odoo.addons.event_hub.policies.mapping import Mapping

TICKET = {
    "event": "ticket.opened",
    "uid": 9001,
    "at": 1772445600,
    "customer": {"code": "ACC-007"},
    "ticket": {
        "no": 42,
        "title": "Export fails",
        "prio": 3,
        "cents": 1250,
        "cur": "EUR",
    },
}
OPENED = Mapping(
    when="event == 'ticket.opened'",
    type="'support.ticket_created'",
    id="to_string(uid)",
    subject="customer.code",
    time="at",
    data="{ticket: to_string(ticket.no), title: ticket.title, "
    "priority: lookup(ticket.prio, {\"3\": 'high'}), worth: amount(ticket.cents, ticket.cur)}",
)


def test_a_mapping_makes_an_event_of_any_json():
    item = mapping.apply(OPENED, TICKET)
    assert item.event == mapping.CloudEvent(
        id="9001",
        source="mapping",
        type="support.ticket_created",
        subject="ACC-007",
        time=datetime(2026, 3, 2, 10, 0),
        data={
            "ticket": "42",
            "title": "Export fails",
            "priority": "high",
            "worth": 12.5,
        },
    )


@pytest.mark.parametrize(
    "value,expected",
    [
        (TICKET, "support.ticket_created"),
        ({"event": "login"}, "identity.login"),
        ({"event": "logout"}, mapping.UNMAPPED),
        ("no object", mapping.UNMAPPED),
        (None, mapping.UNMAPPED),
    ],
)
def test_the_first_mapping_that_takes_a_request_reads_it(value, expected):
    login = Mapping(when="event == 'login'", type="'identity.login'")
    never = Mapping(when="event == 'login' && missing", type="'x'")
    items = mapping.read([OPENED, never, login], value)
    assert [item.event.type for item in items] == [expected]


def test_what_no_mapping_takes_is_kept_whole():
    (item,) = mapping.read([OPENED], {"event": "other", "x": 1})
    assert item.event.data == {"event": "other", "x": 1}
    assert mapping.read([], 5)[0].event.data == {"value": 5}


def test_an_array_is_a_batch_whose_items_stand_alone():
    broken = {**TICKET, "uid": None, "ticket": {"cents": "x"}}
    items = mapping.read([OPENED], [TICKET, broken, {"event": "?"}])
    assert [item.event and item.event.type for item in items] == [
        "support.ticket_created",
        None,
        mapping.UNMAPPED,
    ]
    assert items[1].error.startswith("$[1]: mapping data (")


def test_without_an_id_the_same_content_is_the_same_event():
    plain = Mapping(type="'x.y'")
    first = mapping.apply(plain, {"a": 1, "b": 2}).event.id
    assert first == mapping.apply(plain, {"b": 2, "a": 1}).event.id
    assert first != mapping.apply(plain, {"a": 1, "b": 3}).event.id


@pytest.mark.parametrize(
    "field,expression,why",
    [
        (
            "type",
            "event_name",
            "must give text, not nothing; fixed text is in single quotes",
        ),
        ("type", "uid", "must give text, not a number"),
        ("type", "''", "must give text, not empty text"),
        ("id", "customer", "must give text or a whole number, not an object"),
        ("id", "missing", "must give text or a whole number, not nothing"),
        ("id", "`true`", "must give text or a whole number, not true or false"),
        ("subject", "[uid]", "must give text or a whole number, not a list"),
        ("time", "'yesterday'", "must be a time such as"),
        ("time", "`-1`", "must be seconds since the epoch"),
        ("time", "`1.5`", "must be a time such as"),
        ("data", "ticket.title", "must give an object, not "),
        ("data", "[ticket]", "must give an object, not a list"),
        ("data", "abs(ticket.title)", "In function abs()"),
        ("when", "length(uid)", "In function length()"),
        ("when", 'sort_by(`[1, "a"]`, &@)', "In function sort_by()"),
    ],
)
def test_a_value_of_the_wrong_kind_names_the_expression(field, expression, why):
    broken = Mapping(**{"type": "'x.y'", field: expression})
    with pytest.raises(BadEnvelope) as caught:
        mapping.read([broken], TICKET)
    said = str(caught.value)
    assert said.startswith(f"mapping {field} ({expression}): ") and why in said


def test_data_is_an_object_also_where_no_expression_picks_it():
    with pytest.raises(BadEnvelope, match="must be a JSON object"):
        mapping.apply(Mapping(type="'x.y'"), "text")


@pytest.mark.parametrize(
    "value,expected",
    [
        (1772445600, "2026-03-02T10:00:00"),
        (1772445600.0, "2026-03-02T10:00:00"),
        (1772445600123, "2026-03-02T10:00:00.123000"),
        ("2026-03-02T11:00:00+01:00", "2026-03-02T10:00:00"),
        ("", None),
        (None, None),
    ],
)
def test_a_time_is_iso_or_counts_from_the_epoch(value, expected):
    time = mapping.apply(Mapping(type="'x.y'", time="at"), {"at": value}).event.time
    assert (time and time.isoformat()) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "",
        " ",
        "a",
        "a.b[0]",
        "'text'",
        "{a: b}",
        "amount(a, b)",
        "sort_by(a, &b)",
        "merge(a, b, c)",
    ],
)
def test_sound_expressions_have_no_problem(expression):
    assert mapping.check(expression) is None


@pytest.mark.parametrize(
    "expression,says",
    [
        ("a.", "column 3: the expression ends too early"),
        ("a b", "column 3: b cannot be here"),
        ("{a: }", "column 5: } cannot be here"),
        ("a.#", "column 3: # cannot be here"),
        ("'open", "column 1: 'open cannot be here"),
        ("x.nosuch(a)", "column 3: there is no function nosuch"),
        ("a | length(b, c)", "column 5: length() takes 1 values, not 2"),
        ("amount(a)", "column 1: amount() takes 2 values, not 1"),
        ("x" * 5000, "longer than 4000 characters"),
        ("(" * 3000, ""),
    ],
)
def test_a_broken_expression_names_the_column(expression, says):
    problem = mapping.check(expression)
    assert problem and problem.startswith(says)


def test_a_mapping_tells_its_problems_by_field():
    found = mapping.problems(Mapping(type="", data="{a:", subject="b"))
    assert set(found) == {"type", "data"}


@pytest.mark.parametrize(
    "expression,expected",
    [
        ("amount(`1999`, 'usd')", 19.99),
        ("amount(`1999`, 'jpy')", 1999),
        ("amount(null, 'usd')", None),
        ("lower('A') ", "a"),
        ("upper(x)", None),
        ("lookup(`2`, {\"2\": 'open'})", "open"),
        ("lookup('9', {\"2\": 'open'})", None),
    ],
)
def test_our_own_functions(expression, expected):
    data = mapping.apply(
        Mapping(type="'x.y'", data="{r: " + expression + "}"), {}
    ).event.data
    assert data == ({} if expected is None else {"r": expected})


EXPRESSIONS = st.text(
    st.sampled_from("ab.[]*?&|@`'\"{}(),:=<> 01-lengthsortby"), max_size=25
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=3),
    lambda child: (
        st.lists(child, max_size=3) | st.dictionaries(st.sampled_from("ab"), child)
    ),
    max_leaves=8,
)


@settings(deadline=None)  # a busy machine is no failure
@given(EXPRESSIONS)
def test_any_text_is_an_expression_or_has_a_problem(expression):
    problem = mapping.check(expression)
    assert problem is None or problem


@settings(deadline=None)  # a busy machine is no failure
@given(
    EXPRESSIONS,
    JSON,
    st.sampled_from(["when", "type", "id", "subject", "time", "data"]),
)
def test_a_sound_expression_on_any_json_gives_an_event_or_a_reason(
    expression, value, field
):
    if mapping.check(expression):
        return
    try:
        items = mapping.read([Mapping(**{"type": "'x.y'", field: expression})], value)
    except BadEnvelope as error:
        assert str(error)
    else:
        for item in items:
            assert item.event or item.error
            assert not item.event or json.dumps(item.event.data, allow_nan=False)


def test_the_adapter_reads_by_the_mappings_of_the_source():
    body = json.dumps(TICKET).encode()
    items = adapters.adapt(
        "mapping",
        {},
        "application/json",
        body,
        lambda value: mapping.read([OPENED], value),
    )
    assert items[0].event.type == "support.ticket_created"
