{
    "name": "AI Assist",
    "summary": "Governed suggestions: deterministic by default, never acting",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["event_hub"],
    "data": [
        "security/ai_assist_groups.xml",
        "security/ir.model.access.csv",
    ],
    "application": True,
    "installable": True,
}
