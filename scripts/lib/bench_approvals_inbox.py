"""The inbox over HTTP: its page, its head and the counter, with 40 open requests and with 100,000.

Looked at right after the rows came in, when the database has no figures about them, and again
once it has. How long and how many queries: what the server's log says of each call, whole, so session,
rights and JSON included. Two workers, one call at a time.
"""

import http.cookiejar
import json
import re
import statistics
import time
import urllib.request

from .bench_approvals_fill import SAMPLE, fill
from .bench_approvals_site import PASSWORD, line
from .errors import SetupError
from .progress import say

PAGE_MS = 100
COUNTER_MS = 5
FIELDS = (
    *(
        "urgency",
        "name",
        "type_id",
        "partner_id",
        "amount",
        "requester_id",
        "waits_since",
    ),
    *("option_name", "state", "is_overdue", "currency_id", "urgent"),
)
CALLS = {  # name: (method, args, kwargs)
    "page": (
        "web_search_read",
        [],
        {
            "domain": [["needs_me", "=", True]],
            "specification": {name: {} for name in FIELDS},
            "limit": 80,
            "order": "urgent desc, due_at, id desc",
        },
    ),
    "head": ("inbox_overview", [], {}),
    "counter": ("inbox_count", [], {}),
    "nothing": ("has_access", [[], "read"], {}),  # what any call costs
}
TOOK = re.compile(
    r'"POST (\S*)\?bench=([^\s#]+)\S* HTTP[^"]*" 200 - (\d+) ([\d.]+) ([\d.]+)'
)
ACROSS = re.compile(r"\x1b\[[0-9;]*m")  # colours


def measure(place, quick, seed):
    open_, mine = (10_000, 200) if quick else (100_000, 1_000)
    rounds = 5 if quick else 20
    known = place.ask(SAMPLE)
    samples, accounts = known["samples"], known["accounts"]
    for table in ("request", "request_step", "assignment", "request_asked_rel"):
        # so that nobody looks at the rows before the bench wants it
        place.rows(
            f"ALTER TABLE approval_engine_{table} SET (autovacuum_enabled = off)"
        )
    fill(place, samples["little"], accounts, 39, whole=True)
    place.tidy()
    with place.serving():
        few = _look(place, "few", rounds)
        began = time.monotonic()
        fill(place, samples["mine"], accounts, mine - 1, whole=True)
        fill(place, samples["theirs"], accounts, open_ - mine - 41, whole=False)
        say(f"inbox: {open_} open requests made in {time.monotonic() - began:.0f} s")
        blind = _look(place, "many", rounds)
        place.tidy()
        seen = _look(place, "many", rounds)
        small = _look(place, "few", rounds)
    size = {"n": open_, "mine": mine, "rounds": rounds, "seed": seed, "unit": "ms"}
    lines = []
    for when, found in (("no statistics yet", blind), ("analyzed", seen)):
        for part, words in (("page", "page of 80"), ("head", "head of the inbox")):
            lines.append(_line(f"{words}, {when}", size, found, few, part, PAGE_MS))
        lines.append(_counter_line(when, size, found, mine))
    lines.append(_line("page of 40 of mine", size, small, few, "page", PAGE_MS))
    return lines


def _counter_line(when, size, found, mine):
    one, nothing = found["counter"], found["nothing"]
    return line(
        f"counter, {when}",
        **size,
        value=one["ms"],
        p95=one["p95"],
        queries=one["queries"],
        peer="a call that does nothing",
        peer_value=nothing["ms"],
        ratio=round(one["ms"] / nothing["ms"], 2),
        target=COUNTER_MS,
        ok=one["ms"] <= COUNTER_MS and one["answer"] == mine,
    )


def _line(words, size, found, few, part, target):
    one, peer = found[part], few[part]
    return line(
        words,
        **size,
        value=one["ms"],
        p95=one["p95"],
        queries=one["queries"],
        peer="with 40 open requests",
        peer_value=peer["ms"],
        ratio=round(one["ms"] / peer["ms"], 2),
        target=target,
        ok=one["ms"] <= target and one["queries"] <= peer["queries"] + 2,
    )


def _look(place, login, rounds):
    """:return: {call: {"ms", "p95", "queries", "answer"}}, the calls in turns"""
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    url, log = place.url, place.log
    who = {"db": place.database, "login": login, "password": PASSWORD}
    _post(browser, f"{url}/web/session/authenticate", who)
    answers = {}
    for number in range(-3, rounds):  # the first ones warm up both workers
        for name, (method, args, kwargs) in CALLS.items():
            mark = f"{login}-{name}-{'warm' if number < 0 else 'count'}"
            address = f"{url}/web/dataset/call_kw/approval_engine.request/{method}?bench={mark}"
            params = {
                "model": "approval_engine.request",
                "method": method,
                "args": args,
                "kwargs": kwargs,
            }
            answers[name] = _post(browser, address, params)
    return {
        name: _took(log, f"{login}-{name}-count", rounds, answers[name])
        for name in CALLS
    }


def _post(browser, address, params):
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
    asked = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with browser.open(asked, timeout=300) as answer:
        found = json.load(answer)
    if "error" in found:
        raise SetupError(f"{address}: {found['error']['data']['message']}", "see above")
    return found.get("result")


def _took(log, mark, rounds, answer):
    found = []
    for text in ACROSS.sub("", log.read_text()).splitlines():
        match = TOOK.search(text)
        if match and match.group(2) == mark:
            found.append(
                (
                    int(match.group(3)),
                    (float(match.group(4)) + float(match.group(5))) * 1000,
                )
            )
    if len(found) < rounds:
        raise SetupError(
            f"the log tells of {len(found)} of {rounds} calls of {mark}", f"see {log}"
        )
    times = sorted(ms for _queries, ms in found[-rounds:])
    return {
        "ms": round(statistics.median(times), 2),
        "p95": round(times[int(0.95 * (len(times) - 1))], 2),
        "queries": max(queries for queries, _ms in found[-rounds:]),
        "answer": answer,
    }
