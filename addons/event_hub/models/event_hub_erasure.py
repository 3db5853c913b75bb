from dataclasses import dataclass

from psycopg2.extras import Json

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..policies import erasure

BATCH = 1000  # events rewritten by one statement
ERASED = erasure.ERASED


@dataclass(frozen=True)
class Person:
    """Who is erased: a person, or an account with all its contacts."""

    partner_ids: list[int]
    user_ids: list[int]
    terms: tuple[str, ...]  # names, addresses, logins

    @property
    def likes(self):
        """:return: patterns that find any of the terms, also as JSON writes them"""
        return [erasure.like(term) for term in erasure.written(self.terms)]


class EventHubErasure(models.AbstractModel):
    """Takes a person out of what the hub remembers, and leaves what is counted.

    Identities, digests, times, amounts and codes stay, so nothing is accepted twice and
    figures still add up. The ledger is changed on its guarded path and tells of it.
    """

    _name = "event_hub.erasure"
    _description = "Erasure"

    @api.model
    def _erase(self, partners, reason, dry_run=False):
        """:param partners: with all their contacts and users
        :return: ``{what: how many}``: events, messages, deliveries, runs, conflicts, external_ids
        """
        self._check_may(partners, reason)
        self.env.flush_all()
        person = self._person(partners.sudo())
        found = self._find(person)
        if not dry_run:
            self._apply(person, found, partners, reason.strip())
            self.env.invalidate_all()
        return {what: len(ids) for what, ids in found.items()}

    def _check_may(self, partners, reason):
        partners.check_access("read")
        user = self.env.user
        if not self.env.su and not (
            user.has_group("event_hub.group_hub_admin")
            and user.has_group("base.group_system")
        ):
            raise AccessError(
                self.env._(
                    "Erasure reaches into all companies: it takes an administrator of the event hub who is"
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
        texts = [
            *everyone.mapped("name"),
            *everyone.mapped("email"),
            *everyone.mapped("email_normalized"),
            *everyone.mapped("phone"),
            *("".join(phone.split()) for phone in everyone.mapped("phone") if phone),
            *users.mapped("login"),
        ]
        return Person(everyone._with_merged(), users.ids, erasure.terms(texts))

    # -------------------------------------------------------------------- finding

    def _find(self, person):
        """:return: ``{what: ids}``; extend by super() with what else tells of people"""
        events = self._about(person) | self._mentioning(person)
        return {
            "events": sorted(events),
            "messages": self._messages(person),
            "deliveries": self._attempts(person, events),
            "runs": self._naming("event_hub_run", person, "error", "note"),
            "conflicts": self._naming(
                *("event_hub_conflict", person, "current_value"),
                *("offered_value", "offered_raw"),
            ),
            "external_ids": self._external_ids(person),
        }

    def _about(self, person):
        """:return: ids of events whose account, case or object it is"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM event_hub_event
                 WHERE account_id = ANY(%(partners)s)
                    OR (case_model = 'res.partner' AND case_id = ANY(%(partners)s))
                    OR (case_model = 'res.users' AND case_id = ANY(%(users)s))
                 UNION
                SELECT event_id FROM event_hub_event_object
                 WHERE (res_model = 'res.partner' AND res_id = ANY(%(partners)s))
                    OR (res_model = 'res.users' AND res_id = ANY(%(users)s))
                """,
                partners=person.partner_ids,
                users=person.user_ids,
            )
        )
        return {id_ for (id_,) in rows}

    def _mentioning(self, person):
        """:return: ids of events that name it; a look at the whole ledger"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM event_hub_event
                 WHERE actor_id = ANY(%(users)s) OR actor ILIKE ANY(%(likes)s) OR activity ILIKE ANY(%(likes)s)
                    OR attributes::text ILIKE ANY(%(written)s)
                """,
                users=person.user_ids,
                likes=person.likes,
                written=person.likes,
            )
        )
        return {id_ for (id_,) in rows}

    def _messages(self, person):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id FROM event_hub_message m
                 WHERE (m.body IS NOT NULL OR m.headers IS NOT NULL OR m.error IS NOT NULL)
                   AND (m.body ILIKE ANY(%(written)s) OR m.headers::text ILIKE ANY(%(written)s)
                        OR m.error ILIKE ANY(%(written)s)
                        OR m.id IN (SELECT message_id FROM event_hub_event WHERE account_id = ANY(%(partners)s)))
                """,
                written=person.likes,
                partners=person.partner_ids,
            )
        )
        return sorted(id_ for (id_,) in rows)

    def _attempts(self, person, events):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.id FROM event_hub_delivery_attempt a JOIN event_hub_delivery d ON d.id = a.delivery_id
                 WHERE (a.request_headers IS NOT NULL OR a.response_headers IS NOT NULL OR a.response_body IS NOT NULL
                        OR a.error IS NOT NULL)
                   AND (d.event_id = ANY(%(events)s) OR a.response_body ILIKE ANY(%(written)s)
                        OR a.error ILIKE ANY(%(written)s))
                """,
                events=list(events),
                written=person.likes,
            )
        )
        return sorted(id_ for (id_,) in rows)

    def _naming(self, table, person, *columns):
        """:return: ids of rows that name the person in one of ``columns``"""
        found = SQL(" OR ").join(
            SQL("%s ILIKE ANY(%s)", SQL.identifier(column), person.likes)
            for column in columns
        )
        rows = self.env.execute_query(
            SQL("SELECT id FROM %s WHERE %s", SQL.identifier(table), found)
        )
        return sorted(id_ for (id_,) in rows)

    def _external_ids(self, person):
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM event_hub_external_id WHERE res_model = 'res.partner' AND res_id = ANY(%s)",
                person.partner_ids,
            )
        )
        return sorted(id_ for (id_,) in rows)

    # -------------------------------------------------------------------- erasing

    def _apply(self, person, found, partners, reason):
        """Extend by super() with what ``_find`` found besides."""
        self._apply_to_events(person, found["events"], partners, reason)
        self._apply_to_messages(found["messages"])
        for table, ids, columns in (
            (
                "event_hub_delivery_attempt",
                found["deliveries"],
                ("request_headers", "response_headers", "response_body", "error"),
            ),
            ("event_hub_run", found["runs"], ("error", "note")),
            (
                "event_hub_conflict",
                found["conflicts"],
                ("current_value", "offered_value", "offered_raw"),
            ),
        ):
            self._empty(table, ids, columns)
        self.env["event_hub.external_id"].sudo().browse(found["external_ids"]).unlink()

    def _apply_to_events(self, person, ids, partners, reason):
        events = self.env["event_hub.event"].sudo()
        numbers = ", ".join(f"#{id_}" for id_ in partners.ids[:20])
        words = f"{len(ids)} events erased for partner {numbers}: {reason}"
        about = self._about(person)
        with events._maintenance(words):
            for start in range(0, len(ids), BATCH):
                self._rewrite(person, ids[start : start + BATCH], about)

    def _rewrite(self, person, ids, about):
        rows = self.env.execute_query(
            SQL(
                "SELECT id, activity, actor, actor_id, attributes FROM event_hub_event WHERE id = ANY(%s)",
                ids,
            )
        )
        found = erasure.pattern(person.terms)
        users = set(person.user_ids)
        values = [
            (
                id_,
                erasure.redact_text(activity, found),
                ERASED
                if actor_id in users
                else erasure.redact_text(actor or "", found),
                Json(erasure.redact(attributes, found, id_ in about))
                if attributes
                else None,
            )
            for id_, activity, actor, actor_id, attributes in rows
        ]
        self.env.cr.execute_values(
            """
            UPDATE event_hub_event e
               SET activity = v.activity, actor = nullif(v.actor, ''), attributes = v.attributes
              FROM (VALUES %s) v (id, activity, actor, attributes) WHERE e.id = v.id
            """,
            values,
            template="(%s, %s, %s, %s::jsonb)",
            page_size=BATCH,
        )

    def _apply_to_messages(self, ids):
        """What waits keeps waiting, for somebody who knows; it can be discarded."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE event_hub_message
                   SET body = NULL, headers = NULL, error = CASE WHEN error IS NULL THEN NULL ELSE %s END
                 WHERE id = ANY(%s)
                """,
                ERASED,
                ids,
            )
        )

    def _empty(self, table, ids, columns):
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s)",
                SQL.identifier(table),
                SQL(", ").join(
                    SQL("%s = NULL", SQL.identifier(column)) for column in columns
                ),
                ids,
            )
        )
