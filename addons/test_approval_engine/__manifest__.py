{
    "name": "Approval Engine: Tests",
    "summary": "A toy document under approval; for tests only",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["approval_engine"],
    "data": ["security/ir.model.access.csv"],
    "assets": {"web.assets_tests": ["test_approval_engine/static/tests/tours/**/*"]},
    "installable": True,
}
