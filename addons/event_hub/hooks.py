import secrets

from .models.event_hub_append_only import drop_guards


def post_init_hook(env):
    """Give the metrics page a token of its own."""
    parameters = env["ir.config_parameter"].sudo()
    if not parameters.get_param("event_hub.metrics_token"):
        parameters.set_param("event_hub.metrics_token", secrets.token_urlsafe(32))


def uninstall_hook(env):
    """Let go of the ledger: its guards would outlive the tables otherwise."""
    drop_guards(env.cr)
