{
    "name": "Event Hub",
    "summary": "Signed, exactly-once webhook inbox and outbox with a ledger and event rules",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["base_automation", "mail"],
    "data": [
        "security/event_hub_groups.xml",
        "security/ir.model.access.csv",
    ],
    "application": True,
    "installable": True,
}
