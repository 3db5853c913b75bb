{
    "name": "Approvals: Dashboard",
    "summary": "How long approvals take, where they wait and what needed nobody, on one sheet",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["approval_engine", "spreadsheet_dashboard"],
    "data": ["data/dashboard.xml"],
    "auto_install": True,
    "installable": True,
}
