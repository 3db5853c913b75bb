from odoo import fields


class LooseMany2one(fields.Many2one):
    """A many2one without foreign key, for records that outlive what they point to.

    Merging partners rewrites every foreign key and deleting a target would null or
    block it; both would change history. Readers get an empty name when the target is gone.
    """

    def update_db_foreign_key(self, model, column):
        """No foreign key, on purpose."""
