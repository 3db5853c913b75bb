def migrate(cr, version):
    """Categories name no component yet: nothing has to be worked out for the tickets that are there.

    A column that is missing would be filled ticket by ticket.
    """
    cr.execute(
        "ALTER TABLE support_visibility_ticket ADD COLUMN IF NOT EXISTS component_id integer"
    )
