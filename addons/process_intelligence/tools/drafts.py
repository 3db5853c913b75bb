"""Automation Rules that managers of processes draft, for an administrator to switch on."""


def draft(env, values, action):
    """:param env: with the right to make rules
    :param values: of the rule; it stays off
    :param action: of its action
    :return: the rule
    """
    rule = env["base.automation"].create(
        {**values, "active": False, "trigger": "on_business_event"}
    )
    # By itself: Odoo takes no rights of a method for actions that are made by commands of their rule.
    env["ir.actions.server"].create(
        {
            **action,
            "base_automation_id": rule.id,
            "model_id": rule.model_id.id,
            "usage": "base_automation",
        }
    )
    return rule


def opened(rule):
    """:return: a window action on the rule; all who draft may read it"""
    return {
        "type": "ir.actions.act_window",
        "res_model": "base.automation",
        "res_id": rule.id,
        "views": [[False, "form"]],
        "target": "current",
    }
