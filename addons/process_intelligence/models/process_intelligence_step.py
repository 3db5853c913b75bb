from odoo import fields, models

from odoo.addons.event_hub.fields import LooseMany2one


class ProcessIntelligenceStep(models.Model):
    """One step of a case with the one that comes after it. Derived from the events like the case itself."""

    _name = "process_intelligence.step"
    _inherit = ["event_hub.guarded"]
    _description = "Step of a Case"
    _log_access = False
    _rec_name = "position"

    definition_id = LooseMany2one(
        "process_intelligence.definition", "Process", required=True, readonly=True
    )
    case_id = LooseMany2one(
        "process_intelligence.case", "Case", required=True, readonly=True
    )
    position = fields.Integer(
        required=True, readonly=True, help="1 is the first step of the case."
    )
    activity = fields.Integer("Activity Id", required=True, readonly=True)
    next_activity = fields.Integer(
        "Next Activity Id", readonly=True, help="Empty at the end."
    )
    nth = fields.Integer(
        "Occurrence", readonly=True, help="How often the case has come here, up to now."
    )
    pair_nth = fields.Integer(
        "Occurrence of the Move",
        readonly=True,
        help="How often the case has gone from here to that next activity, up to now.",
    )
    ts = fields.Datetime("Time", required=True, readonly=True)
    seconds = fields.Float("Seconds to the Next Step", readonly=True)
    open_seconds = fields.Float("Business Seconds to the Next Step", readonly=True)
    resource = fields.Char(readonly=True)
    next_resource = fields.Char(readonly=True)
    seq = fields.Integer("Event", readonly=True, help="Id of the event it stands for.")

    started_at = fields.Datetime(
        "Started",
        readonly=True,
        help="Where an event told of the start; the time is that of the end then.",
    )
    start_seq = fields.Integer(
        "Event of the Start",
        readonly=True,
        help="The same as the event: it was never told that it ended.",
    )
    working = fields.Float(
        "Seconds of Work",
        readonly=True,
        help="From start to end, else as it was logged.",
    )
    open_working = fields.Float("Business Seconds of Work", readonly=True)
    waiting = fields.Float("Seconds of Waiting", readonly=True)
    open_waiting = fields.Float("Business Seconds of Waiting", readonly=True)

    _timed_idx = models.Index(
        "(definition_id, activity) WHERE started_at IS NOT NULL OR working IS NOT NULL"
    )
    _case_idx = models.Index("(definition_id, case_id)")
