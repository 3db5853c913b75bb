from odoo import api, models

from ..const import NUMBER_PADDING, NUMBER_PREFIX, SEQUENCE_CODE


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
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .search(
                [("code", "=", SEQUENCE_CODE), ("company_id", "=", self.id)], limit=1
            )
        )
        if not sequence:
            sequence = self.sudo()._create_ticket_sequences()
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _index in range(count)]
        # One query for the whole batch; next_by_id would ask once per ticket.
        self.env.cr.execute(
            "SELECT nextval(%s) FROM generate_series(1, %s)",
            [f"ir_sequence_{sequence.id:03d}", count],
        )
        return [
            sequence.get_next_char(row[0]) for row in sorted(self.env.cr.fetchall())
        ]
