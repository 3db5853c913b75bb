import json

from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from odoo.addons.event_hub.fields import LooseMany2one
from odoo.addons.event_hub.tools import caches

from ..policies.sla.working_time import ALWAYS, WorkingTime


class SupportVisibilitySlaHours(models.Model):
    """Working hours as they were when clocks were read by them.

    A calendar that is changed next year must not change what was right this year: a clock points to the hours
    that it was read by, and can be worked out again from them for ever.
    """

    _name = "support_visibility.sla_hours"
    _description = "Working Hours as They Were"
    _inherit = ["event_hub.append_only"]
    _order = "id desc"
    _log_access = False

    name = fields.Char(required=True, readonly=True)
    calendar_id = LooseMany2one("resource.calendar", readonly=True, index=True)
    since = fields.Datetime(
        "First Used", required=True, readonly=True, default=fields.Datetime.now
    )
    content = fields.Json(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True, help="SHA-256 of the content.")

    _digest_uniq = models.Constraint(
        "UNIQUE(calendar_id, digest)", "These hours are kept already."
    )

    @api.model
    def _current(self, calendars):
        """The hours of calendars as they are now; kept if they are new.

        :param calendars: ``resource.calendar`` records; none is day and night
        :return: ``{calendar id: id of the hours}``; hours that are known take no query
        """
        workings = {calendar.id: calendar._sla_working_time() for calendar in calendars}
        found = {
            calendar_id: self._id_of(calendar_id, working.digest())
            for calendar_id, working in workings.items()
        }
        new = calendars.filtered(lambda calendar: not found[calendar.id])
        if new:
            found |= self._keep([self._prepare(c, workings[c.id]) for c in new])
            caches.forget(self.env)
        return found

    @api.model
    def _keep(self, rows):
        """Keep new hours. Where another transaction keeps the same ones at this moment, PostgreSQL has this one
        begun anew (serialization failure, which Odoo repeats) instead of refusing a ticket because of it.

        :return: ``{calendar id: id of the hours}``
        """
        now = fields.Datetime.now()
        kept = self.env.execute_query(
            SQL(
                """
                INSERT INTO support_visibility_sla_hours (name, calendar_id, since, content, digest) VALUES %s
                ON CONFLICT DO NOTHING RETURNING calendar_id, id
                """,
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s)",
                        *(row["name"], row["calendar_id"], now),
                        *(json.dumps(row["content"]), row["digest"]),
                    )
                    for row in sorted(rows, key=lambda row: row["calendar_id"])
                ),
            )
        )
        return dict(kept)

    @caches.remembered("calendar_id", "digest")
    def _id_of(self, calendar_id, digest):
        """:return: id of the hours that are kept of a calendar with this content; False for none"""
        known = [("calendar_id", "=", calendar_id), ("digest", "=", digest)]
        return self.sudo().search(known, limit=1).id

    @api.model
    def _prepare(self, calendar, working):
        return {
            "name": calendar.name,
            "calendar_id": calendar.id,
            "content": working.to_json(),
            "digest": working.digest(),
        }

    def _working(self):
        """:return: when it is open; no hours: always"""
        return self._working_of(self.id) if self else ALWAYS

    @ormcache("hours_id")  # rows never change
    def _working_of(self, hours_id):
        return WorkingTime.from_json(self.sudo().browse(hours_id).content)
