{
    "name": "Approvals: Purchase",
    "summary": "Purchase orders above an amount wait for an approval",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["approval_engine", "purchase"],
    "data": [
        "data/template_roles.xml",
        "data/governed.xml",
        "views/purchase_order_views.xml",
    ],
    "auto_install": True,
    "installable": True,
}
