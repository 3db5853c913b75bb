{
    "name": "Process Intelligence",
    "summary": "Process mining on the ledger and on imported logs",
    "version": "19.0.1.1.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["event_hub", "resource"],
    "data": [
        "security/process_intelligence_groups.xml",
        "security/ir.model.access.csv",
        "security/process_intelligence_rules.xml",
        "data/process_intelligence_crons.xml",
        "data/process_intelligence_job_charters.xml",
        "wizards/process_intelligence_import_wizard_views.xml",
        "wizards/process_intelligence_discovery_views.xml",
        "views/process_intelligence_log_event_views.xml",
        "views/process_intelligence_log_views.xml",
        "views/process_intelligence_activity_views.xml",
        "views/process_intelligence_definition_views.xml",
        "views/process_intelligence_map_action.xml",
        "views/process_intelligence_menus.xml",
    ],
    "assets": {
        "process_intelligence.dagre": [
            "process_intelligence/static/lib/dagre/dagre.min.js"
        ],
        "web.assets_backend": ["process_intelligence/static/src/**/*"],
        "web.assets_tests": ["process_intelligence/static/tests/tours/**/*"],
    },
    "uninstall_hook": "uninstall_hook",
    "application": True,
    "installable": True,
}
