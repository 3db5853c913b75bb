# Tickets know since when by which channel they came in. Older ones came from another helpdesk, or by hand.


def migrate(cr, version):
    cr.execute(
        """
        UPDATE support_visibility_ticket
           SET channel = CASE WHEN source_id IS NULL THEN 'manual' ELSE 'hub' END
         WHERE channel IS NULL
        """
    )
