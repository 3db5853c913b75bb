"""Clocks of requests that start at one moment."""


class Clocks:
    """Of each policy one clock for all that are as urgent: what has to be looked up is looked up once."""

    def __init__(self, env, now):
        self._requests = env["approval_engine.request"].sudo()
        self._now = now
        self._laid = {}

    def values(self, policy, urgent):
        key = policy, bool(urgent)
        if key not in self._laid:
            self._laid[key] = self._requests._clock_laid(*key, self._now)
        return self._laid[key]
