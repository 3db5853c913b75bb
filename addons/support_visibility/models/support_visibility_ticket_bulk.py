from odoo import models
from odoo.exceptions import UserError

from odoo.addons.event_hub.policies.arguments import OBJECT, is_whole
from odoo.addons.event_hub.tools.arguments import takes

from ..const import BULK_AT_ONCE
from ..policies import priority as priorities

MOVES = {
    "wait": "action_wait",
    "resume": "action_resume",
    "solve": "action_solve",
    "close": "action_close",
    "reopen": "action_reopen",
}
CHANGES = ("priority", "add_tag_ids", "remove_tag_ids", "team_id", "user_id", "move")


class SupportVisibilityTicketBulk(models.Model):
    """Change many tickets at once; what will not go is told ticket by ticket."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @takes(changes=OBJECT)
    def action_bulk(self, changes):
        """Change each ticket as far as it may be changed. A ticket is changed wholly or not at all.

        :param dict changes: any of ``priority`` ("0" to "3"), ``add_tag_ids``, ``remove_tag_ids``, ``team_id``,
            ``user_id`` (False: back to the queue), ``move`` (wait, resume, solve, close, reopen)
        :return: ``{"done": [ticket ids], "refused": [{"ticket_id", "ticket", "why"}]}``
        """
        self._check_changes(changes)
        self.check_access("write")
        self._hold()
        refused = self._bulk(changes)
        bad = {row["ticket_id"] for row in refused}
        return {"done": [i for i in self.ids if i not in bad], "refused": refused}

    def _check_changes(self, changes):
        problem = ""
        if len(self) > BULK_AT_ONCE:
            problem = self.env._("at most %s tickets at once", BULK_AT_ONCE)
        elif not changes:
            problem = self.env._("say what is to be changed")
        elif set(changes) - set(CHANGES):
            problem = self.env._("unknown: %s", sorted(set(changes) - set(CHANGES))[0])
        elif changes.get("move") not in (None, False, *MOVES):
            problem = self.env._("move is one of: %s", ", ".join(MOVES))
        elif changes.get("priority") not in (None, False, *dict(priorities.PRIORITIES)):
            problem = self.env._("priority is 0 to 3")
        else:
            problem = self._ids_problem(changes)
        if problem:
            raise UserError(self.env._("These tickets cannot be changed: %s.", problem))

    def _ids_problem(self, changes):
        for name, model in (
            ("add_tag_ids", "support_visibility.tag"),
            ("remove_tag_ids", "support_visibility.tag"),
            ("team_id", "support_visibility.team"),
            ("user_id", "res.users"),
        ):
            given = changes.get(name) or []
            ids = given if isinstance(given, list) else [given]
            known = all(map(is_whole, ids)) and self.env[model].browse(ids).exists()
            if ids and (not known or len(known) != len(set(ids))):
                return self.env._("there is no such record for %s", name)
        return ""

    def _bulk(self, changes):
        """All at once if it goes; else half by half, until the ones that will not go stand alone.

        :return: the refused ones
        """
        if not self:
            return []
        try:
            with self.env.cr.savepoint():
                self._bulk_change(changes)
            return []
        except UserError as error:
            if len(self) == 1:
                return [
                    {
                        "ticket_id": self.id,
                        "ticket": self.display_name,
                        "why": str(error),
                    }
                ]
        half = len(self) // 2
        return self[:half]._bulk(changes) + self[half:]._bulk(changes)

    def _bulk_change(self, changes):
        vals = {}
        if changes.get("priority"):
            vals["priority"] = changes["priority"]
        tags = [(4, tag_id) for tag_id in changes.get("add_tag_ids") or ()]
        tags += [(3, tag_id) for tag_id in changes.get("remove_tag_ids") or ()]
        if tags:
            vals["tag_ids"] = tags
        if changes.get("team_id"):
            vals["team_id"] = changes["team_id"]
        if "user_id" in changes:
            vals["user_id"] = changes["user_id"]
        if vals:
            self.write(vals)
        if changes.get("move"):
            getattr(self, MOVES[changes["move"]])()
