from odoo import models
from odoo.tools import SQL

from .event_hub_erasure import Place

# Company of what an exception mark is about.
MARKED_COMPANY = SQL(
    """
    CASE t.kind
    WHEN 'message' THEN (SELECT source.company_id FROM event_hub_message message
                           JOIN event_hub_source source ON source.id = message.source_id WHERE message.id = t.res_id)
    WHEN 'delivery' THEN (SELECT company_id FROM event_hub_delivery WHERE id = t.res_id)
    WHEN 'run' THEN (SELECT company_id FROM event_hub_run WHERE id = t.res_id)
    WHEN 'conflict' THEN (SELECT company_id FROM event_hub_conflict WHERE id = t.res_id) END
    """
)
MESSAGE_COMPANY = SQL(
    "(SELECT company_id FROM event_hub_source source WHERE source.id = t.source_id)"
)
TALK = ("event\\_hub.%", "base.automation")  # models whose chatter is the hub's


class EventHubErasure(models.AbstractModel):
    """Where the hub itself may tell of people."""

    _inherit = "event_hub.erasure"

    def _places(self, person):
        """:return: list of ``Place``; extend by super() with what another addon keeps"""
        company = person.within(SQL("t.company_id"))
        about = SQL("t.event_id = ANY(%s)", person.events)
        on_it = SQL(
            "(t.res_model = 'res.partner' AND t.res_id = ANY(%s))", person.partner_ids
        )
        return [
            Place(
                *("events", "event_hub.event", ("activity", "attributes"), company),
                own=SQL("t.id = ANY(%s)", person.events),
                personal=("attributes",),
            ),
            Place(
                *("events", "event_hub.event", ("actor",), company),
                own=SQL("coalesce(t.actor_id = ANY(%s), FALSE)", person.user_ids),
                emptied=("actor",),
            ),
            self._messages_place(person),
            *self._delivery_places(person, company, about),
            Place(
                *("runs", "event_hub.run", ("error", "note", "override_reason")),
                company,
                own=SQL("coalesce(%s OR %s, FALSE)", about, on_it),
            ),
            Place(
                *("conflicts", "event_hub.conflict"),
                ("current_value", "offered_value", "offered_raw"),
                company,
                own=SQL(
                    "coalesce(t.account_id = ANY(%s) OR %s, FALSE)",
                    person.partner_ids,
                    on_it,
                ),
            ),
            *self._decision_places(person),
            *self._talk_places(person, TALK),
        ]

    def _messages_place(self, person):
        """What waits is left alone; as long as it tells of the person, nothing is erased."""
        return Place(
            *("messages", "event_hub.message", ("body", "headers", "error")),
            SQL(
                "t.state NOT IN ('received', 'failed') AND %s",
                person.within(MESSAGE_COMPANY),
            ),
            own=SQL("t.id = ANY(%s)", list(person.sent)),
        )

    def _delivery_places(self, person, company, about):
        tried = ("request_headers", "response_headers", "response_body", "error")
        return [
            Place(
                *("deliveries", "event_hub.delivery.attempt", tried, company),
                own=SQL(
                    "(t.delivery_id IN (SELECT id FROM event_hub_delivery WHERE event_id = ANY(%s)))",
                    person.events,
                ),
                emptied=tried,
            ),
            Place(
                *("delivery_errors", "event_hub.delivery", ("error",), company),
                own=SQL("coalesce(%s, FALSE)", about),
                emptied=("error",),
            ),
        ]

    def _decision_places(self, person):
        """What people wrote when they decided about something that waited."""
        replayed = SQL(
            """
            NOT EXISTS (SELECT FROM event_hub_replay_res_company_rel rel
                         WHERE rel.event_hub_replay_id = t.id AND NOT %s)
            """,
            person.within(SQL("rel.res_company_id")),
        )
        return [
            Place(
                *("notes", "event_hub.exception_mark", ("reason",)),
                person.within(MARKED_COMPANY),
            ),
            Place("replays", "event_hub.replay", ("trial",), replayed),
            Place(
                *("endpoint_notes", "event_hub.endpoint", ("disabled_reason",)),
                person.within(SQL("t.company_id")),
            ),
            Place("pauses", "base.automation", ("paused_reason",), SQL("TRUE")),
            Place("job_pauses", "event_hub.job", ("paused_reason",), SQL("TRUE")),
            Place("job_errors", "event_hub.job_run", ("error",), SQL("TRUE")),
        ]

    def _talk_places(self, person, patterns, own_ids=None):
        """:param patterns: for LIKE, of the models whose chatter and activities it is
        :param own_ids: SQL of ids of records that are the person's own
        """
        mine = SQL("t.model LIKE ANY(%s)", list(patterns))
        talk = SQL("%s AND %s", mine, person.within(SQL("t.record_company_id")))
        todo = SQL("t.res_model LIKE ANY(%s)", list(patterns))
        tracked = SQL(
            "t.mail_message_id IN (SELECT t.id FROM mail_message t WHERE %s)", talk
        )
        own = SQL("FALSE")
        if own_ids:
            own = SQL("coalesce(t.res_id IN (%s), FALSE)", own_ids)
        words = ("subject", "body", "email_from")
        return [
            Place("chatter", "mail.message", words, talk, own, emptied=words),
            Place("activities", "mail.activity", ("summary", "note"), todo, own),
            Place(
                *("tracked", "mail.tracking.value"),
                (
                    *("old_value_char", "new_value_char"),
                    *("old_value_text", "new_value_text"),
                ),
                tracked,
            ),
        ]
