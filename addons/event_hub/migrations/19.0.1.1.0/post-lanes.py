"""Messages of earlier releases get the lane they would have got at the door."""

from psycopg2.extras import execute_values

from odoo.addons.event_hub.policies import adapters, lanes

PAGE = 1000  # messages read at once; a body may be large


def migrate(cr, version):
    last = 0
    while rows := _page(cr, last):
        last = rows[-1][0]
        execute_values(
            cr._obj,
            "UPDATE event_hub_message SET lane = new.lane FROM (VALUES %s) AS new(id, lane)"
            " WHERE event_hub_message.id = new.id",
            [(id_, _lane(*parts)) for id_, *parts in rows],
            page_size=PAGE,
        )


def _page(cr, last):
    cr.execute(
        "SELECT id, scheme, headers, content_type, body FROM event_hub_message"
        " WHERE lane IS NULL AND id > %s ORDER BY id LIMIT %s",
        [last, PAGE],
    )
    return cr.fetchall()


def _lane(scheme, headers, content_type, body):
    """:return: the lane; 0 for a body that is no longer understood, or was purged"""
    try:
        items = adapters.adapt(
            scheme, headers or {}, content_type, (body or "").encode()
        )
    except ValueError:
        return 0
    return lanes.lane_of_items(items)
