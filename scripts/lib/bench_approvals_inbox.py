"""The inbox over HTTP: its page, its head and the counter, with 40 open requests and with 100,000.

Looked at right after the rows came in, when the database has no figures about them, and again
once it has. How long and how many queries: what the server's log says of each call, whole, so session,
rights and JSON included. Two workers, one call at a time. The counter, asked by every page, is looked at in rounds
of its own as well: the best of them, and what it takes of the processors (server and PostgreSQL).
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
COUNTER_ROUNDS, COUNTER_CALLS = 5, 100
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
        blind, blind_calls = _look(place, "many", rounds), _count(place, "many")
        place.tidy()
        seen, calls_seen = _look(place, "many", rounds), _count(place, "many")
        small = _look(place, "few", rounds)
    size = {"n": open_, "mine": mine, "rounds": rounds, "seed": seed, "unit": "ms"}
    lines = []
    for when, found, calls in (
        ("no statistics yet", blind, blind_calls),
        ("analyzed", seen, calls_seen),
    ):
        for part, words in (("page", "page of 80"), ("head", "head of the inbox")):
            lines.append(_line(f"{words}, {when}", size, found, few, part, PAGE_MS))
        lines.append(_counter_line(when, size, found, mine, calls))
    lines.append(_line("page of 40 of mine", size, small, few, "page", PAGE_MS))
    return lines


def _counter_line(when, size, found, mine, calls):
    """Best of the rounds; on a busy machine, where waiting counts as time, what it takes of the processors decides."""
    ms, cpu_ms = min(calls["counter"]["ms"]), min(calls["counter"]["cpu_ms"])
    return line(
        f"counter, {when}",
        **size | {"n": COUNTER_CALLS, "rounds": COUNTER_ROUNDS, "open": size["n"]},
        value=round(ms, 2),
        median=found["counter"]["ms"],
        cpu_ms=round(cpu_ms, 2),
        queries=found["counter"]["queries"],
        peer="a call that does nothing",
        peer_value=round(min(calls["nothing"]["ms"]), 2),
        peer_cpu_ms=round(min(calls["nothing"]["cpu_ms"]), 2),
        ratio=round(ms / min(calls["nothing"]["ms"]), 2),
        target=COUNTER_MS,
        ok=min(ms, cpu_ms) <= COUNTER_MS and found["counter"]["answer"] == mine,
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
    browser, answers = _logged_in(place, login), {}
    for number in range(-3, rounds):  # the first ones warm up both workers
        for name in CALLS:
            mark = f"{login}-{name}-{'warm' if number < 0 else 'count'}"
            answers[name] = _call(place, browser, name, mark)
    return {
        name: _took(place.log, f"{login}-{name}-count", rounds, answers[name])
        for name in CALLS
    }


def _count(place, login):
    """:return: {call: {"ms": medians of the rounds, "cpu_ms": of each call}}, the counter and nothing in turns"""
    browser = _logged_in(place, login)
    found = {name: {"ms": [], "cpu_ms": []} for name in ("counter", "nothing")}
    for number in range(COUNTER_ROUNDS):
        for name, one in found.items():
            mark = f"{login}-{name}-round{number}"
            spent = place.running.cpu_seconds()
            for _ in range(COUNTER_CALLS):
                answer = _call(place, browser, name, mark)
            spent = place.running.cpu_seconds() - spent
            took = _took(place.log, mark, COUNTER_CALLS, answer)
            one["ms"].append(took["ms"])
            one["cpu_ms"].append(spent / COUNTER_CALLS * 1000)
    return found


def _logged_in(place, login):
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    who = {"db": place.database, "login": login, "password": PASSWORD}
    _post(browser, f"{place.url}/web/session/authenticate", who)
    return browser


def _call(place, browser, name, mark):
    """:return: what a method of the requests answers; the log knows the call by ``mark``"""
    method, args, kwargs = CALLS[name]
    address = (
        f"{place.url}/web/dataset/call_kw/approval_engine.request/{method}?bench={mark}"
    )
    model = "approval_engine.request"
    params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
    return _post(browser, address, params)


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
