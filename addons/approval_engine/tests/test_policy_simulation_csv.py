from datetime import datetime
from unittest import TestCase

from odoo.addons.approval_engine.policies import simulation_csv as sheet

HEAD = "date,requester,amount\n"


class TestSheet(TestCase):
    def problems(self, text, most=100):
        data = text if isinstance(text, bytes) else text.encode()
        found = sheet.read(data, most)
        return [(one.line, one.column, one.code) for one in found.problems]

    def test_what_is_written_is_read(self):
        text = sheet.write(
            [("2026-01-31", "ada", "12.50", "EUR", "ACC-1", "", "", "X")]
        )
        (row,) = sheet.read(text.encode(), 10).rows
        self.assertEqual(
            (row.line, row.at, row.amount), (2, datetime(2026, 1, 31), 12.5)
        )
        self.assertEqual(
            row.texts,
            {"requester": "ada", "currency": "EUR", "account": "ACC-1", "name": "X"},
        )

    def test_spreadsheets_of_all_kinds(self):
        for text in (
            "date;requester;amount\n2026-01-31 14:30;ada;-5\n",
            "Date\tRequester\tAmount\r\n2026-01-31T14:30:00Z\tada\t1e3\r\n\r\n",
            '\ufeff"date","requester","amount"\n"2026-01-31","a,da","5"',
        ):
            with self.subTest(text=text):
                found = sheet.read(text.encode(), 10)
                self.assertFalse(found.problems)
                self.assertEqual(len(found.rows), 1)

    def test_each_problem_has_its_line_and_column(self):
        for text, expected in (
            (b"\xff\xfe", [(1, "", sheet.NO_TEXT)]),
            (b"date\x00", [(1, "", sheet.NO_TEXT)]),
            ("", [(1, "", sheet.EMPTY)]),
            (HEAD, [(2, "", sheet.EMPTY)]),
            ("date,amount\n", [(1, "requester", sheet.NO_COLUMN)]),
            (HEAD.strip() + ",amout\n", [(1, "amout", sheet.UNKNOWN_COLUMN)]),
            (HEAD.strip() + ",date\n", [(1, "date", sheet.TWICE)]),
            (HEAD + "2026-01-31,ada,5,6\n", [(2, "", sheet.EXTRA)]),
            (HEAD + "31.1.2026,ada,5\n", [(2, "date", sheet.NO_DATE)]),
            (HEAD + "2026-02-30,ada,5\n", [(2, "date", sheet.NO_DATE)]),
            (HEAD + "2026-01-31,ada,\n", [(2, "amount", sheet.MISSING)]),
            (HEAD + '2026-01-31,ada,"1,5"\n', [(2, "amount", sheet.NO_NUMBER)]),
            (HEAD + "2026-01-31,ada,nan\n", [(2, "amount", sheet.NO_NUMBER)]),
            (HEAD + "2026-01-31,ada,inf\n", [(2, "amount", sheet.NO_NUMBER)]),
            (HEAD + "2026-01-31,ada,1_0\n", [(2, "amount", sheet.NO_NUMBER)]),
            (
                HEAD + "2026-01-31,ada,1\n\nx,,y\n",
                [
                    (4, "requester", sheet.MISSING),
                    (4, "date", sheet.NO_DATE),
                    (4, "amount", sheet.NO_NUMBER),
                ],
            ),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.problems(text), expected)

    def test_there_is_an_end(self):
        self.assertEqual(
            self.problems(HEAD + "2026-01-31,ada,1\n" * 3, most=2),
            [(4, "", sheet.TOO_MANY)],
        )
        self.assertEqual(len(self.problems(HEAD + "x,ada,1\n" * 99)), sheet.MOST_ERRORS)
