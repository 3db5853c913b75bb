# One concern a file; and the gate goes past its own `write`.
# pylint: disable=consider-merging-classes-inherited,super-method-mismatch
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..policies import governance
from ..policies.arguments import MAYBE_TEXT
from ..policies.governance import ACT, OBSERVE
from ..tools.arguments import takes
from .base_automation import TRIGGER

ADMIN = "event_hub.group_hub_admin"
FOLLOWING = frozenset({"mode", "charter_ids", "webhook_uuid"})  # nobody's to fill in
LIVE = "on_change"  # the one trigger that cannot be governed


class BaseAutomation(models.Model):
    """Somebody answers for a governed rule: it has a charter, its changes are versions, and it observes first.

    The state gates are here: ``mode`` moves by its two actions only, ``governed`` is taken
    off by ``action_release`` only, and a rule whose charter has a gap is neither switched on
    nor switched to act.
    """

    _name = "base.automation"
    _inherit = ["base.automation", "event_hub.guarded"]

    governed = fields.Boolean(
        tracking=True,
        help="A governed rule needs a charter before it is switched on, observes before it acts, and every change"
        " of it or its actions is kept as a version.",
    )
    mode = fields.Selection(
        governance.MODES,
        required=True,
        readonly=True,
        default=ACT,
        copy=False,
        tracking=True,
        help="A rule that observes writes down what it would have done, to what and as whom, and does nothing.",
    )
    charter_ids = fields.One2many(
        "event_hub.charter", "automation_id", "Charters", readonly=True
    )
    charter_id = fields.Many2one(
        "event_hub.charter",
        compute="_compute_charter_id",
        search="_search_charter_id",
    )
    charter_gaps = fields.Text("Missing", compute="_compute_charter_gaps")
    version_count = fields.Integer("Versions", compute="_compute_version_count")

    # -------------------------------------------------------------------- computes

    @api.depends("charter_ids")
    def _compute_charter_id(self):
        for rule in self:
            rule.charter_id = rule.charter_ids[:1]

    def _search_charter_id(self, operator, value):
        return [("charter_ids", operator, value)]

    @api.depends("governed", "charter_ids.gaps", "action_server_ids")
    def _compute_charter_gaps(self):
        for rule in self:
            rule.charter_gaps = rule.governed and rule._gaps_in_words()

    def _gaps_in_words(self):
        """:return: one sentence for each gap; False if there is none"""
        if not self.charter_id:
            return self.env._("It has no charter.")
        return self.charter_id.gaps

    def _compute_version_count(self):
        counts = dict(
            self.env["event_hub.rule_version"]._read_group(
                [("automation_id", "in", self.ids)], ["automation_id"], ["__count"]
            )
        )
        for rule in self:
            rule.version_count = counts.get(rule._origin, 0)

    # --------------------------------------------------------------------- the gate

    @api.model
    def _follows(self, field):
        return field.name in FOLLOWING  # what is stock Odoo's stays its own

    @api.model_create_multi
    def create(self, vals_list):
        """A new governed rule observes, and stays off until its charter is complete."""
        default = self.default_get(["governed"]).get("governed")
        rules = super().create(
            [{**vals, "governed": False, "mode": ACT} for vals in vals_list]
        )
        asked = list(zip(rules, vals_list, strict=True))
        rules.browse(
            [rule.id for rule, vals in asked if vals.get("governed", default)]
        )._begin_governing()
        rules.browse(
            [rule.id for rule, vals in asked if vals.get("mode") == OBSERVE]
        )._write_gated({"mode": OBSERVE})
        return rules

    def write(self, vals):
        self._refuse_gated(vals)
        fresh = self.browse()
        if vals.get("governed"):
            fresh = self.filtered(lambda rule: not rule.governed)
        result = super().write(
            {name: value for name, value in vals.items() if name != "governed"}
        )
        fresh._begin_governing()
        if vals.get("active"):
            for rule in fresh:
                rule._check_no_gap(self.env._("switched on"))
        (self - fresh)._record_version()
        return result

    def _refuse_gated(self, vals):
        if "mode" in vals:
            raise UserError(
                self.env._(
                    "Whether a rule acts or observes is changed with Switch to Act and Switch to Observe."
                )
            )
        if "governed" in vals and not vals["governed"] and any(self.mapped("governed")):
            raise UserError(
                self.env._(
                    "A rule is taken out of governance with Release, by an administrator of the hub and with a reason."
                )
            )

    def _write_gated(self, vals):
        """The one way past ``write`` for the methods of this class; every change is a version."""
        if not self:
            return True
        result = super().write(vals)
        self._record_version()
        return result

    @api.constrains("active", "governed", "trigger")
    def _check_governed(self):
        governed = self.filtered("governed")
        governed._check_governable()
        for rule in governed.filtered("active"):
            rule._check_no_gap(rule.env._("switched on"))

    def _check_governable(self):
        """Every trigger can be governed but one: what runs in a form before anything is saved leaves no trace."""
        live = self.filtered(lambda rule: rule.trigger == LIVE)
        if live:
            raise ValidationError(
                self.env._(
                    "Rule %(name)s cannot be governed: it runs on live updates of a form, before anything is saved, so"
                    " that it can neither observe nor be counted. Choose another trigger, or leave it ungoverned.",
                    name=live[0].name,
                )
            )

    @api.constrains("action_server_ids")
    def _check_governed_actions(self):
        on = self.filtered(lambda rule: rule.governed and rule.active)
        actions = self.env["ir.actions.server"].sudo()
        # Not what the cache holds: it still lists what was just unlinked.
        busy = actions.search([("base_automation_id", "in", on.ids)]).base_automation_id
        for rule in on:
            if rule not in busy:
                raise ValidationError(
                    rule.env._(
                        "Rule %(name)s is governed and switched on, so it keeps at least one action.",
                        name=rule.name,
                    )
                )

    def _after_action_change(self):
        """An action of these governed rules was changed or deleted."""
        rules = self.exists()
        rules._check_governed_actions()
        rules._record_version()

    def _check_no_gap(self, what):
        if self.governed:
            self._check_charter(what)

    def _check_charter(self, what):
        gaps = self._gaps_in_words()
        if gaps:
            raise ValidationError(
                self.env._(
                    "Rule %(name)s cannot be %(what)s while its charter has a gap: %(gaps)s",
                    name=self.name,
                    what=what,
                    gaps=gaps.replace("\n", " "),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_governed(self):
        governed = self.filtered("governed")
        if governed:
            raise UserError(
                self.env._(
                    "%(name)s is governed and stays on record. Archive it instead, or release it first.",
                    name=governed[0].name,
                )
            )

    # ------------------------------------------------------------------ how it begins

    def _begin_governing(self):
        """Give rules that have become governed a charter to fill; they are off and observe until then."""
        if not self:
            return
        missing = self.filtered(lambda rule: not rule.sudo().charter_ids)
        self.env["event_hub.charter"].sudo()._prefill(missing)
        gap = self.filtered(lambda rule: rule.sudo().charter_id.gaps)
        gap._write_gated({"governed": True, "mode": OBSERVE, "active": False})
        (self - gap)._write_gated({"governed": True, "mode": OBSERVE})

    @api.model
    def _put_in_force(self, xmlid, charter):
        """For rules that a module ships: govern them with a whole charter, acting from the start.

        Called by data files at every update, so that databases of yesterday get it too; a
        rule that has a charter already, or that somebody has taken apart, is left alone.

        :param charter: values of ``event_hub.charter``; the owner is the rule's unless given
        :return: whether the rule was put in force
        :raise ValidationError: if the charter has a gap
        """
        rule = self.env.ref(xmlid, raise_if_not_found=False)
        if not rule or rule.charter_ids or not rule.action_server_ids:
            return False
        return rule._act_under(charter)

    def _act_under(self, charter):
        """Govern one rule with a whole charter, acting from the start.

        :param charter: values of ``event_hub.charter``; the owner is the rule's unless given
        :raise ValidationError: if the charter has a gap
        """
        self.env["event_hub.charter"]._prefill(self)
        self.charter_ids.write({"owner_id": self._alert_user().id, **charter})
        self._check_charter(self.env._("put in force"))
        self._write_gated({"governed": True, "mode": ACT})
        return True

    # ---------------------------------------------------------------------- actions

    def action_switch_to_act(self):
        """From now on the rule does what it has only written down so far; hub administrators only.

        :raise ValidationError: while the charter of a governed rule has a gap
        """
        rules = self._for_admin()
        for rule in rules:
            rule._check_no_gap(self.env._("switched to act"))
        rules = rules.filtered(lambda rule: rule.mode != ACT)
        # A record it observed is no record it acted on.
        self.env["event_hub.throttle"].sudo()._forget(rules)
        rules._write_gated({"mode": ACT})
        return True

    def action_switch_to_observe(self):
        """From now on the rule only writes down what it would do; hub administrators only."""
        rules = self._for_admin().filtered(lambda rule: rule.mode != OBSERVE)
        rules._check_governable()
        rules._write_gated({"mode": OBSERVE})
        return True

    def action_govern(self):
        """Give the rule a charter; it is off until that is complete, then observes. Hub administrators only."""
        self._for_admin().filtered(lambda rule: not rule.governed).write(
            {"governed": True}
        )
        return True

    @takes(reason=MAYBE_TEXT)
    def action_release(self, reason):
        """Take the rule out of governance; hub administrators only, with a reason that stays on record."""
        rules = self._for_admin().filtered("governed")
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why nobody has to answer for this rule."))
        # Past the version that an ordinary change makes: this one says why.
        super(BaseAutomation, rules).write({"governed": False})
        rules._record_version(
            always=True,
            remark=self.env._("Released: %(reason)s", reason=reason.strip()),
        )
        return True

    def action_switch_on(self):
        """Let rules react from now on; hub administrators only.

        :raise ValidationError: while the charter of a governed rule has a gap
        """
        self._for_admin().filtered(lambda rule: not rule.active).write({"active": True})
        return True

    @takes(reason=MAYBE_TEXT)
    def action_switch_off(self, reason):
        """Retire rules; hub administrators only, with a reason that stays on record.

        What waits for them is skipped when its turn comes.
        """
        rules = self._for_admin().filtered("active")
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why the rule is no longer needed."))
        super(BaseAutomation, rules).write({"active": False})
        remark = self.env._("Switched off: %(reason)s", reason=reason.strip())
        rules._record_version(remark=remark)
        for rule in rules:
            rule.message_post(body=remark)
        return True

    def action_open_charter(self):
        """:return: action that opens the charter of this rule"""
        self.ensure_one()
        if not self.charter_id:
            raise UserError(
                self.env._("%(name)s has no charter. Govern it first.", name=self.name)
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "event_hub.charter",
            "res_id": self.charter_id.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Charter of %(name)s", name=self.name),
        }

    def action_open_versions(self):
        """:return: action that opens what changed in this rule, and who changed it"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_rule_version_action"
        )
        action["domain"] = [("automation_id", "=", self.id)]
        action["display_name"] = self.env._("Versions of %(name)s", name=self.name)
        return action

    def _for_admin(self):
        """:return: ``self`` in superuser mode, once it is clear that the caller may

        :raise AccessError: unless an administrator of the hub asks, who sees the rules
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(ADMIN):
            raise AccessError(
                self.env._(
                    "Only administrators of the event hub may switch automation rules."
                )
            )
        return self.sudo()

    # --------------------------------------------------------------------- versions

    def _record_version(self, always=False, remark=None):
        """Keep what changed in those of ``self`` that are governed."""
        governed = self.filtered(lambda rule: rule.governed or always)
        if governed:
            self.env["event_hub.rule_version"].sudo()._record(
                governed.sudo(), remark=remark
            )

    def _snapshot(self):
        """:return: ``{name: value}``: all that decides what this rule does, flat"""
        self.ensure_one()
        values = {
            "name": self.name,
            "model": self.model_name,
            "trigger": self.trigger,
            "event types": self.event_pattern,
            "event condition": self.event_domain,
            "record condition": self.filter_domain,
            "wait in minutes": self.event_delay_minutes,
            "at most once in hours": self.throttle_hours,
            "runs else as": self.owner_id.login,
            "on": self.active,
            "paused": self.paused,
            "mode": self.mode,
            "governed": self.governed,
        }
        if self.trigger != TRIGGER:
            values.update(self._stock_snapshot())
        for action in self.action_server_ids.sorted("id"):
            values.update(action._governed_snapshot())
        if self.charter_ids:
            values.update(self.charter_ids[:1]._snapshot())
        return values
