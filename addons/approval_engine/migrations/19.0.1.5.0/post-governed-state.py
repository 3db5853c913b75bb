"""What is governed has a state now: what was on stays in force, what was off stays off."""


def migrate(cr, version):
    cr.execute(
        "UPDATE approval_engine_governed SET state = CASE WHEN active THEN 'active' ELSE 'draft' END"
    )
