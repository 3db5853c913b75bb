def migrate(cr, version):
    """A norm kept how many cases its maker saw; its readers may not see them all."""
    cr.execute(
        "UPDATE process_intelligence_rule SET norm = norm - '{cases,held,ways}'::text[] "
        "WHERE norm ?| '{cases,held,ways}'::text[]"
    )
