# (source_id, id) serves what the index on source_id alone did; Odoo keeps indexes it no longer knows.


def migrate(cr, version):
    cr.execute("DROP INDEX IF EXISTS event_hub_message__source_id_index")
