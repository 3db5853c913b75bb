import logging
import secrets

from markupsafe import Markup
from werkzeug.routing import Rule

from odoo import http
from odoo.tools.misc import submap

from .models.base_automation import TRIGGER
from .models.event_hub_append_only import drop_guards
from .tools import cron_threads, json_log, lost_database

_logger = logging.getLogger(__name__)


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
    """Leave nothing behind that would only stand in the way, and say whose rules end with us."""
    _tell_of_rules(env)
    drop_guards(env.cr)  # they would outlive the tables otherwise
    parameters = env["ir.config_parameter"].sudo()
    parameters.search([("key", "=like", "event\\_hub.%")]).unlink()


def _tell_of_rules(env):
    """Rules with our trigger cannot exist without it. Who made or owns one hears that it is gone."""
    rules = (
        env["base.automation"]
        .with_context(active_test=False)
        .search([("trigger", "=", TRIGGER)])
    )
    shipped = {
        row.res_id
        for row in env["ir.model.data"].search(
            [("model", "=", "base.automation"), ("res_id", "in", rules.ids)]
        )
    }
    lost = rules.filtered(lambda rule: rule.id not in shipped)
    if not lost:
        return
    _logger.warning(
        "Rules that react to business events are removed with the event hub: %s",
        ", ".join(f"{rule.name} (#{rule.id})" for rule in lost),
    )
    people = (lost.owner_id | lost.create_uid | env.user).filtered("active")
    env["mail.thread"].message_notify(
        partner_ids=people.partner_id.ids,
        subject=env._("Rules removed with the Event Hub"),
        body=Markup("<p>%s</p><ul>%s</ul>")
        % (
            env._(
                "These rules reacted to business events and cannot run without them:"
            ),
            Markup("").join(Markup("<li>%s</li>") % rule.name for rule in lost),
        ),
    )
