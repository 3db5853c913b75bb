"""Who did a step, in the reader's language; as ``static/src/process_map/who.js`` says it."""

SOURCE = "source:"


def who(env, resource: str) -> str:
    """:param resource: a login, or what an imported file says; ``source:<code>`` and ``system`` are programs"""
    if resource == "system":
        return env._("Odoo by itself")
    if resource and resource.startswith(SOURCE):
        return env._("%(code)s (connected system)", code=resource[len(SOURCE) :])
    return resource
