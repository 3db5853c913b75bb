{
    "name": "SaaS Risk",
    "summary": "Subscriptions, failed payments, account health and governed concessions",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["support_visibility", "approval_engine", "account", "project"],
    "data": [
        "security/saas_risk_groups.xml",
        "security/ir.model.access.csv",
    ],
    "application": True,
    "installable": True,
}
