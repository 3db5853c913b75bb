"""The people of a test class, born together: one by one they take most of its set-up."""

from odoo import Command

QUIET = {"no_reset_password": True, "tracking_disable": True, "mail_create_nolog": True}


def people(env, *wanted):
    """Users with a password, which is their login, as ``new_test_user`` makes them.

    :param wanted: dicts of field values; ``login`` is required, ``groups`` names groups by
        their XML ids, separated by commas
    :return: the users, in the same order
    """
    users = env["res.users"].with_context(**QUIET)
    return users.create([_values(env, **vals) for vals in wanted]).with_env(env)


def _values(env, login, groups="base.group_user", **vals):
    if "company_id" in vals:
        vals.setdefault("company_ids", [Command.set([vals["company_id"]])])
    return {
        "login": login,
        "name": login,
        "email": f"{login}@example.com",
        "password": login.ljust(8, "x"),
        "group_ids": [Command.set([env.ref(group).id for group in groups.split(",")])],
        **vals,
    }
