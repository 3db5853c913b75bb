# The gate goes past its own `write`, which refuses everybody else.
# pylint: disable=super-method-mismatch,method-required-super
from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import babel_locale_parse

from ..policies import alerts as policy
from ..policies.alerts import FIRING, RECOVERED

ACTIVITY = "event_hub.mail_activity_alert"
MEASURED = {"state", "since", "recovered_at", "told_at"}  # written by the check only

# What somebody should know at once, and what can wait for the next working day.
DEFAULT_AGE = {"messages": 30, "runs": 30, "deliveries": 30}  # seconds overdue
DEFAULT_DEPTH = {"messages": 10_000, "runs": 10_000, "deliveries": 10_000}
AGE_OF_OTHERS = 8 * 3600  # seconds


class EventHubAlert(models.Model):
    """One per queue: what is too late or too many, and who is told. Checked every minute."""

    _name = "event_hub.alert"
    _description = "Queue Alert"
    _inherit = [
        "event_hub.guarded",
        "event_hub.emitter",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "state, sequence, id"
    _rec_name = "queue"
    _hub_case_type = "alert"

    queue = fields.Char(required=True, readonly=True)
    name = fields.Char(compute="_compute_name", string="What Waits")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    max_age_seconds = fields.Integer(
        "Late After (s)",
        tracking=True,
        aggregator=None,
        help="Seconds for which the oldest may be due, or wait where nothing is due. 0: no limit.",
    )
    max_depth = fields.Integer(
        "At Most",
        tracking=True,
        aggregator=None,
        help="How many may wait. 0: no limit.",
    )
    owner_id = fields.Many2one(
        "res.users",
        tracking=True,
        domain=[("share", "=", False)],
        help="Is told when it fires: an activity, and a line in the daily digest.",
    )
    state = fields.Selection(
        policy.STATES, required=True, readonly=True, default=RECOVERED, copy=False
    )
    since = fields.Datetime("Fired", readonly=True, copy=False)
    recovered_at = fields.Datetime("Recovered", readonly=True, copy=False)
    told_at = fields.Datetime("In the Digest", readonly=True, copy=False)
    depth = fields.Integer("Waiting Now", compute="_compute_measure")
    age_seconds = fields.Integer("Late Now (s)", compute="_compute_measure")

    _queue_uniq = models.Constraint("UNIQUE(queue)", "A queue has one alert.")

    # -------------------------------------------------------------- what is shown

    @api.depends("queue")
    @api.depends_context("lang")
    def _compute_name(self):
        for alert in self:
            alert.name = self.env["event_hub.overview"]._queue_label(alert.queue)

    def _compute_measure(self):
        measured = self._measured()
        for alert in self:
            alert.depth, age = measured.get(alert.queue, (0, 0.0))
            alert.age_seconds = round(age)

    @api.depends("name")
    def _compute_display_name(self):
        for alert in self:
            alert.display_name = alert.name

    @api.model
    def _measured(self):
        """:return: ``{queue: (depth, seconds)}``: for which it is overdue, or old where nothing is due"""
        monitor = self.env["event_hub.monitor"].sudo()
        queues = monitor._queues()
        return {
            name: (depth, late if queues[name].due else age)
            for name, (depth, age, late) in monitor._measure().items()
        }

    def action_open_waiting(self):
        """:return: action that opens what waits in this queue"""
        self.ensure_one()
        queue = self.env["event_hub.monitor"]._queues().get(self.queue)
        if not queue:
            raise UserError(
                self.env._("Queue %(queue)s is not watched any more.", queue=self.queue)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": queue.model,
            "domain": [("state", "in", list(queue.states))],
            "views": [(False, "list"), (False, "form")],
        }

    # ------------------------------------------------------------------- the gate

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_measured(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_measured(vals)
        if "queue" in vals and any(alert.queue != vals["queue"] for alert in self):
            raise UserError(
                self.env._(
                    "The alert of %(queue)s stays with its queue.",
                    queue=", ".join(self.mapped("name")),
                )
            )
        return super().write(vals)

    def _refuse_measured(self, vals):
        forged = (
            MEASURED & {name for name in vals if vals[name]} | MEASURED & vals.keys()
        )
        if forged:
            raise UserError(
                self.env._(
                    "%(fields)s of an alert follow from what is measured. Change its thresholds, or its queue.",
                    fields=", ".join(sorted(forged)),
                )
            )

    def _set_state(self, state, **vals):
        """:return: the alerts that moved to ``state``"""
        moved = self.filtered(lambda alert: state in policy.TRANSITIONS[alert.state])
        super(EventHubAlert, moved).write({"state": state, **vals})
        return moved

    # ------------------------------------------------------------------- checking

    @api.model
    def _cron_check(self):
        """Fire and recover, and fold what many short transactions counted; runs every minute."""
        self._ensure()
        self.env["event_hub.clash"]._check()
        self._check()
        self.env["event_hub.tally"]._count_accepted()
        self.env["event_hub.tally"]._fold_minutes()
        return True

    @api.model
    def _ensure(self):
        """Each queue has an alert, also those that other addons bring."""
        known = set(self.search([("active", "in", (True, False))]).mapped("queue"))
        missing = [q for q in self.env["event_hub.monitor"]._queues() if q not in known]
        return self.create(
            [
                {
                    "queue": queue,
                    "max_age_seconds": DEFAULT_AGE.get(queue, AGE_OF_OTHERS),
                    "max_depth": DEFAULT_DEPTH.get(queue, 0),
                    "owner_id": self._admins()[:1].id,
                }
                for queue in missing
            ]
        )

    @api.model
    def _check(self):
        """:return: the alerts that changed"""
        measured = self._measured()
        changed = self.browse()
        for alert in self.search([("active", "in", (True, False))]):
            depth, age = measured.get(alert.queue, (0, 0.0))
            limits = policy.Limits(alert.max_age_seconds, alert.max_depth)
            change = policy.decide(
                firing=alert.state == FIRING,
                depth=depth,
                age=age,
                limits=limits if alert.active else policy.Limits(),
            )
            if change:
                alert._apply(change, depth, age)
                changed |= alert
        return changed

    def _apply(self, change, depth, age):
        now = fields.Datetime.now()
        told = {"queue": self.queue, "depth": depth, "age_seconds": round(age)}
        if change.state == FIRING:
            self._set_state(FIRING, since=now, recovered_at=False)
            reasons = ", ".join(change.reasons)
            self._emit("hub.alert_fired", **told, reasons=reasons, occurred_at=now)
            queue = self.env["event_hub.monitor"]._queues().get(self.queue)
            if not (queue and queue.tells):
                self._tell_owner(depth, age)
        else:
            self._set_state(RECOVERED, recovered_at=now)
            lasted = round((now - self.since).total_seconds())
            self._emit("hub.alert_recovered", **told, lasted_s=lasted, occurred_at=now)
            self.activity_feedback(
                [ACTIVITY], feedback=self.env._("It recovered by itself.")
            )

    def _tell_owner(self, depth, age):
        owner = self._owner()
        if owner:
            self.activity_schedule(
                ACTIVITY,
                user_id=owner.id,
                summary=self.env._("%(queue)s: too late or too many", queue=self.name),
                note=self.env._(
                    "%(depth)s wait, the first for %(age)s more than it should."
                    " This closes by itself when it is over.",
                    depth=depth,
                    age=format_timedelta(
                        age, locale=babel_locale_parse(owner.lang or self.env.lang)
                    ),
                ),
            )

    def _owner(self):
        """:return: who is told: the owner, else the first administrator of the hub"""
        return self.owner_id.filtered("active") or self._admins()[:1]

    @api.model
    def _admins(self):
        group = self.env.ref("event_hub.group_hub_admin").sudo()
        people = group.all_user_ids.filtered(
            lambda u: u.active and not u._is_superuser()
        )
        return people.sorted("id")

    # --------------------------------------------------------------------- digest

    @api.model
    def _cron_digest(self):
        """One mail a day to each owner about alerts that fired since the last one; nothing to say, no mail."""
        news = self.with_context(active_test=False).search([("since", "!=", False)])
        news = news.filtered(
            lambda a: a.state == FIRING or not a.told_at or a.told_at < a.since
        )
        mails = [
            alerts._digest_values(owner)
            for owner, alerts in news.grouped(lambda alert: alert._owner()).items()
            if owner.email
        ]
        self.env["mail.mail"].sudo().create(mails)
        super(EventHubAlert, news).write({"told_at": fields.Datetime.now()})
        return True

    def _digest_values(self, owner):
        """:return: values of the mail that tells ``owner`` about ``self``"""
        alerts = self.with_context(lang=owner.lang, tz=owner.tz)
        firing = len(alerts.filtered(lambda alert: alert.state == FIRING))
        env = alerts.env
        body = env["ir.qweb"]._render(
            "event_hub.alert_digest",
            {"alerts": alerts, "firing": firing, "base_url": alerts[:1].get_base_url()},
        )
        subject = (
            env._("%(count)s queues need you", count=firing)
            if firing
            else env._("Queues that were late and recovered")
        )
        return {
            "subject": subject,
            "body_html": body,
            "recipient_ids": [(4, owner.partner_id.id)],
            "auto_delete": True,
        }
