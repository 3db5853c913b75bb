def uninstall_hook(env):
    """Forget that the story was told, and the secrets of those who played in it."""
    parameters = env["ir.config_parameter"].sudo()
    parameters.search([("key", "=like", "saas\\_demo.%")]).unlink()
