{
    "name": "Approvals: Employees",
    "summary": "Policies ask the managers that the employees' chart names",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["approval_engine", "hr"],
    "auto_install": True,
    "installable": True,
}
