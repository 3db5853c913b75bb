from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.event_hub.tools.caches import MINE
from odoo.addons.mail.models.mail_alias_domain import MailAliasDomain

from .common_sla import SlaCase, at

ADDRESSES = [
    "help@one.example",
    "help@two.example",
    "desk@one.example",
    "desk@two.example",
    "local@one.example",
    "local@elsewhere.example",
    "bounce@one.example",
    "catchall@two.example",
    "anna@borealis.example",
    "nobody",
    "",
]


def as_committed(case):
    """Have what this transaction changed remembered for all, as after its commit; until the test is over."""
    case.env.flush_all()
    case.env.registry.clear_all_caches()
    case.env.cr.postcommit.data.pop(MINE, None)
    case.addCleanup(case.env.registry.clear_all_caches)


@tagged("post_install", "-at_install")
class TestAliasBook(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domains = cls.env["mail.alias.domain"]
        cls.one, cls.two = cls.domains.create(
            [{"name": "one.example"}, {"name": "two.example"}]
        )
        cls.team.write({"alias_name": "help", "alias_domain_id": cls.one.id})
        cls.upper.write({"alias_name": "local", "alias_domain_id": cls.one.id})
        cls.upper.alias_id.alias_incoming_local = True

    def _assert_as_asked(self):
        """What the book says is what the database says."""
        domains = self.domains.sudo()
        for chosen in ([address] for address in ADDRESSES):
            self.assertEqual(
                domains._find_aliases(chosen),
                MailAliasDomain._find_aliases(domains, chosen),
            )
        self.assertEqual(
            domains._find_aliases(ADDRESSES),
            MailAliasDomain._find_aliases(domains, ADDRESSES),
        )

    def test_book_says_what_the_database_says(self):
        self._assert_as_asked()
        found = self.domains.sudo()._find_aliases(ADDRESSES)
        self.assertIn("help@one.example", found)
        self.assertNotIn("help@two.example", found)
        self.assertIn("local@elsewhere.example", found)

    def test_allowed_domains(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("mail.catchall.domain.allowed", "one.example")
        self._assert_as_asked()
        found = self.domains.sudo()._find_aliases(["local@elsewhere.example"])
        self.assertFalse(found)

    def test_changes_are_seen(self):
        self._assert_as_asked()
        self.team.alias_name = "desk"
        self._assert_as_asked()
        self.two.catchall_alias = "everything"
        self._assert_as_asked()
        self.upper.alias_id.alias_incoming_local = False
        self._assert_as_asked()

    def test_known_addresses_take_no_query(self):
        as_committed(self)
        domains = self.domains.sudo()
        domains._find_aliases(ADDRESSES)
        with self.assertQueryCount(0):
            domains._find_aliases(["other@one.example", "help@one.example"])

    def test_others_are_answered_by_odoo(self):
        with patch.object(MailAliasDomain, "_find_aliases", return_value=["asked"]):
            found = self.domains.with_user(self.lead)._find_aliases(["a@b.example"])
        self.assertEqual(found, ["asked"])


@tagged("post_install", "-at_install")
class TestCreationQueries(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={})
        cls.env["support_visibility.agent"].create(
            {"user_id": cls.agent.id, "capacity": 1000}
        )
        cls.team.assignment = "least_loaded"

    def _births(self, count):
        return [
            {
                "name": f"Export {number}",
                "partner_id": self.contact.id,
                "team_id": self.team.id,
            }
            for number in range(count)
        ]

    def _cost(self, count):
        """:return: (tickets, queries of creating so many with nothing in memory)"""
        tickets = self.env["support_visibility.ticket"].with_user(self.colleague)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        made = tickets.create(self._births(count))
        self.env.flush_all()
        self.env["event_hub.event"]._flush_emitted()
        return made, self.env.cr.sql_log_count - before

    def setUp(self):
        super().setUp()
        self._cost(1)  # keeps the hours, which makes every process read anew
        as_committed(self)
        self._cost(1)

    def test_one_ticket_with_all_that_belongs_to_it(self):
        made, queries = self._cost(1)
        self.assertEqual(made.user_id, self.agent)
        self.assertTrue(made.sla_due_at)
        self.assertLessEqual(queries, 21)

    def test_many_tickets(self):
        made, queries = self._cost(100)
        self.assertEqual(made.user_id, self.agent)
        self.assertLessEqual(queries, 100)


@tagged("post_install", "-at_install")
class TestRemembered(SlaCase):
    def test_numbers_follow_a_change_of_the_sequence(self):
        company = self.env.company
        first = company._next_ticket_numbers(1)[0]
        sequence = self.env["ir.sequence"].browse(
            company._ticket_sequence(company.id).id
        )
        sequence.prefix = "CASE-"
        later = company._next_ticket_numbers(2)
        self.assertTrue(all(number.startswith("CASE-") for number in later))
        self.assertNotIn(first, later)
        sequence.prefix = "%(year)s-"
        self.assertRegex(company._next_ticket_numbers(1)[0], r"^\d{4}-")
        sequence.unlink()
        self.assertTrue(company._next_ticket_numbers(1))

    def test_hours_are_known_without_asking(self):
        self._opened()
        hours = self.env["support_visibility.sla_hours"]
        as_committed(self)
        known = hours._current(self.office)
        with self.assertQueryCount(0):
            self.assertEqual(hours._current(self.office), known)
        self.office.attendance_ids[0].hour_from = 8
        self.assertNotEqual(hours._current(self.office), known)

    def test_a_ticket_just_made_is_not_locked_again(self):
        ticket = self._ticket()
        before = self.env.cr.sql_log_count
        ticket._lock_rows()
        self.assertEqual(self.env.cr.sql_log_count, before)
        with self.env.cr.savepoint():
            before = self.env.cr.sql_log_count
            ticket._lock_rows()
            self.assertEqual(self.env.cr.sql_log_count, before + 1)

    def test_clocks_of_a_new_ticket_are_those_of_the_database(self):
        ticket = self._opened()
        in_memory = ticket._sla_clocks()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(set(in_memory.ids), set(ticket._sla_clocks().ids))
        self.assertEqual(self._clock(ticket).due_at, at(34))
