"""Another index answers what this one did; Odoo keeps indexes that it does not expect."""


def migrate(cr, version):
    cr.execute("DROP INDEX IF EXISTS event_hub_run__automation_id_index")
