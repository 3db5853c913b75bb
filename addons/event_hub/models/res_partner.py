from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..const import ACCOUNT_MERGED, MERGED_ROLE
from ..policies.arguments import FLAG, TEXT
from ..tools.arguments import takes


class ResPartner(models.Model):
    _inherit = "res.partner"

    account_code = fields.Char(
        copy=False, help="Name of this account in all systems, unique per company."
    )
    account_tier = fields.Selection(
        [("standard", "Standard"), ("growth", "Growth"), ("strategic", "Strategic")],
        default="standard",
        help="How much attention this account gets.",
    )
    account_owner_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        help="Customer success manager of this account.",
    )

    _account_code_uniq = models.UniqueIndex(
        "(account_code, COALESCE(company_id, 0)) WHERE account_code IS NOT NULL",
        "Another account of this company has this account code.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([_without_blank_code(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(_without_blank_code(vals))

    @api.model
    def _account_tiers(self):
        """:return: ``[(value, label in the language of the reader)]``"""
        return self._fields["account_tier"]._description_selection(self.env)

    def action_open_hub_events(self):
        """:return: action that opens the ledger on everything about this account"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_event_action"
        )
        accounts = self.commercial_partner_id._with_merged()
        action["domain"] = [("account_id", "in", accounts)]
        action["context"] = {}
        return action

    @takes(reason=TEXT, dry_run=FLAG)
    def hub_erase(self, reason, dry_run=False):
        """Take these, all their contacts and users out of what the event hub remembers.

        For an administrator of the hub who is administrator of the settings too, in the companies of that user.
        Identities, digests, times, amounts and codes stay.

        :param reason: stays in the ledger for good, so without names
        :param dry_run: only count
        :return: ``{"events", "messages", "deliveries", "runs", "conflicts", "external_ids", "waiting"}`` and what
            other addons keep: how many of each
        :raise UserError: while messages that tell of them wait (``waiting``) to be processed
        """
        return self.env["event_hub.erasure"]._erase(self, reason, dry_run)

    def _with_merged(self):
        """:return: ids of these and of all that were merged into them, however long ago"""
        self.env["event_hub.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE account (id) AS (
                    SELECT unnest(%s::int[])
                     UNION
                    SELECT object.res_id
                      FROM account
                      JOIN event_hub_event event ON event.case_model = 'res.partner' AND event.case_id = account.id
                                                AND event.type = %s
                      JOIN event_hub_event_object object ON object.event_id = event.id AND object.role = %s)
                SELECT id FROM account
                """,
                self.ids,
                ACCOUNT_MERGED,
                MERGED_ROLE,
            )
        )
        return [id_ for (id_,) in rows]

    @api.constrains("account_code", "parent_id")
    def _check_account_code_on_account(self):
        for partner in self:
            if partner.account_code and partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(contact)s belongs to %(account)s. Set the account code %(code)s on %(account)s instead.",
                        contact=partner.display_name,
                        account=partner.commercial_partner_id.display_name,
                        code=partner.account_code,
                    )
                )


def _without_blank_code(vals):
    """A code of blanks is no code: it must not clash with the next one."""
    if isinstance(vals.get("account_code"), str):
        return {**vals, "account_code": vals["account_code"].strip() or False}
    return vals
