"""What an event type says of its data is a version of it now: the current one."""


def migrate(cr, version):
    cr.execute(
        """
        INSERT INTO event_hub_event_type_version
               (event_type_id, version, data_schema, sample, state, create_uid, create_date, write_uid, write_date)
        SELECT t.id, t.version, t.data_schema, t.sample, 'current', 1, now() AT TIME ZONE 'UTC',
               1, now() AT TIME ZONE 'UTC'
          FROM event_hub_event_type t
         WHERE NOT EXISTS (SELECT 1 FROM event_hub_event_type_version v WHERE v.event_type_id = t.id)
        """
    )
