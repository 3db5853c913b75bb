{
    "name": "Bench Peers",
    "summary": "The bare routes that benches compare with; never installed elsewhere",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "SaaS Operational Visibility contributors",
    "license": "LGPL-3",
    "depends": ["base"],
    "data": ["security/ir.model.access.csv"],
}
