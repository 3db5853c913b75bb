import dataclasses
import json
import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies import sealing
from odoo.addons.approval_engine.policies.integrity import GENESIS
from odoo.addons.approval_engine.policies.sealing import (
    Entry,
    Head,
    Seal,
    first_problem,
    head_problems,
    read_heads,
)

WHEN = "2026-03-01 10:00:00"


def chain(sizes, first_decision=100):
    """:return: (seals, entries) as they are written"""
    seals, entries, previous = [], [], GENESIS
    for sequence, size in enumerate(sizes, start=1):
        own = []
        for position in range(len(entries) + 1, len(entries) + size + 1):
            hash_ = f"{position:064x}"
            own.append(
                Entry(sequence * 7, position, first_decision + position, hash_, hash_)
            )
        entries += own
        hash_ = sealing.seal_hash(previous, sequence, WHEN, own)
        seals.append(
            Seal(sequence * 7, sequence, size, len(entries), WHEN, previous, hash_)
        )
        previous = hash_
    return seals, entries


def rehashed(seals, entries):
    """As a forger who knows how makes the chain consistent again."""
    made, previous, rest = [], GENESIS, list(entries)
    for seal in seals:
        own, rest = rest[: seal.count], rest[seal.count :]
        hash_ = sealing.seal_hash(previous, seal.sequence, seal.sealed_at, own)
        made.append(dataclasses.replace(seal, previous=previous, hash=hash_))
        previous = hash_
    return made


def change_seal(rows, dice, **values):
    seals, entries = rows
    place = dice.randrange(len(seals))
    seals[place] = dataclasses.replace(seals[place], **values)


def change_entry(rows, dice, **values):
    _seals, entries = rows
    place = dice.randrange(len(entries))
    entries[place] = dataclasses.replace(entries[place], **values)


def drop_seal(rows, dice):
    seals, _entries = rows
    del seals[dice.randrange(len(seals))]


def drop_middle_seal_with_entries(rows, dice):
    seals, entries = rows
    gone = seals.pop(dice.randrange(len(seals) - 1))
    entries[:] = [entry for entry in entries if entry.seal_id != gone.id]


def drop_entry(rows, dice):
    _seals, entries = rows
    del entries[dice.randrange(len(entries))]


def repeat_entry(rows, dice):
    _seals, entries = rows
    place = dice.randrange(len(entries))
    entries.insert(place, entries[place])


def swap_entries(rows, dice):
    """The decisions of two places, each with its own hash."""
    _seals, entries = rows
    one, other = dice.sample(range(len(entries)), 2)
    a, b = entries[one], entries[other]
    names = ("decision_id", "decision_hash", "actual")
    entries[one] = dataclasses.replace(a, **{n: getattr(b, n) for n in names})
    entries[other] = dataclasses.replace(b, **{n: getattr(a, n) for n in names})


def swap_seals(rows, dice):
    seals, _entries = rows
    one, other = dice.sample(range(len(seals)), 2)
    seals[one], seals[other] = seals[other], seals[one]


FORGERIES = {
    **{
        f"seal {name}": lambda rows, dice, n=name, v=value: change_seal(
            rows, dice, **{n: v}
        )
        for name, value in {
            "id": 999_999,
            "sequence": 50,
            "count": 0,
            "total": 12345,
            "sealed_at": "2026-03-01 10:00:01",
            "previous": "a" * 64,
            "hash": "b" * 64,
        }.items()
    },
    **{
        f"entry {name}": lambda rows, dice, n=name, v=value: change_entry(
            rows, dice, **{n: v}
        )
        for name, value in {
            "seal_id": 999_999,
            "position": 5000,
            "decision_id": 1,
            "decision_hash": "c" * 64,
            "actual": "d" * 64,
        }.items()
    },
    "a decision is gone": lambda rows, dice: change_entry(rows, dice, actual=None),
    "a seal is gone": drop_seal,
    "a seal is gone with its entries": drop_middle_seal_with_entries,
    "an entry is gone": drop_entry,
    "an entry is repeated": repeat_entry,
    "two entries are swapped": swap_entries,
    "two seals are swapped": swap_seals,
}

SIZES = st.lists(st.integers(1, 5), min_size=2, max_size=8)


class TestSeals(unittest.TestCase):
    @given(st.lists(st.integers(1, 9), max_size=12))
    def test_a_chain_as_it_was_written_holds(self, sizes):
        self.assertIsNone(first_problem(*chain(sizes)))

    @given(SIZES, st.randoms(use_true_random=False))
    def test_every_kind_of_change_is_found_wherever_it_is(self, sizes, dice):
        for name, forge in FORGERIES.items():
            rows = chain(sizes)
            forge(rows, dice)
            self.assertIsNotNone(first_problem(*rows), name)

    def test_the_decision_that_was_changed_is_named(self):
        for place in range(6):
            with self.subTest(place=place):
                seals, entries = chain([2, 3, 1])
                entries[place] = dataclasses.replace(entries[place], actual="f" * 64)
                found = first_problem(seals, entries)
                self.assertEqual(
                    (found.why, found.decision_id),
                    (sealing.DECISION, entries[place].decision_id),
                )

    def test_an_empty_seal_is_no_seal(self):
        self.assertIsNotNone(first_problem(*chain([2, 0, 1])))

    @given(SIZES, st.randoms(use_true_random=False))
    def test_a_rewritten_chain_holds_inside_and_only_a_head_tells(self, sizes, dice):
        seals, entries = chain(sizes)
        heads = [Head(seal.sequence, seal.hash) for seal in seals]
        place = dice.randrange(len(entries))
        forged = "e" * 64
        entries[place] = dataclasses.replace(
            entries[place], decision_hash=forged, actual=forged
        )
        seals = rehashed(seals, entries)
        self.assertIsNone(first_problem(seals, entries))
        inside = {seal.sequence: seal.hash for seal in seals}
        found = head_problems(heads, inside)
        self.assertEqual({problem.why for problem in found}, {sealing.HEAD_OTHER})
        self.assertEqual(found[-1].sequence, len(seals), "the last head is enough")

    @given(SIZES)
    def test_a_missing_end_is_told_by_the_head(self, sizes):
        seals, entries = chain(sizes)
        heads = [Head(seal.sequence, seal.hash, 7) for seal in seals]
        kept = entries[: seals[-1].total - seals[-1].count]
        self.assertIsNone(first_problem(seals[:-1], kept))
        found = head_problems(heads, {s.sequence: s.hash for s in seals[:-1]})
        self.assertEqual(
            [(p.why, p.sequence, p.decision_id) for p in found],
            [(sealing.HEAD_MISSING, len(seals), 7)],
        )

    def test_without_seals_there_is_nothing_to_find(self):
        self.assertIsNone(first_problem([], []))

    def test_entries_without_any_seal_are_found(self):
        _seals, entries = chain([3])
        self.assertEqual(first_problem([], entries).why, sealing.LEFT_OVER)


class TestHeads(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.seals, _entries = chain([2, 1, 3])
        self.lines = [sealing.head_line("one", seal, 5) for seal in self.seals]

    def test_what_was_written_is_read(self):
        found = read_heads(self.lines, "one")
        expected = tuple(Head(s.sequence, s.hash, 5) for s in self.seals)
        self.assertEqual(found, sealing.Outside(expected))

    def test_a_line_holds_what_somebody_else_needs_to_verify(self):
        told = json.loads(self.lines[1])
        self.assertEqual(
            set(told),
            set("db sequence count total previous hash sealed_at first".split()),
        )
        self.assertEqual(told["sealed_at"], "2026-03-01T10:00:00Z")

    def test_a_torn_line_is_told_and_hides_nothing(self):
        for cut in range(1, len(self.lines[2]) - 2):
            torn = [*self.lines[:2], self.lines[2][:cut] + "\n", self.lines[2]]
            found = read_heads(torn, "one")
            with self.subTest(cut=cut):
                self.assertEqual((len(found.heads), found.unreadable), (3, 1))

    def test_another_database_is_named_and_not_mixed_in(self):
        other = sealing.head_line("two", self.seals[0], 1)
        found = read_heads([*self.lines, other], "one")
        self.assertEqual((len(found.heads), found.others), (3, frozenset({"two"})))

    def test_a_new_database_of_the_name_begins_anew(self):
        begin = sealing.begin_line("one", "2026-03-02T00:00:00Z")
        self.assertEqual(read_heads([*self.lines, begin], "one").heads, ())
        elsewhere = sealing.begin_line("two", "2026-03-02T00:00:00Z")
        self.assertEqual(len(read_heads([*self.lines, elsewhere], "one").heads), 3)

    def test_the_body_of_a_webhook_is_a_head(self):
        body = {"type": "approval.sealed", "data": {"sequence": 3, "hash": "a"}}
        found = read_heads([json.dumps(body)], "any")
        self.assertEqual(found.heads, (Head(3, "a"),))

    def test_lines_of_another_kind_are_no_heads(self):
        for line in (
            "[]",
            "3",
            "null",
            "{}",
            '{"sequence":"1","hash":"a"}',
            '{"sequence":true,"hash":"a"}',
            '{"sequence":1}',
        ):
            with self.subTest(line=line):
                self.assertEqual(
                    read_heads([line], "one"), sealing.Outside(unreadable=1)
                )
