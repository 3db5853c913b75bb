{
    "name": "Event Hub: Invoicing",
    "summary": "Invoices and bills tell their story as events",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["event_hub", "account"],
    "data": ["data/event_types.xml"],
    "auto_install": True,
    "installable": True,
}
