from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.event_hub.tests.json2 import Json2

TICKET = "support_visibility.ticket"
RAW = (
    "From: anna@forged.example\r\nTo: nobody@sv.example\r\nSubject: Forged\r\n"
    "Message-ID: <forged@x>\r\n\r\nHello\r\n"
)


@tagged("post_install", "-at_install")
class TestHttpForged(Json2, HttpCase):
    """What customers say is said by customers: no colleague writes mail, ratings or words in their name by RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env, login="forge_agent", groups="support_visibility.group_support_user"
        )
        cls.employee = new_test_user(
            cls.env, login="forge_employee", groups="base.group_user"
        )
        cls.ticket = cls.env[TICKET].create(
            {"name": "Export fails", "email_from": "anna@forged.example"}
        )
        cls.keys = cls._keys_of(cls.agent, cls.employee)

    def _call(self, status, name, method, user=None, /, **body):
        answer = self._json2(self.keys[user or self.agent], name, method, **body)
        found = answer.status_code, answer.text[:300]
        self.assertEqual(answer.status_code, status, (method, body, found))
        return answer.json()

    def test_a_mail_goes_where_its_addresses_lead(self):
        self.ticket.with_user(self.agent).action_solve()
        before = self.env["support_visibility.quarantine"].search_count([])
        for user in (self.agent, self.employee):
            for more in (
                {"model": TICKET, "thread_id": self.ticket.id},
                {"model": TICKET},
                {"model": False, "thread_id": self.ticket.id},
                {"model": False, "custom_values": {"name": "x"}},
                {"model": "res.partner"},
            ):
                error = self._call(
                    403, "mail.thread", "message_process", user, message=RAW, **more
                )
                self.assertIn("custom_values and thread_id", error["message"])
            self._call(
                422,
                "mail.thread",
                "message_process",
                user,
                model="mail.thread",
                message=RAW,
            )
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.state, "solved")
        self.assertEqual(
            self.env["support_visibility.quarantine"].search_count([]), before
        )

    def test_customers_bring_no_mail_by_rpc(self):
        portal = new_test_user(
            self.env, login="forge_portal", groups="base.group_portal"
        )
        Mail = self.env["mail.thread"].with_user(portal)
        for model in (False, TICKET):
            with self.assertRaisesRegex(AccessError, "address of a team"):
                Mail.message_process(model, RAW)

    def test_a_rating_is_read_and_written_by_nobody_else(self):
        self.ticket.with_user(self.agent).action_solve()
        rating = self.ticket._rating_of_now()
        mine = [["res_model", "=", TICKET]]
        model = self.env["ir.model"]._get_id(TICKET)
        forged = {"res_model_id": model, "res_id": self.ticket.id, "access_token": "x"}
        for user in (self.agent, self.employee):
            for body in ({"fields": ["access_token"]}, {"fields": ["rating"]}):
                found = self._call(
                    200, "rating.rating", "search_read", user, domain=mine, **body
                )
                self.assertEqual(found, [])
            for method, status, body in (
                ("read", 403, {"ids": rating.ids, "fields": ["access_token"]}),
                ("write", 403, {"ids": rating.ids, "vals": {"rating": 5}}),
                ("create", 403, {"vals_list": [forged]}),
            ):
                self._call(status, "rating.rating", method, user, **body)
        self.assertEqual((rating.rating, rating.consumed), (0, False))

    def test_odd_arguments_are_refused_in_words(self):
        rating = self.ticket._rating_of_now()
        for method, body in (
            ("rating_apply", {"rate": 5, "rating": rating.id}),
            ("rating_apply", {"rate": 5, "rating": "x", "token": {"a": 1}}),
            ("rating_apply", {"rate": True, "token": "x", "feedback": {"a": 1}}),
            ("message_update", {"msg_dict": 5}),
            ("message_update", {"msg_dict": {}, "update_vals": "x"}),
            ("message_post", {"body": "x", "subtype_xmlid": 5}),
        ):
            self._call(422, TICKET, method, ids=self.ticket.ids, **body)
        for body in ({"msg_dict": None}, {"msg_dict": {}, "custom_values": [1]}):
            self._call(422, TICKET, "message_new", **body)

    def test_nobody_speaks_as_somebody_else(self):
        customer = self.env["res.partner"].create({"name": "Anna Forged"})
        self.ticket.partner_id = customer
        public = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        for author in (customer, self.employee.partner_id):
            more = {"body": "Yes!", "author_id": author.id}
            error = self._call(
                403, TICKET, "message_post", ids=self.ticket.ids, **public, **more
            )
            self.assertIn(author.name, error["message"])
            vals = {"model": TICKET, "res_id": self.ticket.id, **more}
            self._call(403, "mail.message", "create", vals_list=[vals])
        [own] = self._call(
            200, TICKET, "message_post", ids=self.ticket.ids, body="Hm", **public
        )
        vals = {"author_id": customer.id}
        self._call(403, "mail.message", "write", ids=[own], vals=vals)
        self.assertEqual(
            self.ticket.message_ids.filtered("body").author_id, self.agent.partner_id
        )

    def test_a_customer_cannot_send_our_mail_by_rpc(self):
        portal = new_test_user(
            self.env, login="forge_customer", groups="base.group_portal"
        )
        self.ticket.partner_id = portal.partner_id
        self.ticket.message_subscribe(portal.partner_id.ids)
        ticket = self.ticket.with_user(portal)
        before = self.env["mail.mail"].search_count([])
        with self.assertRaisesRegex(AccessError, "page of the ticket"):
            ticket.message_post(
                body="spam",
                outgoing_email_to="victim@world.example",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        vals = {
            **{"model": TICKET, "res_id": self.ticket.id, "body": "x"},
            **{
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
            },
        }
        with self.assertRaisesRegex(AccessError, "page of the ticket"):
            ticket.env["mail.message"].create(vals)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
