{
    "name": "Approval Engine",
    "summary": "Approvals for any model, with evidence, routes and an audit chain",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["event_hub", "resource", "portal"],
    "data": [
        "security/approval_engine_groups.xml",
        "security/ir.model.access.csv",
        "security/approval_engine_rules.xml",
        "data/approval_engine_types.xml",
        "data/approval_engine_event_types.xml",
        "data/approval_engine_crons.xml",
    ],
    "application": True,
    "installable": True,
}
