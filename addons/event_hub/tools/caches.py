"""What every server process remembers of tables that rarely change."""


def forget(env, name="default"):
    """Drop what is remembered, now and once more after the commit.

    A thread that runs meanwhile reads the old rows and would remember them for good.

    :param name: Odoo's name of the cache; ``stable`` outlives writes that forget the default one
    """
    env.registry.clear_cache(name)
    env.cr.postcommit.add(lambda: env.registry.clear_cache(name))
