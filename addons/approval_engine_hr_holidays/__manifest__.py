{
    "name": "Approvals: Time Off",
    "summary": "Approvers on approved leave count as away",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["approval_engine", "hr_holidays"],
    "auto_install": True,
    "installable": True,
}
