import base64

from odoo.tests import TransactionCase

from odoo.addons.event_hub.tests.people import people

SMALL = """case,activity,time,who,priority
T1,Open,2026-03-02 09:00:00,ann,high
T1,Ask,2026-03-02 09:10:00,bob,high
T1,Close,2026-03-03 09:10:00,ann,high
T2,Open,2026-03-04 08:00:00,ann,low
T2,Close,2026-03-04 10:00:00,?,low
T3,Open,2026-03-05 08:00:00,bob,
"""


def encoded(text):
    """What ``import_csv`` takes for a file with this text."""
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


class ProcessCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        groups = (
            "process_intelligence.group_process_manager",
            "process_intelligence.group_process_user",
        )
        cls.manager, cls.reader = people(
            cls.env,
            {"login": "pi_manager", "groups": groups[0], "company_id": cls.company.id},
            {"login": "pi_reader", "groups": groups[1], "company_id": cls.company.id},
        )
        cls.definitions = cls.env["process_intelligence.definition"].with_user(
            cls.manager
        )

    def define(self, text=None, **kwargs):
        """A process, with a small log unless told otherwise."""
        definition = self.definitions.create({"name": "Tickets"})
        if text:
            answer = self.load(definition, text, **kwargs)
            self.assertFalse(answer["rejected"])
        return definition

    def load(self, definition, text, **kwargs):
        options = {
            "case": "case",
            "activity": "activity",
            "timestamp": "time",
            **kwargs,
        }
        return definition.import_csv(encoded(text), **options)

    def named(self, definition, *names):
        """:return: the activities with these names, noted as the writer of what is stored notes them"""
        every = definition.sudo()
        every._note_names(every._every_row())
        definition.invalidate_recordset(["activity_ids"])
        return definition.activity_ids.filtered(lambda a: a.name in names)
