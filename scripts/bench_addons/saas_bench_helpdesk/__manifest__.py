{
    "name": "Bench Helpdesk",
    "summary": "What a plain helpdesk does when a ticket is created; never installed elsewhere",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "SaaS Operational Visibility contributors",
    "license": "LGPL-3",
    "depends": ["mail", "portal"],
    "data": ["security/ir.model.access.csv", "data/saas_bench_helpdesk_data.xml"],
}
