"""pytest plugin: leaves out what takes long in tests and tells nothing about the suite.

- freezegun lists and hashes the names of some thousand modules whenever a test stops the clock,
  to learn whether one has a new name for the time. How many names it has tells as much.
- Odoo's Project writes each new user a to-do of welcome, with a page rendered for it.
- When an Automation Rule was edited, all models are set up anew after the class of tests, as for
  models and fields made in it. Only the methods that rules hook into have to be put back.
"""

import pytest
from freezegun import api

_seen = {}  # id of a module: (the module, how many names it had, names of the time in it)


def _names_of_time(module):
    count = len(getattr(module, "__dict__", ()))
    known = _seen.get(id(module))
    if known and known[0] is module and known[1] == count:
        return known[2]
    api._setup_module_cache(module)
    _, found = api._GLOBAL_MODULES_CACHE[module.__name__]
    _seen[id(module)] = module, count, found
    return found


def _welcome_nobody(self, users):
    return users.browse()


class _Hooks:
    """Those of Automation Rules, put back as the database has them after a class of tests."""

    def __init__(self, update_registry, set_up_class):
        self._update_registry = update_registry
        self._set_up_class = set_up_class
        self._changed = False

    def update_registry(self, rules):
        registry = rules.env.registry
        before = registry.registry_invalidated
        self._update_registry(rules)
        registry.registry_invalidated = before
        self._changed = True

    def set_up_class(self, cls):
        cls.addClassCleanup(self._put_back, cls)
        self._set_up_class(cls)

    def _put_back(self, cls):
        from odoo import SUPERUSER_ID
        from odoo.api import Environment

        if self._changed:
            with cls.registry.cursor() as cr:
                rules = Environment(cr, SUPERUSER_ID, {})["base.automation"]
                rules._unregister_hook()
                rules._register_hook()
            self._changed = False


@pytest.fixture(scope="session", autouse=True)
def quick(load_registry):
    from odoo.tests.common import TransactionCase

    from odoo.addons.base_automation.models.base_automation import BaseAutomation
    from odoo.addons.project.models.res_users import ResUsers

    hooks = _Hooks(BaseAutomation._update_registry, TransactionCase.setUpClass.__func__)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "_get_cached_module_attributes", _names_of_time)
        patch.setattr(ResUsers, "_onboard_users_into_project", _welcome_nobody)
        patch.setattr(
            BaseAutomation, "_update_registry", lambda self: hooks.update_registry(self)
        )
        patch.setattr(
            TransactionCase,
            "setUpClass",
            classmethod(lambda cls: hooks.set_up_class(cls)),
        )
        yield
