def pre_init_hook(env):
    """Misspelt words are found by the letters they share with the right ones."""
    env.cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
