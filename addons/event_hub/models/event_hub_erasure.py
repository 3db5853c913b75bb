from dataclasses import dataclass, field

from psycopg2.extras import Json

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, split_every

from ..policies import erasure, states

BATCH = 1000  # rows read and rewritten together
ERASED = erasure.ERASED
WAITING = (states.RECEIVED, states.FAILED)  # accepted, and still to take effect


@dataclass(frozen=True)
class Person:
    """Who is erased: a person, or an account with all its contacts."""

    partner_ids: list[int]
    user_ids: list[int]
    terms: erasure.Terms
    codes: tuple[str, ...]  # account codes
    company_ids: list[int] | None  # where; None: everywhere
    events: list[int] = field(default_factory=list)  # about it
    sent: dict[int, set[str]] = field(default_factory=dict)  # {message: ids of these}

    @property
    def likes(self):
        """:return: patterns that find rows that may name it, also as JSON writes names"""
        return [erasure.like(term) for term in erasure.written(self.terms.sure)]

    def within(self, company):
        """:return: SQL condition: the row's ``company`` is one of these"""
        if self.company_ids is None:
            return SQL("TRUE")
        return SQL(
            "(%(c)s IS NULL OR %(c)s = ANY(%(ids)s))", c=company, ids=self.company_ids
        )


@dataclass(frozen=True)
class Place:
    """Columns of one table that may tell of people; in SQL the table is ``t``."""

    what: str  # as counted
    model: str
    columns: tuple[str, ...]
    scope: SQL  # rows that may be touched
    own: SQL = SQL("FALSE")  # rows of the person: single names count, too
    personal: tuple[str, ...] = ()  # JSON of own rows: texts under personal names go
    emptied: tuple[str, ...] = ()  # columns of own rows that go whole


class EventHubErasure(models.AbstractModel):
    """Takes a person out of what the hub remembers, and leaves what is counted.

    Identities, digests, times, amounts and codes stay, so nothing is accepted twice and
    figures still add up. The ledger is changed on its guarded path and tells of it.
    SQL only finds candidates; the policy decides on each, text by text.
    """

    _name = "event_hub.erasure"
    _description = "Erasure"

    @api.model
    def _erase(self, partners, reason, dry_run=False):
        """:param partners: with all their contacts and users
        :return: ``{what: how many}``: events, messages, deliveries, runs, conflicts, external_ids, what other
            addons keep, and waiting: messages that must be processed first
        :raise UserError: if messages about them wait
        """
        self._check_may(partners, reason)
        self.env.flush_all()
        person = self._person(partners.sudo())
        waiting = self._waiting(person)
        if waiting and not dry_run:
            self._refuse(waiting)
        found, links = self._find(person), self._external_ids(person)
        counts = self._counts(found)
        if not dry_run:
            with self._telling(partners, counts["events"], reason.strip()):
                for place, ids in found:
                    for rows in split_every(BATCH, ids):
                        self._rewrite(place, self._changes(place, person, rows))
            self.env["event_hub.external_id"].sudo().browse(links).unlink()
            self.env.invalidate_all()
        return {"waiting": len(waiting), **counts, "external_ids": len(links)}

    def _check_may(self, partners, reason):
        partners.check_access("read")
        user = self.env.user
        if not self.env.su and not (
            user.has_group("event_hub.group_hub_admin")
            and user.has_group("base.group_system")
        ):
            raise AccessError(
                self.env._(
                    "Erasure changes the ledger: it takes an administrator of the event hub who is"
                    " administrator of the settings too."
                )
            )
        if not partners:
            raise UserError(self.env._("Choose whom to erase."))
        if not reason.strip():
            raise UserError(
                self.env._(
                    "Give a reason, without names: it stays in the ledger for good."
                )
            )

    @api.model
    def _person(self, partners):
        everyone = partners.with_context(active_test=False).search(
            [("id", "child_of", partners.ids)]
        )
        users = everyone.with_context(active_test=False).user_ids
        phones = [phone for phone in everyone.mapped("phone") if phone]
        terms = erasure.terms(
            [
                *everyone.mapped("name"),
                *everyone.mapped("email"),
                *everyone.mapped("email_normalized"),
            ],
            [*phones, *("".join(phone.split()) for phone in phones)],
            users.mapped("login"),
        )
        person = Person(
            everyone._with_merged(),
            users.ids,
            terms,
            tuple(code for code in everyone.mapped("account_code") if code),
            None if self.env.su else self.env.user.company_ids.ids,
        )
        self._note_events(person)
        return person

    def _note_events(self, person):
        """Note the events whose account, case or object it is, and the messages they came in."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, message_id, ce_id FROM event_hub_event WHERE id IN (
                    SELECT id FROM event_hub_event
                     WHERE account_id = ANY(%(partners)s)
                        OR (case_model = 'res.partner' AND case_id = ANY(%(partners)s))
                        OR (case_model = 'res.users' AND case_id = ANY(%(users)s))
                     UNION
                    SELECT event_id FROM event_hub_event_object
                     WHERE (res_model = 'res.partner' AND res_id = ANY(%(partners)s))
                        OR (res_model = 'res.users' AND res_id = ANY(%(users)s)))
                """,
                partners=person.partner_ids,
                users=person.user_ids,
            )
        )
        for id_, message, ce_id in rows:
            person.events.append(id_)
            if message:
                person.sent.setdefault(message, set()).add(ce_id)

    # -------------------------------------------------------------------- waiting

    def _waiting(self, person):
        """:return: ids at the source of messages that tell of it and have not taken effect"""
        likes = person.likes + [erasure.like(f'"{code}"') for code in person.codes]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.external_id, t.body, t.headers::text FROM event_hub_message t
                  JOIN event_hub_source source ON source.id = t.source_id
                 WHERE t.state = ANY(%(states)s) AND %(within)s
                   AND (t.body ILIKE ANY(%(likes)s) OR t.headers::text ILIKE ANY(%(likes)s))
                 ORDER BY t.id
                """,
                states=list(WAITING),
                within=person.within(SQL("source.company_id")),
                likes=likes,
            )
        )
        return [
            id_
            for id_, body, headers in rows
            if erasure.tells(body or "", person.terms, person.codes)
            or erasure.tells(headers or "", person.terms, person.codes)
        ]

    def _refuse(self, waiting):
        raise UserError(
            self.env._(
                "%(count)s messages that tell of them wait to be processed (%(messages)s). Nothing was erased, so that"
                " nothing accepted is lost. Erase again once they are processed or set aside; the inbox shows them.",
                count=len(waiting),
                messages=", ".join(waiting[:5]),
            )
        )

    # -------------------------------------------------------------------- finding

    def _find(self, person):
        """:return: ``[(place, ids)]`` of rows with something to erase, each place's own"""
        found = []
        for place in self._places(person):
            ids = []
            for rows in split_every(BATCH, self._candidates(place, person)):
                ids += [id_ for id_, _values in self._changes(place, person, rows)]
            found.append((place, ids))
        return found

    @staticmethod
    def _counts(found):
        """:return: ``{what: how many rows}``; one that two places have is one"""
        rows = {}
        for place, ids in found:
            of_it = rows.setdefault(place.what, set())
            of_it.update((place.model, id_) for id_ in ids)
        return {what: len(of_it) for what, of_it in rows.items()}

    def _candidates(self, place, person):
        """:return: ids of rows that belong to the person or may name it"""
        likely = SQL(" OR ").join(
            SQL("t.%s::text ILIKE ANY(%s)", SQL.identifier(column), person.likes)
            for column in place.columns
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT t.id FROM %s t WHERE %s AND (%s OR %s) ORDER BY t.id",
                SQL.identifier(self.env[place.model]._table),
                place.scope,
                place.own,
                likely,
            )
        )
        return [id_ for (id_,) in rows]

    def _changes(self, place, person, ids):
        """:return: ``[(id, {column: what is left})]`` of rows in which something changes"""
        rows = self.env.execute_query(
            SQL(
                "SELECT t.id, %s, %s FROM %s t WHERE t.id = ANY(%s)",
                place.own,
                SQL(", ").join(SQL("t.%s", SQL.identifier(c)) for c in place.columns),
                SQL.identifier(self.env[place.model]._table),
                list(ids),
            )
        )
        changes = []
        for id_, own, *values in rows:
            before = dict(zip(place.columns, values, strict=True))
            after = {
                column: self._left(place, person, id_, own, column, value)
                for column, value in before.items()
            }
            if after != before:
                changes.append((id_, after))
        return changes

    def _left(self, place, person, id_, own, column, value):
        if not value:
            return value
        if own and column in place.emptied:
            is_json = self.env[place.model]._fields[column].type == "json"
            return None if is_json else ERASED
        if place.model == "event_hub.message" and column == "body":
            return erasure.redact_body(value, person.terms, person.sent.get(id_, ()))
        about = own and column in place.personal
        return erasure.redact_row(value, person.terms, own, about)

    def _external_ids(self, person):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id FROM event_hub_external_id t
                 WHERE t.res_model = 'res.partner' AND t.res_id = ANY(%s) AND %s
                """,
                person.partner_ids,
                person.within(SQL("t.company_id")),
            )
        )
        return [id_ for (id_,) in rows]

    # -------------------------------------------------------------------- erasing

    def _telling(self, partners, events, reason):
        """:return: context manager that opens the ledger for changes, which tells of them"""
        words = self.env._(
            "%(count)s events erased for partner %(partners)s: %(reason)s",
            count=events,
            partners=", ".join(f"#{id_}" for id_ in partners.ids[:20]),
            reason=reason,
        )
        return self.env["event_hub.event"].sudo()._maintenance(words)

    def _rewrite(self, place, changes):
        if not changes:
            return
        model = self.env[place.model]
        casts = [model._fields[column].column_type[1] for column in place.columns]
        values = [
            (
                id_,
                *(
                    Json(value) if value is not None and cast == "jsonb" else value
                    for value, cast in zip(after.values(), casts, strict=True)
                ),
            )
            for id_, after in changes
        ]
        columns = [SQL.identifier(column) for column in place.columns]
        query = SQL(
            "UPDATE %s t SET %s FROM (VALUES %%s) v (id, %s) WHERE t.id = v.id",
            SQL.identifier(model._table),
            SQL(", ").join(SQL("%s = v.%s", column, column) for column in columns),
            SQL(", ").join(columns),
        )
        template = ", ".join(["%s", *(f"%s::{cast}" for cast in casts)])
        self.env.cr.execute_values(
            query.code.replace("%%", "%"),
            values,
            template=f"({template})",
            page_size=BATCH,
        )
