{
    "name": "Support: Dashboard",
    "summary": "Attainment, speed and effort of support on one sheet",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["support_visibility", "spreadsheet_dashboard"],
    "data": ["data/dashboard.xml"],
    "auto_install": True,
    "installable": True,
}
