"""pytest plugin: leaves out what takes long in tests and tells nothing about the suite.

- freezegun lists and hashes the names of some thousand modules whenever a test stops the clock,
  to learn whether one has a new name for the time. How many names it has tells as much.
- Odoo greets each new user: Project writes a to-do of welcome, with a page rendered for it, the
  sign-up sends a letter of invitation, Discuss brings them into its channel. Nine of ten users of
  tests live for one class.
- Each new company has Odoo's logo scaled to five sizes.
- Each new user is taken out of the group of those who read messages in Odoo, without being in it.
- API keys are hashed six thousand times. Once is the same check.
- Hypothesis reads all sources of Odoo for constants to try; those of the suite are the ones that count.
- When an Automation Rule was edited, all models are set up anew after the class of tests, as for
  models and fields made in it. Only the methods that rules hook into have to be put back.
"""

from pathlib import Path

import pytest
from freezegun import api
from hypothesis.internal.conjecture import providers

from odoo.fields import Command

ADDONS = str(Path(__file__).resolve().parents[2] / "addons") + "/"
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


def _invite_nobody(reset_password):
    """Whoever asks for a new password gets the letter; who is made by a test does not."""

    def unless_new(users, signup_type="reset"):
        new = users.env.context.get("create_user") and signup_type == "signup"
        return None if new else reset_password(users, signup_type)

    return unless_new


def _subscribe_nobody(self):
    return None


def _logo():
    """:return: the field of a company"""
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    return Registry(get_db_name())["res.company"]._fields["logo"]


def _follow_notification_type(self):
    """As Odoo's own, for those whose membership changes."""
    readers = self.env.ref("mail.group_mail_notification_type_inbox")
    for wanted, command in ((True, Command.link), (False, Command.unlink)):
        changed = self.filtered(
            lambda user, wanted=wanted: (
                (user.notification_type == "inbox") == wanted
                and (readers in user.group_ids) != wanted
            )
        )
        if changed:
            changed.write({"group_ids": [command(readers.id)]})


def _is_ours(path):
    return path.startswith(ADDONS) and "/tests/" not in path


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

    from odoo.addons.auth_signup.models.res_users import ResUsers as SignUp
    from odoo.addons.base.models import res_users
    from odoo.addons.base_automation.models.base_automation import BaseAutomation
    from odoo.addons.mail.models.discuss.discuss_channel import DiscussChannel
    from odoo.addons.mail.models.res_users import ResUsers as Notified
    from odoo.addons.project.models.res_users import ResUsers

    hooks = _Hooks(BaseAutomation._update_registry, TransactionCase.setUpClass.__func__)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "_get_cached_module_attributes", _names_of_time)
        patch.setattr(ResUsers, "_onboard_users_into_project", _welcome_nobody)
        letter = _invite_nobody(SignUp._action_reset_password)
        patch.setattr(SignUp, "_action_reset_password", letter)
        patch.setattr(
            DiscussChannel, "_subscribe_users_automatically", _subscribe_nobody
        )
        patch.setattr(_logo(), "default", None)
        patch.setattr(Notified, "_inverse_notification_type", _follow_notification_type)
        hashing = res_users.CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=1)
        patch.setattr(res_users, "KEY_CRYPT_CONTEXT", hashing)
        patch.setattr(providers, "is_local_module_file", _is_ours)
        patch.setattr(
            BaseAutomation, "_update_registry", lambda self: hooks.update_registry(self)
        )
        patch.setattr(
            TransactionCase,
            "setUpClass",
            classmethod(lambda cls: hooks.set_up_class(cls)),
        )
        yield
