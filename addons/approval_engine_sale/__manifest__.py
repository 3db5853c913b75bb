{
    "name": "Approvals: Sales",
    "summary": "Quotations above an amount or discount wait for an approval",
    "version": "19.0.1.1.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["approval_engine", "sale"],
    "data": [
        "data/template_roles.xml",
        "data/governed.xml",
        "views/sale_order_views.xml",
    ],
    "auto_install": True,
    "installable": True,
}
