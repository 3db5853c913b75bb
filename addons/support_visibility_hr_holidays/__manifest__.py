{
    "name": "Support Visibility: Time Off",
    "summary": "Agents on approved leave are given no tickets",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["support_visibility", "hr_holidays"],
    "auto_install": True,
    "installable": True,
}
