"""Types that are shipped now may have been defined by hand before: they stay as they are, and are ours from now on."""

SHIPPED = {
    "incident.opened": "event_type_incident_opened",
    "incident.updated": "event_type_incident_updated",
    "incident.resolved": "event_type_incident_resolved",
    "release.published": "event_type_release_published",
    "hub.test": "event_type_hub_test",
}


def migrate(cr, version):
    cr.execute(
        """
        INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
        SELECT 'event_hub', shipped.name, 'event_hub.event_type', t.id, true
          FROM unnest(%s, %s) AS shipped(code, name)
          JOIN event_hub_event_type t ON t.code = shipped.code
         WHERE NOT EXISTS (SELECT 1 FROM ir_model_data d
                            WHERE d.module = 'event_hub' AND d.name = shipped.name)
        """,
        [list(SHIPPED), list(SHIPPED.values())],
    )
