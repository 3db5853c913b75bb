import dataclasses
import itertools
import unittest

from odoo.addons.approval_engine.policies import integrity
from odoo.addons.approval_engine.policies.integrity import (
    GENESIS,
    Head,
    Link,
    digest,
    first_bad_link,
)


def chain(length, first_id=10):
    links, head = [], Head()
    for sequence in range(1, length + 1):
        payload = {"user": sequence, "action": "approve", "content": "c" * 64}
        link_hash = integrity.link_hash(head.hash, sequence, payload)
        link = Link(first_id + sequence, sequence, head.hash, link_hash, payload)
        links.append(link)
        head = integrity.next_head(head, link)
    return links, head


class TestWithoutNull(unittest.TestCase):
    def test_no_null_is_left_at_any_depth(self):
        cases = [
            (None, False),
            (
                {"a": None, "b": [None, {"c": None}]},
                {"a": False, "b": [False, {"c": False}]},
            ),
            ((1, "", 0, None), [1, "", 0, False]),
        ]
        for value, expected in cases:
            with self.subTest(value=value):
                self.assertEqual(integrity.without_null(value), expected)

    def test_what_has_no_null_keeps_its_fingerprint(self):
        value = {"a": [1, 2.5, "x", False], "b": {"c": ""}}
        self.assertEqual(digest(integrity.without_null(value)), digest(value))


class TestCanonicalJson(unittest.TestCase):
    def test_equal_values_have_one_spelling(self):
        cases = [
            ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
            ({"amount": 1000.0}, {"amount": 1000}),
            ({"x": (1, 2)}, {"x": [1, 2]}),
            ({1: "a"}, {"1": "a"}),
        ]
        for one, other in cases:
            with self.subTest(one=one):
                self.assertEqual(digest(one), digest(other))

    def test_different_values_have_different_fingerprints(self):
        values = [
            None,
            False,
            True,
            0,
            1,
            "",
            "0",
            [],
            {},
            [[]],
            {"a": None},
            {"a": ""},
            0.1,
            0.2,
            "é",
            "e",
        ]
        pairs = itertools.combinations(
            [v for v in values if v is not True and v is not False], 2
        )
        for one, other in pairs:
            with self.subTest(one=one, other=other):
                self.assertNotEqual(digest(one), digest(other))

    def test_what_is_not_json_is_refused(self):
        with self.assertRaises(TypeError):
            digest({"when": object()})
        with self.assertRaises(ValueError):
            digest(float("nan"))

    def test_the_spelling_is_stable_across_releases(self):
        self.assertEqual(
            integrity.canonical_json(
                {"option": "suspend", "amount": 12.5, "n": [1.0, None, True]}
            ),
            '{"amount":12.5,"n":[1,null,true],"option":"suspend"}',
        )


class TestChain(unittest.TestCase):
    def test_an_untouched_chain_is_whole(self):
        for length in range(6):
            with self.subTest(length=length):
                self.assertIsNone(first_bad_link(*chain(length)))

    def test_every_changed_field_of_every_link_is_found(self):
        links, head = chain(4)
        changes = {
            "payload": {"user": 99},
            "previous": GENESIS[:-1] + "1",
            "hash": "f" * 64,
            "sequence": 7,
        }
        for index, (name, value) in itertools.product(range(4), changes.items()):
            with self.subTest(index=index, name=name):
                forged = list(links)
                forged[index] = dataclasses.replace(links[index], **{name: value})
                self.assertEqual(first_bad_link(forged, head), links[index].id)

    def test_a_deleted_link_is_found_wherever_it_was(self):
        links, head = chain(4)
        for index in range(4):
            with self.subTest(index=index):
                left = links[:index] + links[index + 1 :]
                expected = links[index + 1].id if index < 3 else links[3].id
                self.assertEqual(first_bad_link(left, head), expected)

    def test_a_deleted_tail_is_found(self):
        links, head = chain(4)
        for kept in range(4):
            with self.subTest(kept=kept):
                self.assertEqual(first_bad_link(links[:kept], head), head.last_id)

    def test_an_inserted_link_is_found(self):
        links, head = chain(3)
        payload = {"user": 66, "action": "approve"}
        for index in range(4):
            previous = links[index - 1].hash if index else GENESIS
            forged = Link(
                99,
                index + 1,
                previous,
                integrity.link_hash(previous, index + 1, payload),
                payload,
            )
            with self.subTest(index=index):
                self.assertIsNotNone(
                    first_bad_link(links[:index] + [forged] + links[index:], head)
                )

    def test_two_swapped_links_are_found(self):
        links, head = chain(3)
        for one, other in itertools.combinations(range(3), 2):
            swapped = list(links)
            swapped[one], swapped[other] = (
                dataclasses.replace(links[one], payload=links[other].payload),
                dataclasses.replace(links[other], payload=links[one].payload),
            )
            with self.subTest(one=one, other=other):
                self.assertEqual(first_bad_link(swapped, head), links[one].id)

    def test_a_chain_hashed_anew_does_not_match_the_head(self):
        _links, head = chain(3)
        forged, _head = [], None
        previous = GENESIS
        for sequence in range(1, 4):
            payload = {"user": 66}
            link_hash = integrity.link_hash(previous, sequence, payload)
            forged.append(Link(10 + sequence, sequence, previous, link_hash, payload))
            previous = link_hash
        self.assertEqual(first_bad_link(forged, head), head.last_id)
