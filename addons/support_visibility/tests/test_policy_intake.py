from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies import satisfaction, ticket_state
from odoo.addons.support_visibility.policies.intake import (
    automatic,
    files,
    headers,
    limits,
    next_word,
    routing,
    senders,
    text,
)

NOON = datetime(2026, 3, 2, 12)


@pytest.mark.parametrize(
    ("marks", "fate", "reason"),
    [
        ({}, "pass", ""),
        ({"auto_submitted": "no"}, "pass", ""),
        ({"auto_submitted": "No (a person)"}, "pass", ""),
        ({"auto_submitted": "auto-replied"}, "cut", "auto_reply"),
        (
            {"auto_submitted": 'Auto-Replied; owner-email="a@b.example"'},
            "cut",
            "auto_reply",
        ),
        ({"auto_submitted": "auto-generated"}, "aside", "auto_generated"),
        ({"auto_submitted": "auto-notified"}, "aside", "auto_generated"),
        ({"precedence": "Bulk"}, "aside", "bulk"),
        ({"precedence": "list"}, "aside", "bulk"),
        ({"precedence": "junk"}, "aside", "bulk"),
        ({"precedence": "first-class"}, "pass", ""),
        ({"precedence": "auto_reply"}, "cut", "auto_reply"),
        ({"auto_reply": "yes"}, "cut", "auto_reply"),
        ({"suppress": "All"}, "aside", "suppress"),
        ({"suppress": "DR, OOF, AutoReply"}, "aside", "suppress"),
        ({"suppress": "None"}, "pass", ""),
        ({"return_path": "<>"}, "cut", "null_path"),
        ({"return_path": " "}, "cut", "null_path"),
        ({"return_path": "<anna@x.example>"}, "pass", ""),
        ({"is_own": True}, "cut", "own_address"),
        ({"recent": 19, "limit": 20}, "pass", ""),
        ({"recent": 20, "limit": 20}, "cut", "too_many"),
        ({"recent": 900, "limit": 0}, "pass", ""),
        # the surest sign tells
        ({"is_own": True, "precedence": "bulk"}, "cut", "own_address"),
        ({"precedence": "bulk", "return_path": "<>"}, "cut", "null_path"),
    ],
)
def test_a_mail_no_person_wrote_is_known_by_its_headers(marks, fate, reason):
    assert automatic.judge(automatic.Marks(**marks)) == automatic.Verdict(fate, reason)


PASS, ASIDE, CUT = (
    automatic.Verdict("pass"),
    automatic.Verdict("aside", "bulk"),
    automatic.Verdict("cut", "auto_reply"),
)


@pytest.mark.parametrize(
    ("arrival", "act", "reason"),
    [
        ((PASS, True, True), "new", ""),
        ((PASS, True, False), "new", ""),
        ((PASS, False, False), "quarantine", "no_sender"),
        ((CUT, False, False), "cut", "auto_reply"),
        ((CUT, True, True), "cut", "auto_reply"),
        ((ASIDE, True, True), "quarantine", "bulk"),
        # on a ticket: a program adds nothing to a conversation
        ((ASIDE, True, True, True), "cut", "bulk"),
        ((PASS, True, True, True), "answer", ""),
        ((PASS, True, False, True, False, True), "answer", ""),
        # a number can be guessed: only who belongs to the ticket is led by it
        ((PASS, True, True, False, True, False), "new", ""),
        ((PASS, True, True, False, True, True), "answer", ""),
        ((ASIDE, True, True, False, True, False), "quarantine", "bulk"),
        # strangers
        ((PASS, True, False, False, False, False, "quarantine"), "quarantine", "u"),
        ((PASS, True, False, False, False, False, "reject"), "reject", "u"),
        ((PASS, True, False, True, False, False, "quarantine"), "quarantine", "u"),
        ((PASS, True, False, True, False, False, "accept"), "answer", ""),
        ((PASS, True, False, True, False, True, "reject"), "answer", ""),
        ((PASS, True, True, False, False, False, "reject"), "new", ""),
        ((PASS, True, False, False, True, False, "reject"), "reject", "u"),
    ],
)
def test_a_mail_goes_one_way(arrival, act, reason):
    found = routing.route(routing.Arrival(*arrival))
    wanted = "unknown_sender" if reason == "u" else reason
    assert (found.act, found.reason) == (act, wanted)


@given(
    st.sampled_from([ASIDE, CUT]),
    st.tuples(*[st.booleans()] * 5),
    st.sampled_from(["accept", "quarantine", "reject"]),
)
def test_a_program_never_speaks_on_a_ticket_and_is_never_answered(verdict, facts, team):
    found = routing.route(routing.Arrival(verdict, *facts, team))
    assert found.act in ("cut", "quarantine")
    assert not found.may_answer


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("Re: [TCK-000123] Export fails", "TCK-000123"),
        ("AW: [tck-000123] Export", "TCK-000123"),
        ("[ TCK-7 ]", "TCK-7"),
        ("[#TCK-7] x", "TCK-7"),
        ("Fwd: [TCK-1] Re: [TCK-2]", "TCK-2"),
        ("TCK-000123", None),
        ("[TCK-]", None),
        ("[Urgent] help", None),
        ("", None),
        ("x" * 5000 + "[TCK-1]", None),
    ],
)
def test_a_number_in_brackets_names_a_ticket(subject, number):
    assert routing.number_in(subject) == number


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("a@Borealis.Example", "borealis.example"),
        ("a@gmail.com", None),
        ("a@WEB.de", None),
        ("a@localhost", None),
        ("", None),
        (None, None),
    ],
)
def test_a_public_domain_tells_no_company(email, domain):
    assert senders.own_domain(email) == domain


@pytest.mark.parametrize(
    ("accounts", "found"),
    [
        ([], None),
        ([(1, None)], 1),
        ([(1, None), (1, 7)], 1),
        ([(1, None), (2, None)], None),
        ([(1, 7), (2, 8)], 1),
        ([(2, 8)], None),
    ],
)
def test_a_domain_belongs_to_exactly_one_account_or_to_none(accounts, found):
    assert senders.account_of_domain(accounts, 7) == found


MB = files.MB


@pytest.mark.parametrize(
    ("sizes", "limit", "kept"),
    [
        ([], 1, ()),
        ([MB], 1, (0,)),
        ([MB + 1], 1, ()),
        ([3 * MB, MB, MB], 2, (1, 2)),
        ([MB, MB, MB], 2, (0, 1)),
        ([99 * MB], 0, (0,)),
        ([1] * 60, 1, tuple(range(50))),
    ],
)
def test_files_are_taken_while_they_fit(sizes, limit, kept):
    found = files.sort_files([files.File("f", size) for size in sizes], limit)
    assert found.kept == kept
    assert sorted(found.kept + found.refused) == list(range(len(sizes)))


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "1 KB"), (1025, "2 KB"), (MB, "1.0 MB"), (MB * 31 + MB // 5, "31.2 MB")],
)
def test_a_size_in_words(size, words):
    assert files.size_words(size) == words


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.doc", "y.doc"),
        ("a\r\nBcc: x.pdf", "aBcc: x.pdf"),
        ("", "file"),
        (None, "file"),
        ("dir/", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_file_name_has_no_path_and_no_line(name, safe):
    assert files.safe_name(name) == safe


@given(st.text())
def test_any_file_name_becomes_one_printable_line(name):
    safe = files.safe_name(name)
    assert safe and safe.isprintable() and len(safe) <= files.MAX_NAME_CHARS
    assert "/" not in safe


@pytest.mark.parametrize(
    ("state", "ago", "days", "step"),
    [
        (ticket_state.NEW, None, 14, next_word.STAY),
        (ticket_state.OPEN, None, 14, next_word.STAY),
        (ticket_state.WAITING, None, 14, next_word.RESUME),
        (ticket_state.SOLVED, timedelta(0), 14, next_word.REOPEN),
        (ticket_state.SOLVED, timedelta(days=14), 14, next_word.REOPEN),
        (ticket_state.SOLVED, timedelta(days=14, seconds=1), 14, next_word.CONTINUE),
        (ticket_state.SOLVED, timedelta(0), 0, next_word.CONTINUE),
        (ticket_state.SOLVED, None, 14, next_word.CONTINUE),
        (ticket_state.CLOSED, timedelta(0), 14, next_word.CONTINUE),
        (ticket_state.CLOSED, None, 14, next_word.CONTINUE),
    ],
)
def test_the_customers_next_word(state, ago, days, step):
    solved_at = None if ago is None else NOON - ago
    assert next_word.next_step(state, solved_at, NOON, days) == step


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Export fails", "Export fails"),
        ("Re: AW: Fwd:  Export\tfails ", "Export fails"),
        ("a\r\nBcc: evil@x.example", "a Bcc: evil@x.example"),
        ("Re:", "Re:"),
        ("", "none"),
        (None, "none"),
        ("\x00\x07", "none"),
        ("x" * 300, "x" * 249 + "…"),
    ],
)
def test_a_subject_becomes_a_title(subject, title):
    assert text.title(subject, 250, "none") == title


@given(st.text())
def test_any_subject_becomes_one_line_that_fits(subject):
    title = text.title(subject, 50, "none")
    assert 0 < len(title) <= 50
    assert title.isprintable()


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?klingon-7?q?abc?=", "abc"),
        ("=?utf-8?b?////?=", "\ufffd\ufffd\ufffd"),
        ("=?utf-8?b?a?=", "=?utf-8?b?a?="),
        (None, ""),
    ],
)
def test_a_header_is_read_as_well_as_it_goes(header, words):
    assert text.decoded(header) == words


@pytest.mark.parametrize(
    ("by_sender", "by_place", "wait"),
    [
        ([], [], 0),
        ([10] * 4, [10] * 19, 0),
        ([10] * 5, [], 50 * 60),
        ([50, 40, 30, 20, 10], [], 10 * 60),
        ([59] * 3 + [1] * 4, [], 60),  # two of them leave the window, a third has to
        ([60] * 5, [60] * 20, 0),
        ([10] * 5, [20] * 20, 50 * 60),
        ([], [0.5] * 20, 3570),
    ],
)
def test_a_form_is_taken_only_so_often(by_sender, by_place, wait):
    now = datetime(2026, 3, 2, 12)
    taken = [
        [now - timedelta(minutes=m) for m in ages] for ages in (by_sender, by_place)
    ]
    assert limits.wait_seconds(*taken, now) == wait


@pytest.mark.parametrize(
    ("ratings", "figures", "percent"),
    [
        ({}, (0, 0, 0), None),
        ({5.0: 1}, (1, 1, 0), 100),
        ({5.0: 1, 3.0: 1, 1.0: 1}, (3, 1, 1), 33),
        ({5.0: 1, 1.0: 7}, (8, 1, 7), 13),
    ],
)
def test_satisfaction_counts_happy_ones_among_all_who_rated(ratings, figures, percent):
    found = satisfaction.count(ratings)
    assert (found.rated, found.happy, found.unhappy) == figures
    assert found.percent == percent


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"Subject: x\r\n\r\nbody", b"Subject: x\r\n\r\nbody"),
        (b"", b""),
        (
            b"Subject: " + b"x" * 3000 + b"\r\nFrom: a@b.example\r\n\r\nbody",
            b"Subject: " + b"x" * 1991 + b"\r\nFrom: a@b.example\r\n\r\nbody",
        ),
        (  # words are cut between words, folded lines count as one field
            b"Subject: " + b"word\r\n " * 500 + b"\r\nTo: a@b.example\r\n\r\nbody",
            b"Subject: word" + b"\r\n word" * 283 + b"\r\nTo: a@b.example\r\n\r\nbody",
        ),
        (  # a body stays as it is, however long its lines are
            b"Subject: x\r\n\r\n" + b"Name: y" * 1000,
            b"Subject: x\r\n\r\n" + b"Name: y" * 1000,
        ),
        (  # heads of parts are heads
            b"Subject: x\n\n--b\nName: " + b"y" * 3000 + b"\n\nbody\n--b--\n",
            b"Subject: x\n\n--b\nName: " + b"y" * 1994 + b"\n\nbody\n--b--\n",
        ),
    ],
)
def test_a_header_of_any_length_can_be_read(raw, wanted):
    assert headers.shortened(raw) == wanted


@given(st.binary())
def test_a_mail_with_short_headers_stays_as_it_is(raw):
    assert headers.shortened(raw) == raw


def test_a_part_of_a_mail_that_is_parsed_once_can_be_given_a_charset():
    raw = (
        b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\na;b\r\n--b--\r\n"
    )
    message = message_from_bytes(raw, policy=SMTP)
    headers.remembered(message)
    [part] = message.iter_attachments()
    part.set_charset("utf-8")  # as Odoo does for texts without one
    assert part.get_content_charset() == "utf-8"
    assert message["subject"] is message["subject"]
