{
    "name": "Support Visibility: Knowledge",
    "summary": "Articles that are reviewed, found in spite of typos, and suggested while people type",
    "version": "19.0.1.2.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["support_visibility", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "security/support_visibility_knowledge_rules.xml",
        "data/support_visibility_knowledge_data.xml",
        "data/support_visibility_knowledge_event_types.xml",
        "data/support_visibility_knowledge_crons.xml",
        "data/support_visibility_knowledge_job_charters.xml",
        "views/support_visibility_article_version_views.xml",
        "views/support_visibility_article_figures_views.xml",
        "views/support_visibility_article_views.xml",
        "views/support_visibility_ticket_views.xml",
        "views/support_visibility_knowledge_portal_templates.xml",
        "views/support_visibility_knowledge_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "support_visibility_knowledge/static/src/suggested/**/*"
        ],
        "web.assets_frontend": ["support_visibility_knowledge/static/src/portal/**/*"],
        "web.assets_tests": ["support_visibility_knowledge/static/tests/tours/**/*"],
    },
    "pre_init_hook": "pre_init_hook",
    "application": False,
    "auto_install": False,
    "installable": True,
}
