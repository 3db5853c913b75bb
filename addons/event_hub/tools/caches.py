"""What every server process remembers of tables that rarely change."""


def forget(env):
    """Drop what is remembered, now and once more after the commit.

    A thread that runs meanwhile reads the old rows and would remember them for good.
    """
    env.registry.clear_cache()
    env.cr.postcommit.add(env.registry.clear_cache)
