import random

import pytest

from odoo.tests import TransactionCase, tagged

from ..policies import integrity, sealing
from .common_seal import SealCase

SEED = 20261122
SIZES = (3, 1, 4, 2)  # decisions under each seal
DECISION = {
    "request_id": lambda dice: 10_000_000 + dice.randrange(1000),
    "company_id": lambda dice: 10_000 + dice.randrange(1000),
    "sequence": lambda dice: 50 + dice.randrange(50),
    "round": lambda dice: 50 + dice.randrange(50),
    "step_sequence": lambda dice: 1000 + dice.randrange(1000),
    "step_name": lambda dice: f"Step {dice.random()}",
    "user_id": lambda dice: 10_000 + dice.randrange(1000),
    "user_login": lambda dice: f"mallory{dice.random()}",
    "user_name": lambda dice: f"Mallory {dice.random()}",
    "on_behalf_id": lambda dice: dice.choice([0, 10_000]),
    "on_behalf_login": lambda dice: dice.choice(["", "mallory"]),
    "on_behalf_name": lambda dice: dice.choice(["", "Mallory"]),
    "carried_id": lambda dice: dice.choice([0, 10_000]),
    "added_id": lambda dice: dice.choice([0, 10_000]),
    "added_login": lambda dice: dice.choice(["", "mallory"]),
    "added_name": lambda dice: dice.choice(["", "Mallory"]),
    "by_policy": lambda dice: dice.choice(["", "Policy of nobody"]),
    "action": lambda dice: dice.choice(["reject", "choose", "APPROVE"]),
    "option": lambda dice: dice.choice(["", "suspend"]),
    "comment": lambda dice: dice.choice(["", "agreed.", "Agreed. "]),
    "content_hash": lambda dice: f"{dice.getrandbits(256):064x}",
    "evidence_hash": lambda dice: f"{dice.getrandbits(256):064x}",
    "decided_at": lambda dice: dice.choice(
        ["2020-01-01", "2026-01-01 10:00:00.000001"]
    ),
    "correlation": lambda dice: f"{dice.getrandbits(128):032x}",
    "previous_hash": lambda dice: f"{dice.getrandbits(256):064x}",
    "hash": lambda dice: f"{dice.getrandbits(256):064x}",
    "id": lambda dice: 10_000_000 + dice.randrange(1000),
}
SEAL = {
    "sequence": lambda dice: 50 + dice.randrange(50),
    "count": lambda dice: 50 + dice.randrange(50),
    "total": lambda dice: 50 + dice.randrange(50),
    "sealed_at": lambda dice: dice.choice(["2020-01-01", "2026-01-01 10:00:00.000001"]),
    "previous_hash": lambda dice: f"{dice.getrandbits(256):064x}",
    "hash": lambda dice: f"{dice.getrandbits(256):064x}",
    "id": lambda dice: 10_000_000 + dice.randrange(1000),
}
ENTRY = {
    "seal_id": lambda dice: 10_000_000 + dice.randrange(1000),
    "position": lambda dice: 50 + dice.randrange(50),
    "decision_id": lambda dice: 10_000_000 + dice.randrange(1000),
    "decision_hash": lambda dice: f"{dice.getrandbits(256):064x}",
}
REQUEST = {
    "decision_count": lambda dice: dice.choice([0, 7]),
    "decision_head": lambda dice: f"{dice.getrandbits(256):064x}",
    "decision_last_id": lambda dice: 10_000_000 + dice.randrange(1000),
}
TABLES = {
    "approval_engine_decision": DECISION,
    "approval_engine_seal": SEAL,
    "approval_engine_seal_entry": ENTRY,
    "approval_engine_request": REQUEST,
}


@tagged("post_install", "-at_install")
class TestSealForgery(SealCase):
    """Somebody with the database password forges; each attempt is undone before the next."""

    def setUp(self):
        super().setUp()
        self.dice = random.Random(SEED)
        for size in SIZES:
            self._decided(size - 1)
            self._approve(self._submitted(amount=5000), self.fred, self.max)
            self._seal()
        self.requests = self.env["approval_engine.request"].search(
            [("decision_count", ">", 0)]
        )
        self.last = self.seals.search([], limit=1)
        self.assertTrue(self._verify()["ok"])

    # ------------------------------------------------------------------- forgeries

    def _ids(self, table):
        self.env.cr.execute(f"SELECT id FROM {table} ORDER BY id")
        ids = [id_ for (id_,) in self.env.cr.fetchall()]
        is_request = table == "approval_engine_request"
        return self.requests.ids if is_request else ids

    def _update(self, table, column):
        place = self.dice.choice(self._ids(table))
        value = TABLES[table][column](self.dice)
        self._tamper(
            f"UPDATE {table} SET {column} = %s WHERE id = %s AND {column} IS DISTINCT FROM %s",
            value,
            place,
            value,
        )
        return self.env.cr.rowcount

    def _delete(self, table):
        place = self.dice.choice(self._ids(table))
        self._tamper(f"DELETE FROM {table} WHERE id = %s", place)

    def _delete_tail(self):
        """The last decision, with its request made to fit."""
        request = self.dice.choice(self.requests)
        kept = request.sudo().decision_ids.sorted("sequence")[:-1]
        self._tamper(
            "DELETE FROM approval_engine_decision WHERE id = %s",
            request.decision_last_id,
        )
        self._tamper(
            "UPDATE approval_engine_request SET decision_count = %s, decision_head = %s, decision_last_id = %s"
            " WHERE id = %s",
            len(kept),
            kept[-1:].hash or integrity.GENESIS,
            kept[-1:].id or 0,
            request.id,
        )

    def _delete_request(self):
        request = self.dice.choice(self.requests)
        for table, column in (
            ("approval_engine_decision", "request_id"),
            ("approval_engine_assignment", "request_id"),
            ("approval_engine_request_step", "request_id"),
            ("approval_engine_request", "id"),
        ):
            self._tamper(f"DELETE FROM {table} WHERE {column} = %s", request.id)

    def _delete_last_seal(self):
        self._tamper(
            "DELETE FROM approval_engine_seal_entry WHERE seal_id = %s", self.last.id
        )
        self._tamper("DELETE FROM approval_engine_seal WHERE id = %s", self.last.id)

    def _delete_last_seal_and_seal_anew(self):
        """The sealer itself repairs what a forger left: only what was told outside says so."""
        self._delete_last_seal()
        self._tamper("DELETE FROM event_hub_event WHERE type = 'approval.sealed'")
        self._decided()
        self._seal()

    def _insert_decision(self):
        """A copy of a decision, unhashed."""
        self._copy("approval_engine_decision", self.dice.choice(self._decision_ids()))

    def _insert_entry(self):
        """A decision that is there twice in the global chain."""
        self._tamper("DROP INDEX approval_engine_seal_entry_decision_uniq")
        self._tamper("DROP INDEX approval_engine_seal_entry_position_uniq")
        self._copy(
            "approval_engine_seal_entry",
            self.dice.choice(self._ids("approval_engine_seal_entry")),
        )

    def _copy(self, table, id_):
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'",
            [table],
        )
        names = ", ".join(f'"{name}"' for (name,) in self.env.cr.fetchall())
        self._tamper(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE id = %s",
            id_,
        )

    def _decision_ids(self):
        return self._ids("approval_engine_decision")

    def _swap(self):
        """Two decisions change places."""
        one, other = self.dice.sample(self._decision_ids(), 2)
        for old, new in ((one, -1), (other, one), (-1, other)):
            self._tamper(
                "UPDATE approval_engine_decision SET id = %s WHERE id = %s", new, old
            )

    def _swap_contents(self):
        """Two decisions change everything but hash and place."""
        one, other = self.dice.sample(self._decision_ids(), 2)
        self._tamper(
            """
            UPDATE approval_engine_decision d SET user_id = o.user_id, user_login = o.user_login,
                   request_id = o.request_id, sequence = o.sequence, correlation = o.correlation
              FROM approval_engine_decision o WHERE (d.id, o.id) IN ((%s, %s), (%s, %s))
            """,
            *(one, other, other, one),
        )

    def _rehash_requests(self):
        """Forge a comment, and make every chain and request fit again."""
        forged = self.dice.choice(self._decision_ids())
        self._tamper(
            "UPDATE approval_engine_decision SET comment = %s WHERE id = %s",
            f"Forged {self.dice.random()}",
            forged,
        )
        for request in self.requests.sudo():
            head = integrity.Head()
            for row in self.decisions._rows(request.ids):
                link = self.decisions._link_of_row(row)
                hash_ = integrity.link_hash(head.hash, link.sequence, link.payload)
                self._tamper(
                    "UPDATE approval_engine_decision SET previous_hash = %s, hash = %s WHERE id = %s",
                    *(head.hash, hash_, link.id),
                )
                head = integrity.Head(head.count + 1, hash_, link.id)
            self._tamper(
                "UPDATE approval_engine_request SET decision_head = %s WHERE id = %s",
                *(head.hash, request.id),
            )

    def _rehash_all(self):
        """The whole database made consistent again, ledger included."""
        self._rehash_requests()
        self._tamper(
            "UPDATE approval_engine_seal_entry e SET decision_hash = d.hash FROM approval_engine_decision d"
            " WHERE d.id = e.decision_id"
        )
        previous, rest = integrity.GENESIS, list(self.seals._read_entries())
        for seal in list(self.seals._read_seals()):
            own, rest = rest[: seal.count], rest[seal.count :]
            hash_ = sealing.seal_hash(previous, seal.sequence, seal.sealed_at, own)
            self._tamper(
                "UPDATE approval_engine_seal SET previous_hash = %s, hash = %s WHERE id = %s",
                *(previous, hash_, seal.id),
            )
            previous = hash_
        self._tamper("DELETE FROM event_hub_event WHERE type = 'approval.sealed'")

    def _forgeries(self):
        """:return: ``{kind: what does it}``"""
        updates = {
            f"update {table}.{column}": lambda t=table, c=column: self._update(t, c)
            for table, columns in TABLES.items()
            for column in columns
        }
        deletes = {
            f"delete from {table}": lambda t=table: self._delete(t)
            for table in TABLES
            if table != "approval_engine_request"
        }
        return {
            **updates,
            **deletes,
            "delete the tail of a request": self._delete_tail,
            "delete a request with its decisions": self._delete_request,
            "delete the last seal": self._delete_last_seal,
            "delete the last seal and seal anew": self._delete_last_seal_and_seal_anew,
            "insert a decision": self._insert_decision,
            "insert an entry": self._insert_entry,
            "swap two decisions": self._swap,
            "swap the contents of two decisions": self._swap_contents,
            "rehash decisions and requests": self._rehash_requests,
            "rehash everything": self._rehash_all,
        }

    # ------------------------------------------------------------------------ tests

    def _try_all(self, rounds):
        """:return: (kinds tried, tries, kinds not found with how often)"""
        tries, missed = 0, {}
        for kind, forge in self._forgeries().items():
            for _round in range(rounds):
                with self._undone():
                    if forge() == 0:  # the value was there already: nothing forged
                        continue
                    tries += 1
                    found = self._verify()
                    if found["ok"] or not (found["first_bad"] or found["problems"]):
                        missed[kind] = missed.get(kind, 0) + 1
        self.assertTrue(self._verify()["ok"], "a false alarm once all is undone")
        return tries, missed

    def test_every_kind_of_forgery_is_found(self):
        tries, missed = self._try_all(1)
        self.assertFalse(missed)
        self.assertGreaterEqual(tries, len(self._forgeries()) - 3)

    def test_what_is_found_without_a_head_outside(self):
        """A last seal that is gone, as the ledger misses it, too; a whole rewrite is not."""
        self._configure(None)
        with self._undone():
            self._delete_last_seal()
            self.assertFalse(self._verify()["ok"])
        with self._undone():
            self._rehash_all()
            self.assertTrue(self._verify()["ok"])

    @pytest.mark.optional("600 forgeries at random places, 1 minute")
    def test_six_hundred_forgeries_at_random_places_are_found(self):
        tries, missed = self._try_all(14)
        self.assertFalse(missed)
        self.assertGreaterEqual(tries, 600)


@tagged("post_install", "-at_install")
class TestSealForgeryColumns(TransactionCase):
    def test_every_column_is_forged(self):
        """The number of an entry's row says nothing and is linked by nobody."""
        for model, tried in (
            ("approval_engine.decision", DECISION),
            ("approval_engine.seal", SEAL),
            ("approval_engine.seal_entry", {**ENTRY, "id": None}),
        ):
            fields = self.env[model]._fields.values()
            stored = {
                field.name for field in fields if field.store and field.column_type
            }
            self.assertEqual(stored, set(tried), model)
