{
    "name": "Support Visibility",
    "summary": "Tickets whose history can be audited",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["process_intelligence", "ai_assist", "portal", "rating", "resource"],
    "data": [
        "security/support_visibility_groups.xml",
        "security/ir.model.access.csv",
    ],
    "application": True,
    "installable": True,
}
