def migrate(cr, version):
    """Have the cases worked out again, starts and completions as one step; until then questions read the events."""
    cr.execute(
        "INSERT INTO process_intelligence_stale (definition_id) SELECT id FROM process_intelligence_definition"
    )
