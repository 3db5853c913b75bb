"""Owners of fields that not every user of the hub may read: none any more, and their owners are told."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["event_hub.field_owner"]._archive_unownable()
