{
    "name": "Event Hub: Tests",
    "summary": "Models that only the tests of Event Hub need",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["event_hub"],
    "data": [
        "security/ir.model.access.csv",
        "security/test_event_hub_rules.xml",
        "data/event_types.xml",
    ],
    "installable": True,
}
