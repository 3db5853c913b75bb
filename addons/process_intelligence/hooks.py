def uninstall_hook(env):
    """Take the triggers off the ledger, which stays."""
    env["process_intelligence.stale"]._unwatch()
