from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..policies import timeline as policy
from ..policies.arguments import ANY, TEXT, id_of
from ..tools.arguments import require_records, takes

STORIES = 200  # of one record that are followed
COUNT_KINDS_TO = 5000  # events of one record that are looked at for the list of kinds


class EventHubEvent(models.Model):
    """The ledger as the story of one record, line by line."""

    _inherit = "event_hub.event"

    @api.model
    @takes(res_model=TEXT, res_id=id_of(""), filters=ANY, limit=ANY, before=ANY)
    def timeline(
        self, res_model, res_id, filters=None, limit=policy.DEFAULT_LIMIT, before=None
    ):
        """What happened to an account or a case, the latest first.

        An account's timeline holds every event about the account; any other record's those of which it is
        the case or an object. Within the reader's rights on the record and on the ledger.

        :param filters: ``{"kinds": ["billing"], "types": ["billing.payment_failed"], "search": text, "from", "to": ISO
            8601, "story": true}``; ``story`` adds whatever has the same correlation
        :param limit: lines at once, at most 200
        :param before: the ``next`` of the answer before
        :return: ``{"events": [line], "next": text | false, "kinds": [{"kind", "count"}]}``; ``kinds`` with the first
            lines only. A line: ``{"id", "at", "activity", "type", "kind", "actor", "source", "rule": {"id", "name"} |
            false, "record": {"model", "id", "name"} | false, "details": [{"name", "value"}], "correlation",
            "history"}``
        :raise ValidationError: if a filter is unknown or of the wrong kind
        """
        wanted, mark, limit = self._timeline_question(filters, before, limit)
        record = self._timeline_record(res_model, res_id)
        own = self._timeline_domain(record, wanted.story)
        domain = own & self._timeline_filter(wanted)
        events = self._timeline_page(domain, mark, limit + 1)
        page = events[:limit]
        last = page[-1:]
        return {
            "events": page._timeline_lines(record),
            "next": str(policy.Mark(last.occurred_at, last.id))
            if len(events) > limit
            else False,
            "kinds": [] if mark else self._timeline_kinds(own),
        }

    def _timeline_question(self, filters, before, limit):
        try:
            return (
                policy.parse_filters(filters),
                policy.parse_mark(before),
                policy.parse_limit(limit),
            )
        except policy.BadFilter as error:
            raise ValidationError(
                self.env._("The timeline cannot be filtered so: %(why)s.", why=error)
            ) from error

    def _timeline_record(self, res_model, res_id):
        """:return: the record, if it is there and the reader may read it"""
        if res_model not in self.env or self.env[res_model]._abstract:
            raise ValidationError(
                self.env._("There is no model %(model)s.", model=res_model)
            )
        require_records(self.env[res_model], [res_id])
        record = self.env[res_model].browse(res_id)
        record.check_access("read")
        return record

    # ---------------------------------------------------------------------- asking

    def _timeline_domain(self, record, story):
        own = Domain(
            [
                "|",
                "&",
                ("case_model", "=", record._name),
                ("case_id", "=", record.id),
                (
                    "object_ids",
                    "any",
                    [("res_model", "=", record._name), ("res_id", "=", record.id)],
                ),
            ]
        )
        if record._name == "res.partner":
            accounts = record.commercial_partner_id._with_merged()
            own |= Domain("account_id", "in", accounts)
        if story:
            events = self.search(own, limit=STORIES, order="occurred_at desc, id desc")
            own |= Domain("correlation", "in", list(set(events.mapped("correlation"))))
        return own

    def _timeline_filter(self, wanted):
        parts = [Domain.TRUE]
        if wanted.kinds:
            parts.append(
                Domain.OR(
                    Domain("type", "=like", _escape(kind) + ".%")
                    for kind in wanted.kinds
                )
            )
        if wanted.types:
            parts.append(Domain("type", "in", list(wanted.types)))
        if wanted.search:
            names = ("activity", "type", "actor")
            parts.append(
                Domain.OR(Domain(name, "ilike", wanted.search) for name in names)
            )
        if wanted.since:
            parts.append(Domain("occurred_at", ">=", wanted.since))
        if wanted.until:
            parts.append(Domain("occurred_at", "<", wanted.until))
        return Domain.AND(parts)

    def _timeline_page(self, domain, mark, limit):
        """:return: the events before ``mark``; by place in time and not by number, so that new ones shift nothing"""
        query = self._search(domain, limit=limit, order="occurred_at desc, id desc")
        if mark:
            query.add_where(
                SQL(
                    "(%s, %s) < (%s, %s)",
                    SQL.identifier(self._table, "occurred_at"),
                    SQL.identifier(self._table, "id"),
                    mark.at,
                    mark.id,
                )
            )
        return self.browse([row[0] for row in self.env.execute_query(query.select())])

    def _timeline_kinds(self, domain):
        query = self._search(
            domain, limit=COUNT_KINDS_TO, order="occurred_at desc, id desc"
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT split_part(type, '.', 1), count(*) FROM event_hub_event WHERE id IN %s"
                " GROUP BY 1 ORDER BY 2 DESC, 1",
                query.subselect(),
            )
        )
        return [{"kind": kind, "count": count} for kind, count in rows]

    # --------------------------------------------------------------------- telling

    def _timeline_lines(self, subject):
        names = self._timeline_names()
        people = self.sudo().actor_id.exists()
        people = {user.id: user.name for user in people}
        rules = {rule.id: rule.name for rule in self.sudo().automation_id.exists()}
        return [
            {
                "id": event.id,
                "at": policy.instant(event.occurred_at),
                "activity": event.activity,
                "type": event.type,
                "kind": event.type.partition(".")[0],
                "actor": people.get(event.actor_id.id) or event.actor or "",
                "source": bool(event.message_id)
                or (event.actor or "").startswith("source:"),
                "rule": event._timeline_rule(rules),
                "record": event._timeline_link(names, subject),
                "details": [
                    {"name": name, "value": value}
                    for name, value in policy.details(event.attributes)
                ],
                "correlation": event.correlation,
                "history": event.history,
            }
            for event in self
        ]

    def _timeline_rule(self, rules):
        rule = self.automation_id
        if not rule:
            return False
        return {
            "id": rule.id,
            "name": rules.get(rule.id) or self.env._("a deleted rule"),
        }

    def _timeline_link(self, names, subject):
        """:return: the case, if it is another record than the one looked at and the reader may read it"""
        place = self.case_model, self.case_id
        if place == (subject._name, subject.id) or place not in names:
            return False
        return {"model": self.case_model, "id": self.case_id, "name": names[place]}

    def _timeline_names(self):
        """:return: ``{(model, id): name}`` of the cases that the reader may read, one read per model"""
        names = {}
        for event in self:
            if event.case_name:
                names[event.case_model, event.case_id] = event.case_name
        return names


def _escape(text):
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
