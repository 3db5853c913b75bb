{
    "name": "Process Intelligence",
    "summary": "Process mining on the ledger and on imported logs",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["event_hub"],
    "data": [
        "security/process_intelligence_groups.xml",
        "security/ir.model.access.csv",
    ],
    "application": True,
    "installable": True,
}
