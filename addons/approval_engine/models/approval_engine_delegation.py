from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools.misc import clean_context

from ..const import DELEGATION_CRON
from ..policies import delegation, request_state, seats

MANAGER = "approval_engine.group_approval_manager"
# A change, not a lock: whoever waited for a lock would still read what was there before.
ONE_AT_A_TIME = "UPDATE res_company SET write_date = write_date WHERE id = ANY(%s)"
SET_BY_US = frozenset({"revoked_at", "revoked_by_id", "asked_at"})


class ApprovalEngineDelegation(models.Model):
    """Somebody decides in the place of another for a time; the seats stay those of the lender.

    Once made it is never changed, only taken back: decisions refer to it.
    """

    _name = "approval_engine.delegation"
    _inherit = ["approval_engine.guarded", "event_hub.emitter"]
    _description = "Approval Delegation"
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _hub_case_type = "approval_delegation"
    _hub_imports_history = False  # a delegation counts, however it was entered

    user_id = fields.Many2one(
        "res.users",
        "Lent By",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Whose decisions the other may make. Only an approval manager lends for somebody else.",
    )
    delegate_id = fields.Many2one(
        "res.users",
        "Stands In",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Who may decide meanwhile. Needs access to Approvals in this company.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Datetime(
        "From", required=True, default=lambda self: fields.Datetime.now()
    )
    date_to = fields.Datetime("Until", required=True)
    type_ids = fields.Many2many(
        "approval_engine.type",
        "approval_engine_delegation_type_rel",
        string="Only These Types",
        help="Empty: requests of every type.",
    )
    amount_limit = fields.Monetary(
        "Up To", help="Only requests up to this amount. 0: whatever the amount."
    )
    bounds = fields.Char("What", compute="_compute_bounds")
    reason = fields.Char(help="Such as: on leave.")
    state = fields.Selection(
        delegation.STATES, compute="_compute_state", search="_search_state"
    )
    revoked_at = fields.Datetime("Taken Back", readonly=True, copy=False)
    revoked_by_id = fields.Many2one(
        "res.users", "Taken Back By", readonly=True, copy=False, ondelete="restrict"
    )
    asked_at = fields.Datetime(
        readonly=True, copy=False, help="When the open requests were shown to them."
    )

    _live_idx = models.Index(
        "(delegate_id, date_from, date_to) WHERE revoked_at IS NULL"
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {
            name for name, field in self._fields.items() if field.store and name != "id"
        }

    @api.depends("date_from", "date_to", "revoked_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for lent in self:
            whole = lent.date_from and lent.date_to
            lent.state = delegation.state(lent._as_policy(), now) if whole else False

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        standing = Domain("revoked_at", "=", False)
        domains = {
            delegation.REVOKED: ~standing,
            delegation.PLANNED: standing & Domain("date_from", ">", now),
            delegation.LIVE: self._live_domain(now),
            delegation.ENDED: standing & Domain("date_to", "<=", now),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("user_id.name", "delegate_id.name")
    def _compute_display_name(self):
        for lent in self:
            whole = lent.user_id and lent.delegate_id
            lent.display_name = whole and self.env._(
                "%(delegate)s for %(lender)s",
                delegate=lent.delegate_id.name,
                lender=lent.user_id.name,
            )

    @api.depends("type_ids.name", "amount_limit", "currency_id")
    def _compute_bounds(self):
        for lent in self:
            kinds = ", ".join(lent.type_ids.mapped("name")) or self.env._("every type")
            lent.bounds = (
                self.env._(
                    "%(types)s, up to %(limit)s",
                    types=kinds,
                    limit=lent.currency_id.format(lent.amount_limit),
                )
                if lent.amount_limit
                else self.env._("%(types)s, whatever the amount", types=kinds)
            )

    # ------------------------------------------------------------------ doors

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: (403) lending for somebody else
        :raises ValidationError: (422) who, when or how much cannot be; names the field
        """
        self._refuse_lending_for_others(vals_list)
        plain = self.with_env(self.env(context=clean_context(self.env.context)))
        lent = super(ApprovalEngineDelegation, plain).create(
            [
                {name: value for name, value in vals.items() if name not in SET_BY_US}
                for vals in vals_list
            ]
        )
        lent._check_people()
        lent._check_amount()
        lent._check_beside_others()
        lent._tell("approval.delegated")
        lent._plan()
        return lent.with_env(self.env)

    def _guarded_error(self, names):
        return AccessError(
            self.env._(
                "%(delegation)s: a delegation is not changed once it is made (%(fields)s). Take it back and make "
                "a new one.",
                delegation=self[:1].display_name,
                fields=", ".join(sorted(names)),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_planned(self):
        for lent in self:
            if lent.state != delegation.PLANNED:
                raise UserError(
                    self.env._(
                        "%(delegation)s was in force and cannot be deleted. Take it back.",
                        delegation=lent.display_name,
                    )
                )

    def action_revoke(self):
        """Take it back at once; the lender, who stands in, or an approval manager may.

        :raises UserError: (422) it is over already
        """
        self.check_access("read")
        for lent in self:
            lent._refuse_stranger()
            if lent.state not in (delegation.PLANNED, delegation.LIVE):
                raise UserError(
                    self.env._(
                        "%(delegation)s is over already.", delegation=lent.display_name
                    )
                )
        gone = {"revoked_at": fields.Datetime.now(), "revoked_by_id": self.env.uid}
        self.sudo()._write_guarded(gone)
        self._tell("approval.delegation_revoked")
        self.env["approval_engine.request"].sudo()._notify_inbox(self.delegate_id)
        return True

    def _refuse_stranger(self):
        involved = self.user_id | self.delegate_id
        if self.env.user not in involved and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Only %(lender)s, %(delegate)s or an approval manager can take this back.",
                    lender=self.user_id.name,
                    delegate=self.delegate_id.name,
                )
            )

    @api.model
    def _refuse_lending_for_others(self, vals_list):
        lenders = {vals.get("user_id", self.env.uid) for vals in vals_list}
        if lenders != {self.env.uid} and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Lent By (user_id): you can only lend your own decisions. An approval manager can lend those "
                    "of others."
                )
            )
        mine = self.env.user._all_logins().ids
        for vals in vals_list:
            lends = vals.get("user_id", self.env.uid)
            if lends not in mine and vals.get("delegate_id") in mine:
                raise AccessError(
                    self.env._(
                        "Stands In (delegate_id): nobody lends themselves the decisions of somebody else. They lend "
                        "them, or another approval manager does."
                    )
                )

    def _check_people(self):
        able = self.env.ref("approval_engine.group_approval_user").all_user_ids
        for lent in self.sudo():
            for name in ("user_id", "delegate_id"):
                user = lent[name]
                ready = user.active and user in able
                if not ready or lent.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "%(field)s (%(name)s): %(user)s has no access to Approvals in %(company)s.",
                            field=self._fields[name]._description_string(self.env),
                            name=name,
                            user=user.name,
                            company=lent.company_id.name,
                        )
                    )

    def _check_amount(self):
        for lent in self:
            if lent.amount_limit < 0:
                raise ValidationError(
                    self.env._("Up To (amount_limit) cannot be negative.")
                )

    def _check_beside_others(self):
        """Two at once must not close a ring that neither sees: the later one is tried again."""
        self.env.cr.execute(ONE_AT_A_TIME, [sorted(self.company_id.ids)])
        first = min(self.mapped("date_from"))
        standing = Domain("revoked_at", "=", False) & Domain("date_to", ">", first)
        others = [lent._as_policy() for lent in self.sudo().search(standing)]
        for lent in self.sudo():
            problem = delegation.find_problem(lent._as_policy(), others)
            if problem:
                raise ValidationError(lent._problem_words(problem))

    def _problem_words(self, problem):
        return {
            delegation.BACKWARDS: self.env._(
                "Until (date_to) has to be later than From (date_from)."
            ),
            delegation.SELF: self.env._(
                "Stands In (delegate_id): choose somebody else than the one who lends."
            ),
            delegation.CYCLE: self.env._(
                "Stands In (delegate_id): %(delegate)s lends to %(lender)s at that time, directly or through others. "
                "Take that back first.",
                delegate=self.delegate_id.name,
                lender=self.user_id.name,
            ),
        }[problem]

    def _tell(self, event):
        for lent in self.sudo(self.env.su):
            lent._emit(
                event,
                lender=lent.user_id.login,
                delegate=lent.delegate_id.login,
                until=fields.Datetime.to_string(lent.date_to),
            )

    # ------------------------------------------------------------------ use

    def _as_policy(self):
        self.ensure_one()
        return delegation.Delegation(
            self.id or 0,
            self.user_id.id,
            self.delegate_id.id,
            self.date_from,
            self.date_to,
            self.company_id.id,
            frozenset(self.type_ids.ids),
            self.amount_limit,
            bool(self.revoked_at),
        )

    @api.model
    def _live_domain(self, now):
        return (
            Domain("revoked_at", "=", False)
            & Domain("date_from", "<=", now)
            & Domain("date_to", ">", now)
        )

    @api.model
    def _live(self, delegates=None):
        """:return: what is lent right now, in sudo; to these people if given"""
        domain = self._live_domain(fields.Datetime.now())
        if delegates is not None:
            domain &= Domain("delegate_id", "in", delegates.ids)
        return self.sudo().search(domain, order="id")

    @api.model
    def _live_of(self, user_ids):
        """:return: what these people lend right now, in sudo"""
        domain = self._live_domain(fields.Datetime.now())
        lenders = Domain("user_id", "in", sorted(user_ids))
        return self.sudo().search_fetch(domain & lenders, order="id")

    def _covers(self, request):
        return delegation.covers(
            self._as_policy(),
            now=fields.Datetime.now(),
            company_id=request.company_id.id,
            type_id=request.type_id.id,
            amount=request.company_amount,
        )

    def _request_domain(self):
        """:return: domain of what waits for the lender and is lent with this; as ``_covers`` decides"""
        self.ensure_one()
        domain = Domain("state", "=", request_state.PENDING) & Domain(
            "company_id", "=", self.company_id.id
        )
        domain &= Domain(
            "assignment_ids",
            "any!",
            [("user_id", "=", self.user_id.id), ("state", "=", seats.PENDING)],
        )
        if self.type_ids:
            domain &= Domain("type_id", "in", self.type_ids.ids)
        if self.amount_limit:
            domain &= Domain("company_amount", "<=", self.amount_limit)
            domain &= Domain("company_amount", ">=", -self.amount_limit)
        return domain & Domain("requester_id", "!=", self.delegate_id.id)

    # ------------------------------------------------------------------ asking

    def _plan(self):
        """Ask at once what begins at once, the rest at its moment."""
        now = fields.Datetime.now()
        self.filtered(lambda lent: lent.date_from <= now)._ask()
        for lent in self.filtered(lambda lent: lent.date_from > now):
            self.env["event_hub.waker"]._wake_at(DELEGATION_CRON, lent.date_from)

    def _ask(self):
        """Let those who stand in see what waits for the lender."""
        Request = self.env["approval_engine.request"].sudo()
        for lent in self.sudo():
            waiting = Request.search(lent._request_domain()).filtered(
                lambda request, lent=lent: request._standing_in(lent)
            )
            waiting._write_guarded(
                {"asked_user_ids": [Command.link(lent.delegate_id.id)]}
            )
        self.sudo()._write_guarded({"asked_at": fields.Datetime.now()})
        Request._notify_inbox(self.delegate_id)

    @api.model
    def _cron_begin(self):
        """Ask those whose delegation has begun."""
        due = self._live().filtered(lambda lent: not lent.asked_at)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for lent in due:
            lent._ask()
            if not cron._commit_progress(1):
                break
