import pytest

from odoo.addons.event_hub.policies import domain_text

NAMES = {"datetime", "dateutil", "time", "uid"}


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "[('type', '=', 'billing.payment_failed')]",
        "['|', ('attributes.amount', '>', -5.5), ('account_id', '!=', False)]",
        "[['type', 'in', ['a.b', 'c.d']], ('actor_id', '=', uid)]",
        "[('occurred_at', '>=', (datetime.datetime.now() - dateutil.relativedelta.relativedelta(days=7))"
        ".strftime('%Y-%m-%d'))]",
        " [('note', '=', 'lambda x: (yield) __class__')] ",
    ],
)
def test_conditions_of_values_and_times_are_taken(text):
    assert domain_text.problem(text, NAMES) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[('type', '=', (lambda: 'a')())]", "only what has a name can be called"),
        ("[('type', '=', lambda: 'a')]", "lambda"),
        ("[('type', 'in', [x for x in 'ab'])]", "a loop"),
        ("[('id', 'in', {1, 2})]", "{…}"),
        ("[('id', '=', 1 if uid else 2)]", "if … else"),
        ("[('type', '=', f'{uid}')]", "an f-string"),
        ("[('type', '=', 'a' * 10**9)]", "Mult"),
        ("[('type', '=', time.__class__)]", "__class__ is not allowed"),
        ("[('type', '=', env)]", "env is not known here"),
        ("[('type', '=', [uid][0])]", "behind a value"),
        ("[('type', '=', b'a')]", "values are texts"),
        ("[('type', '=', 1j)]", "values are texts"),
        ("('type', '=', 'a')", "no list of conditions"),
        ("True", "no list of conditions"),
        ("[('a', '=', 1)] + [('b', '=', 2)]", "no list of conditions"),
        ("[('type' == 'a')]", "a comparison"),
        ("[('a', '=', 1) and ('b', '=', 2)]", "and, or between conditions"),
        ("[('type', '=', 'a'", "cannot be read"),
        ("[" * 5000, "cannot be read"),
        ("[('a', '=', '\0')]", "cannot be read"),
        ("[" + "1," * 6000 + "]", "longer than"),
    ],
)
def test_a_program_or_anything_else_is_refused_with_the_reason(text, words):
    assert words in domain_text.problem(text, NAMES)
