{
    "name": "SaaS Demo",
    "summary": "A story to try the suite on; only for a demo database on this machine",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    # partner_autocomplete comes with Odoo by itself; the demo keeps it from calling outside
    "depends": [
        "saas_risk",
        "support_visibility_knowledge",
        "partner_autocomplete",
    ],
    "data": [
        "security/ir.model.access.csv",
        "views/saas_demo_echo_views.xml",
        "views/saas_demo_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "saas_demo/static/src/**/*",
        ],
        "web.assets_tests": [
            "saas_demo/static/tests/tours/**/*",
        ],
    },
    "application": False,
    "auto_install": False,
    "installable": True,
    "uninstall_hook": "uninstall_hook",
}
