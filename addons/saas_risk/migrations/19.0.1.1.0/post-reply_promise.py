"""A policy that is new in an existing database is a draft there: put it in force, so that no reply waits for nobody."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    policy = env.ref("saas_risk.policy_reply_promise", raise_if_not_found=False)
    if policy and policy.state == "draft":
        policy.action_activate()
