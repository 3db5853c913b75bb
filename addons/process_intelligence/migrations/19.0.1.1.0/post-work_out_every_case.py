def migrate(cr, version):
    """Have the cases of the processes that are there already worked out; until then questions read the events."""
    cr.execute(
        "INSERT INTO process_intelligence_stale (definition_id) SELECT id FROM process_intelligence_definition"
    )
