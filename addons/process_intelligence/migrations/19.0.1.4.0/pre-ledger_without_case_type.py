def migrate(cr, version):
    """A process of the ledger without a kind of case kept every list of processes from opening; it has no events."""
    cr.execute(
        "UPDATE process_intelligence_definition SET case_type = 'unknown' "
        "WHERE source = 'ledger' AND coalesce(case_type, '') = ''"
    )
