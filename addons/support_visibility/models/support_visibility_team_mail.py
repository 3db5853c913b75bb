import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies.intake.routing import ACCEPT_UNKNOWN, UNKNOWN_POLICIES
from .support_visibility_intake import REFUSED

REFUSED_LATELY = [("outcome", "=", REFUSED), ("at", ">", "now -7d")]
SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")


class SupportVisibilityTeamMail(models.Model):
    """How a team's tickets come in: mail alias, public form, portal, and what happens to strangers."""

    _name = "support_visibility.team"
    _inherit = ["support_visibility.team", "mail.alias.mixin.optional"]

    unknown_sender = fields.Selection(
        UNKNOWN_POLICIES,
        "Unknown Senders",
        required=True,
        default=ACCEPT_UNKNOWN,
        help="What happens to mail and forms from an address that belongs to no contact and no account: Accept makes a "
        "ticket, Quarantine lets a person decide, Reject tells the sender once a day how to reach you otherwise.",
    )
    quarantine_days = fields.Integer(
        "Keep Quarantined (Days)",
        required=True,
        default=30,
        help="After that many days what nobody released is deleted.",
    )
    max_file_mb = fields.Integer(
        "Files up to (MB)",
        required=True,
        default=20,
        help="All files of one mail or form together. Larger ones are refused with words; the ticket is made anyway.",
    )
    loop_limit = fields.Integer(
        "Mails per Sender",
        required=True,
        default=20,
        help="More mails than this from one sender within the minutes beside are cut as a loop. 0: any number.",
    )
    loop_minutes = fields.Integer("Within (Minutes)", required=True, default=60)
    acknowledge = fields.Boolean(
        default=True,
        help="Who wrote gets the number of the ticket and a link to it, once; automatic mail gets nothing.",
    )
    ask_rating = fields.Boolean(
        "Ask for a Rating",
        default=True,
        help="When a ticket is solved its customer is asked how it went, once for each time it is solved.",
    )
    reopen_days = fields.Integer(
        "Reopen Within (Days)",
        required=True,
        default=14,
        help="The customer's next word within this time reopens a solved ticket; later it goes on in a new one.",
    )
    share_account = fields.Boolean(
        "Contacts See All of Their Account",
        help="On the portal, contacts of one account see each other's tickets of this team. Otherwise a contact sees "
        "its own tickets and those it follows.",
    )
    form_enabled = fields.Boolean(
        "Public Form", help="Anybody may write to this team on a page of its own."
    )
    form_slug = fields.Char(
        "Name in the Address",
        copy=False,
        help="Small letters, digits and hyphens. Empty: the number of the team is used.",
    )
    form_url = fields.Char("Address of the Form", compute="_compute_form_url")
    refused_count = fields.Integer(
        "Forms Refused",
        compute="_compute_refused_count",
        help="Sent to the public form within seven days and over its limits: five an hour of one address, twenty from "
        "one place. Who sent them was told when to come again.",
    )

    _form_slug_uniq = models.UniqueIndex(
        "(form_slug) WHERE form_slug IS NOT NULL",
        "Another team's form has this address.",
    )
    _limits_sane = models.Constraint(
        "CHECK(quarantine_days > 0 AND max_file_mb > 0 AND loop_limit >= 0 AND loop_minutes > 0 AND reopen_days >= 0)",
        "Days, minutes and sizes of a team's intake cannot be negative, and only the number of mails and the days to "
        "reopen may be 0.",
    )

    @api.depends("form_slug")
    def _compute_form_url(self):
        for team in self:
            key = team.form_slug or (team.id if isinstance(team.id, int) else "")
            team.form_url = f"{team.get_base_url()}/support/{key}"

    def _compute_refused_count(self):
        lines = self.env["support_visibility.intake"]
        counts = dict(
            lines._read_group(
                [("team_id", "in", self.ids), *REFUSED_LATELY],
                ["team_id"],
                ["times:sum"],
            )
        )
        for team in self:
            team.refused_count = counts.get(team, 0)

    def action_open_refused(self):
        """Open the lines of the intake log behind the figure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_visibility.support_visibility_intake_action"
        )
        return {**action, "domain": [("team_id", "=", self.id), *REFUSED_LATELY]}

    @api.constrains("form_slug")
    def _check_form_slug(self):
        for team in self:
            if team.form_slug and not SLUG.fullmatch(team.form_slug):
                raise ValidationError(
                    self.env._(
                        "%(team)s: the name in the address starts with a letter and has 2 to 40 small letters, digits "
                        "and hyphens, for example customer-care.",
                        team=team.name,
                    )
                )
            if team.form_slug in self._reserved_slugs():
                raise ValidationError(
                    self.env._(
                        "%(team)s: %(slug)s is the address of other pages. Choose another name, for example "
                        "%(slug)s-team.",
                        team=team.name,
                        slug=team.form_slug,
                    )
                )

    @api.model
    def _reserved_slugs(self):
        """:return: first parts of addresses under /support/ that are other pages; other addons add theirs"""
        return {"rate", "incident"}

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._addressed(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._addressed(vals))

    @api.model
    def _addressed(self, vals):
        """:return: ``vals`` with an address that is text; an empty name of the form is none"""
        alias = vals.get("alias_name")
        if alias and not isinstance(alias, str):
            raise ValidationError(
                self.env._(
                    "alias_name: %(value)s is not the first part of a mail address, such as help.",
                    value=str(alias)[:40],
                )
            )
        if not isinstance(vals.get("form_slug"), str):
            return vals
        return {**vals, "form_slug": vals["form_slug"].strip().lower() or False}

    def _alias_get_creation_values(self):
        """Mail to the alias becomes a ticket of the team; who may write is the team's own choice."""
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id(
            "support_visibility.ticket"
        )
        values["alias_contact"] = "everyone"
        if self.id:
            values["alias_defaults"] = {"team_id": self.id}
        return values

    @api.model
    def _with_form(self, key):
        """:param str key: what stands in the address: the name, or the number of the team
        :return: the team with that public form, empty if there is none
        """
        teams = self.sudo().search([("form_enabled", "=", True)])
        return teams.filtered(lambda team: key in (team.form_slug, str(team.id)))[:1]
