# Steps know since when they are open. Those that waited before that are told from their submission on.


def migrate(cr, version):
    cr.execute(
        """
        UPDATE approval_engine_request_step s SET opened_at = r.submitted_at
          FROM approval_engine_request r
         WHERE r.id = s.request_id AND s.opened_at IS NULL AND s.state = 'pending'
        """
    )
