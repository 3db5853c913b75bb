import secrets

from werkzeug.routing import Rule

from odoo import http
from odoo.tools.misc import submap

from .models.event_hub_append_only import drop_guards
from .tools import cron_threads, json_log, lost_database


def post_load():
    """Keep our addresses while the database is away: stock Odoo then knows those of ``web`` only.

    A sender that hears 404 may give up; one that hears 503 comes again.
    """
    known = {rule.rule for rule in http.root.nodb_routing_map.iter_rules()}
    for url, endpoint in http._generate_routing_rules(["event_hub"], nodb_only=True):
        if url in known:
            continue
        routing = submap(endpoint.routing, http.ROUTING_KEYS)
        http.root.nodb_routing_map.add(Rule(url, endpoint=endpoint, **routing))
    lost_database.install()
    json_log.install()  # if odoo.conf asks for it
    cron_threads.install()


def post_init_hook(env):
    """Give the metrics page a token of its own."""
    parameters = env["ir.config_parameter"].sudo()
    if not parameters.get_param("event_hub.metrics_token"):
        parameters.set_param("event_hub.metrics_token", secrets.token_urlsafe(32))


def uninstall_hook(env):
    """Let go of the ledger: its guards would outlive the tables otherwise."""
    drop_guards(env.cr)
