{
    "name": "Approvals: Invoicing",
    "summary": "Vendor bills, credit notes and payments above an amount wait for an approval",
    "version": "19.0.1.2.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["approval_engine", "account"],
    "data": [
        "data/template_roles.xml",
        "data/governed.xml",
        "views/account_move_views.xml",
        "views/account_payment_views.xml",
    ],
    "auto_install": True,
    "installable": True,
}
