"""A second opinion on approvals: a model of what they promise, and a machine that compares it with them.

Imported by tests and by scripts/chaos only. ``steps`` and ``model`` know nothing of Odoo.
"""
