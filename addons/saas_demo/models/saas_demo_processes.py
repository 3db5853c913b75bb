from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..policies.processes import IMPORTED, PROCESSES
from ..tools import past

#: How far back the demo looks for what stalled and what came back.
WATCHED = timedelta(days=30)


class SaasDemoProcesses(models.AbstractModel):
    """What the company says of its processes once the story is told, so that the screens have something true to say."""

    _name = "saas_demo.processes"
    _description = "Processes of the demo"

    @api.model
    def _settle(self):
        """Name ends, hours and rules, and have everything looked at once."""
        with past.telling():
            found = self.env["process_intelligence.definition"].search(
                Domain("case_type", "in", list(PROCESSES))
                | Domain("name", "in", list(IMPORTED.values()))
            )
            keys = {name: key for key, name in IMPORTED.items()}
            for definition in found:
                key = definition.case_type or keys[definition.name]
                self._say(definition, PROCESSES[key])
            self.env["event_hub.event"]._flush_emitted()

    def _say(self, definition, process):
        definition._note_names(definition._every_row())
        definition.invalidate_recordset(["activity_ids"])
        known = {activity.name: activity for activity in definition.activity_ids}
        definition.write(
            {
                "start_activity_ids": [
                    known[n].id for n in process.starts if n in known
                ],
                "end_activity_ids": [known[n].id for n in process.ends if n in known],
                "calendar_id": self.env.company.resource_calendar_id.id,
                "watch_stalled": True,
                "watch_pingpong": True,
            }
        )
        rules = self.env["process_intelligence.rule"].create(
            [
                {
                    **rule.values,
                    "definition_id": definition.id,
                    "activity_id": known[rule.first].id,
                    "other_activity_id": rule.other and known[rule.other].id,
                }
                # What a story does not tell of, no rule can name.
                for rule in process.rules
                if rule.activities <= known.keys()
            ]
        )
        for rule in rules:
            rule._watch()
        since = fields.Datetime.now() - WATCHED
        definition.write({"stalled_since": since, "pingpong_since": since})
        definition._find()
        self._star(definition, process.tiles, known)

    def _star(self, definition, tiles, known):
        """Share analyses, and have whoever may see the cases find them on the overview."""
        readers = self.env.ref("process_intelligence.group_process_reader")
        fans = readers.all_user_ids.filtered(
            lambda user: definition.with_user(user).headline()["cases"]
        )
        self.env["process_intelligence.analysis"].sudo().create(
            [
                {
                    "name": name,
                    "definition_id": definition.id,
                    "user_id": self.env.ref("base.user_admin").id,
                    "shared": True,
                    "filters": {"has": list(has)} if has else {},
                    "fan_ids": fans.ids,
                }
                for name, has in tiles
                if known.keys() >= set(has)
            ]
        )
