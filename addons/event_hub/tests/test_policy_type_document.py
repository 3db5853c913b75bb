from odoo.addons.event_hub.policies.type_document import TypeEntry, page


def entry(code, **values):
    return TypeEntry(
        **{
            "code": code,
            "name": "Something happened",
            "version": "1.0",
            "inside": False,
            "case_type": "account",
            "system_of_record": "",
            "latency": "Seconds",
            "description": "",
            "schema": {},
            "sample": None,
            **values,
        }
    )


def test_types_stand_by_family_and_code_whatever_their_order():
    text = page([entry("b.two"), entry("a.one"), entry("b.one")])
    headings = [line for line in text.splitlines() if line.startswith("##")]
    assert headings == ["## a", "### `a.one`", "## b", "### `b.one`", "### `b.two`"]


def test_the_table_says_what_is_required_and_how_it_is_limited():
    schema = {
        "required": ["x", "z"],
        "properties": {
            "x": {"type": ["string", "null"], "maxLength": 9, "pattern": "a|b"},
            "y": {"enum": ["p", 1]},
            "w": True,
        },
    }
    text = page([entry("a.b", schema=schema, sample={"x": "é"}, older=("0.9",))])
    assert "| `x`\\* | string or null, at most 9 characters, `a\\|b` |" in text
    assert '| `y` | anything, one of "p", 1 |' in text
    assert "| `w` | anything |" in text
    assert "| `z`\\* | anything |" in text
    assert '{"x": "é"}' in text
    assert "still judged if named: 0.9" in text
