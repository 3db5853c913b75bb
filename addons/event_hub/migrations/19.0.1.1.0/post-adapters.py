"""What a source may send was two check boxes; it is a list of adapters now."""


def migrate(cr, version):
    for code, column in (("standard", "allow_standard"), ("stripe", "allow_stripe")):
        cr.execute(
            f"""
            INSERT INTO event_hub_adapter_event_hub_source_rel (event_hub_source_id, event_hub_adapter_id)
            SELECT s.id, a.id FROM event_hub_source s JOIN event_hub_adapter a ON a.code = %s WHERE s.{column}
            ON CONFLICT DO NOTHING
            """,  # noqa: S608 -- the column is one of the two above
            [code],
        )
