{
    "name": "Approvals: Process",
    "summary": "A request says how it goes against the usual way",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["approval_engine", "process_intelligence"],
    "data": ["views/approval_engine_request_views.xml"],
    "assets": {
        "web.assets_tests": [
            "approval_engine_process_intelligence/static/tests/tours/**/*"
        ],
    },
    "auto_install": True,
    "installable": True,
}
