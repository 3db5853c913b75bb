from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.event_hub.tools import caches

from ..const import NUMBER_PADDING, NUMBER_PREFIX, SEQUENCE_CODE


class Numbering(NamedTuple):
    """A sequence as a plain value; one that follows dates or leaves no gaps is not plain."""

    id: int
    is_plain: bool
    prefix: str
    suffix: str
    padding: int

    @classmethod
    def of(cls, sequence):
        prefix, suffix = sequence.prefix or "", sequence.suffix or ""
        is_plain = (
            sequence.implementation == "standard"
            and not sequence.use_date_range
            and "%" not in prefix + suffix
        )
        return cls(sequence.id, is_plain, prefix, suffix, sequence.padding)

    def number(self, value):
        return f"{self.prefix}{value:0{self.padding}d}{self.suffix}"


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.sudo()._create_ticket_sequences()
        return companies

    def _create_ticket_sequences(self):
        """Give each company a sequence of its own for ticket numbers, if it has none."""
        sequences = self.env["ir.sequence"].sudo().with_context(active_test=False)
        served = sequences.search(
            [("code", "=", SEQUENCE_CODE), ("company_id", "in", self.ids)]
        ).company_id
        return sequences.create(
            [
                {
                    "name": f"Tickets of {company.name}",
                    "code": SEQUENCE_CODE,
                    "company_id": company.id,
                    "prefix": NUMBER_PREFIX,
                    "padding": NUMBER_PADDING,
                }
                for company in self - served
            ]
        )

    def _next_ticket_numbers(self, count):
        """:return: list of ``count`` new ticket numbers of this company, ascending"""
        self.ensure_one()
        found = self._ticket_sequence(self.id)
        if not found:
            self.sudo()._create_ticket_sequences()
            found = self._ticket_sequence(self.id)
        if not found.is_plain:
            sequence = self.env["ir.sequence"].sudo().browse(found.id)
            return [sequence.next_by_id() for _index in range(count)]
        # One query for the whole batch; next_by_id would ask once per ticket.
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{found.id:03d}",
                count,
            )
        )
        return [found.number(row[0]) for row in sorted(rows)]

    @caches.remembered("company_id")
    def _ticket_sequence(self, company_id):
        """:return: the ``Numbering`` of a company; None if it has none yet"""
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .search(
                [("code", "=", SEQUENCE_CODE), ("company_id", "=", company_id)], limit=1
            )
        )
        return Numbering.of(sequence) if sequence else None
