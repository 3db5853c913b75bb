from odoo import api, models
from odoo.tools import SQL, ormcache

from ..const import AGENT_GROUP
from ..policies.workspace import viewing
from ..tools.clock import utcnow

QUEUE_MESSAGE = "support_visibility.queue"  # bus: these tickets changed
MOST_TOLD = 200  # tickets in one message; beyond that every queue is read anew
# Written by hand, without an event: they change what a row of the queue says.
SEEN_IN_QUEUE = frozenset({"name", "priority", "severity", "partner_id", "team_id"})
SEATS = frozenset({"user_id", "team_id"})  # in whose queues a ticket is

# Seats before, and those of now of what still exists. Who has or had one of the tickets, members of the teams, and who
# looks at one of them, in whatever queue it is; where one has no person also those agents in no team, who may take from
# all. Empty for everybody: where one is in nobody's queue. One look: it is asked with each change.
CONCERNED = """
WITH seat AS (
    SELECT user_id, team_id FROM support_visibility_ticket WHERE id = ANY(%(tickets)s)
     UNION
    SELECT * FROM unnest(%(users)s::int[], %(teams)s::int[])
)
SELECT NULL WHERE EXISTS (SELECT FROM seat WHERE user_id IS NULL AND team_id IS NULL)
 UNION
SELECT partner_id FROM res_users WHERE active AND (
       id IN (SELECT user_id FROM seat)
    OR id IN (SELECT res_users_id FROM res_users_support_visibility_team_rel
               WHERE support_visibility_team_id IN (SELECT team_id FROM seat))
    OR id IN (SELECT user_id FROM support_visibility_presence
               WHERE ticket_id = ANY(%(tickets)s) AND seen_at > %(since)s)
    OR (EXISTS (SELECT FROM seat WHERE user_id IS NULL)
        AND id IN (SELECT uid FROM res_groups_users_rel WHERE gid = ANY(%(agents)s))
        AND id NOT IN (SELECT res_users_id FROM res_users_support_visibility_team_rel)))
"""


# What was made just now has no other seat than this one, and nobody looks at it yet.
CONCERNED_BY_NEW = """
SELECT partner_id FROM res_users WHERE active AND (
       id = ANY(%(users)s)
    OR id IN (SELECT res_users_id FROM res_users_support_visibility_team_rel
               WHERE support_visibility_team_id = ANY(%(teams)s)))
"""
BORN = "support_visibility.born"


class SupportVisibilityTicketQueueLive(models.Model):
    """Telling the queues that are open that a ticket changed: those it was in, and those it is in now."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _tell(self, event_type, activity, at=None, **attributes):
        self._tell_queues()
        return super()._tell(event_type, activity, at=at, **attributes)

    def _message_post_after_hook(self, message, msg_values):
        self._tell_queues()
        return super()._message_post_after_hook(message, msg_values)

    def write(self, vals):
        if not SEATS.isdisjoint(vals):
            self._tell_queues()  # while who loses it is still known
        result = super().write(vals)
        if not SEEN_IN_QUEUE.isdisjoint(vals):
            self._tell_queues()
        return result

    def _tell_queues(self):
        """Once in a transaction, whatever happens in it: ids only, each queue reads what its person may see."""
        waiting = self.env.cr.precommit.data.setdefault(QUEUE_MESSAGE, {})
        if not waiting and self:
            self.env.cr.precommit.add(self._send_to_queues)
        for ticket in self:
            waiting.setdefault(ticket.id, set()).add(ticket._seat())

    def _seat(self):
        """:return: ``(id of who has it, id of the team)``, None where there is none"""
        ticket = self.sudo()
        return ticket.user_id.id or None, ticket.team_id.id or None

    @api.model
    def _born_ids(self):
        """:return: set of the tickets that this transaction made, as far as is known, to be added to"""
        return self.env.cr.precommit.data.setdefault(BORN, set())

    def _send_to_queues(self):
        told = self.env.cr.precommit.data.pop(QUEUE_MESSAGE, {})
        if not told:
            return
        ids = sorted(told) if len(told) <= MOST_TOLD else []
        self._hearers(told)._bus_send(QUEUE_MESSAGE, {"ticket_ids": ids})

    def _hearers(self, told):
        """:param dict told: ticket id -> the seats it had
        :return: a group or partners, in superuser mode
        """
        if self._born_ids().issuperset(told):
            seats = {ticket._seat() for ticket in self.browse(told)}
            if not any(None in seat for seat in seats):
                return self._queue_hearers(CONCERNED_BY_NEW, seats, [])
        seats = set().union(*told.values())
        return self._queue_hearers(CONCERNED, seats, list(told))

    def _queue_hearers(self, concerned, seats, ticket_ids):
        """:return: a group or partners, in superuser mode: everybody only where any agent may take it"""
        for model in (
            "res.users",
            "support_visibility.team",
            "support_visibility.presence",
            "support_visibility.ticket",
        ):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                concerned,
                users=[user for user, _team in seats],
                teams=[team for _user, team in seats],
                tickets=ticket_ids,
                since=utcnow() - viewing.EXPIRES_AFTER,
                agents=list(self._agent_groups()),
            )
        )
        if (None,) in rows:
            # no env.ref: it asks the database whether the group still exists, each time
            group_id = self.env["ir.model.data"]._xmlid_to_res_id(AGENT_GROUP)
            return self.env["res.groups"].sudo().browse(group_id)
        return self.env["res.partner"].sudo().browse(row[0] for row in rows)

    @ormcache(cache="groups")
    def _agent_groups(self):
        """:return: ids of the groups whose members are agents"""
        agents = self.env.ref(AGENT_GROUP).sudo()
        return tuple((agents | agents.all_implied_by_ids).ids)
