import os
import time
from unittest.mock import patch

import psycopg2

from odoo.tests import BaseCase, TransactionCase

from ..tools import bus_line


class TestBusLine(BaseCase):
    def setUp(self):
        super().setUp()
        self.line = bus_line.Line()
        self.addCleanup(self.line._hang_up)
        self.listener = bus_line.db_connect("postgres").cursor()
        self.addCleanup(self.listener.close)
        self.listener.execute("LISTEN imbus")
        self.listener.commit()

    def _heard(self):
        self.listener.execute("SELECT 1")
        self.listener.commit()
        connection = self.listener._cnx
        connection.poll()
        heard = [notify.payload for notify in connection.notifies]
        connection.notifies.clear()
        return heard

    def test_words_arrive_over_one_connection(self):
        with patch.object(
            bus_line, "db_connect", side_effect=bus_line.db_connect
        ) as connect:
            self.line.say(["one"])
            self.line.say(["two", "three"])
            self.assertEqual(connect.call_count, 1)
        mine = [word for word in self._heard() if word in ("one", "two", "three")]
        self.assertEqual(mine, ["one", "two", "three"])

    def test_a_broken_line_is_made_anew(self):
        self.line.say(["before"])
        self.line._cursor._cnx.close()
        self.line.say(["after"])
        self.assertIn("after", self._heard())

    def test_who_cannot_be_reached_is_said(self):
        with (
            patch.object(bus_line, "db_connect", side_effect=psycopg2.OperationalError),
            self.assertRaises(psycopg2.OperationalError),
        ):
            self.line.say(["x"])

    def test_an_idle_line_is_closed(self):
        with patch.object(bus_line, "IDLE_SECONDS", 0.1):
            self.line.say(["x"])
            self.assertTrue(self.line._cursor)
            time.sleep(0.4)
        self.assertFalse(self.line._cursor)

    def test_a_fork_leaves_the_line_of_its_parent_alone(self):
        self.line.say(["x"])
        before = self.line._cursor
        with patch.object(os, "getpid", return_value=0):
            self.assertFalse(self.line._is_open())
        self.assertFalse(before.closed)
        self.assertEqual(self.line._of_parent, [before])
        before.close()


class TestBusTold(TransactionCase):
    def test_each_transaction_tells_once_after_its_commit(self):
        postcommit = self.env.cr.postcommit
        postcommit.clear()
        partner = self.env.user.partner_id
        with patch.object(bus_line.line, "say") as said:
            partner._bus_send("a", {})
            partner._bus_send("b", {})
            said.assert_not_called()
            self.env.cr.precommit.run()
            postcommit.run()
        said.assert_called_once()
        (payloads,) = said.call_args.args
        self.assertEqual(len(payloads), 1)
        self.assertIn("res.partner", payloads[0])
