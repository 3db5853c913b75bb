LOGGED = "attributes ?| '{logged_seconds,logged_hours}'::text[]"


def migrate(cr, version):
    """Have the cases worked out again whose events tell of logged time, which is work from now on."""
    cr.execute("DROP INDEX IF EXISTS process_intelligence_step_started_idx")
    cr.execute(
        f"""
        INSERT INTO process_intelligence_stale (definition_id)
        SELECT id FROM process_intelligence_definition AS process
         WHERE source = 'log' AND EXISTS (
                   SELECT FROM process_intelligence_log_event WHERE definition_id = process.id AND {LOGGED})
            OR source = 'ledger' AND EXISTS (
                   SELECT FROM event_hub_event WHERE case_type = process.case_type AND {LOGGED})
        """
    )
