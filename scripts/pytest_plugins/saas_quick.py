"""pytest plugin: leaves out what takes long in tests and tells nothing about the suite.

- freezegun lists and hashes the names of some thousand modules whenever a test stops the clock,
  to learn whether one has a new name for the time. How many names it has tells as much.
- Odoo's Project writes each new user a to-do of welcome, with a page rendered for it.
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


@pytest.fixture(scope="session", autouse=True)
def quick(load_registry):
    from odoo.addons.project.models.res_users import ResUsers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "_get_cached_module_attributes", _names_of_time)
        patch.setattr(ResUsers, "_onboard_users_into_project", _welcome_nobody)
        yield
