def migrate(cr, version):
    """Hours were read with the rights of who asked first, and with the holidays of other companies; read them anew."""
    cr.execute("DELETE FROM process_intelligence_opening")
    cr.execute(
        "INSERT INTO process_intelligence_stale (definition_id)"
        " SELECT id FROM process_intelligence_definition WHERE calendar_id IS NOT NULL"
    )
