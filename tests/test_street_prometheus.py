"""The shipped dashboard and alert rules on a real Prometheus that scrapes the running demo.

Runs Debian's `prometheus`, unpacked into the cache: nothing is installed on the machine.
"""

import json
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import pytest
from lib import debian, download, paths
from street import ROOT, cloud_event, eventually, free_port

sys.path.insert(0, str(ROOT / "addons" / "event_hub" / "tests"))
from promql import CONFIG, alerts, panels

pytest_plugins = ["street_fixtures"]
pytestmark = pytest.mark.optional("a real Prometheus, 19 MB from Debian")

SUITE = "bookworm"
SCRAPE_SECONDS = 5
# Ratios of nothing to nothing have no answer, and what alerts look for should not be there.
MAY_BE_EMPTY = re.compile(r"histogram_quantile|/ sum|> 0$|offset")


@pytest.fixture(scope="session")
def programs():
    """:return: folder with `prometheus` and `promtool`"""
    found = debian.candidate("prometheus", SUITE)
    folder = paths.cache() / f"prometheus-{found['sha256'][:12]}"
    if not (folder / "usr" / "bin" / "promtool").exists():
        deb = download.fetch(
            found["url"], found["sha256"], "prometheus", int(found["size"])
        )
        debian.unpack(deb, folder, lambda name: "/usr/bin/" in name)
    return folder / "usr" / "bin"


@pytest.fixture(scope="session")
def prometheus(programs, server, demo, tmp_path_factory):
    """:return: address of a Prometheus that has scraped the demo twice"""
    folder = tmp_path_factory.mktemp("prometheus")
    text = (CONFIG / "prometheus" / "prometheus.yml").read_text()
    address = urllib.parse.urlsplit(demo["url"]).netloc
    text = text.replace("127.0.0.1:8069", address)
    text = re.sub(r"(_interval:) 15s", rf"\1 {SCRAPE_SECONDS}s", text)
    (folder / "prometheus.yml").write_text(text)
    rules = (CONFIG / "prometheus" / "alerts.yml").read_text()
    (folder / "alerts.yml").write_text(rules)
    (folder / "metrics_token").write_text(demo["metrics_token"])
    port = free_port()
    process = subprocess.Popen(
        [
            programs / "prometheus",
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: _scraped(url), "a scrape of the hub", 90)
        time.sleep(2 * SCRAPE_SECONDS + 1)  # rates need two scrapes
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _get(url, path, **params):
    with urllib.request.urlopen(
        f"{url}{path}?{urllib.parse.urlencode(params)}", timeout=30
    ) as answer:
        return json.load(answer)["data"]


def _scraped(url):
    try:
        return _get(url, "/api/v1/query", query='up{job="event_hub"} == 1')["result"]
    except OSError:
        return None


def _runnable(expression):
    """What Grafana fills in before it asks."""
    return expression.replace("$__rate_interval", "1m").replace("$source", ".*")


def test_promtool_finds_nothing_to_complain_about(programs, tmp_path):
    rules = CONFIG / "prometheus" / "alerts.yml"
    done = subprocess.run(
        [programs / "promtool", "check", "rules", "--lint-fatal", rules],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("title", "expression"), panels())
def test_each_panel_has_an_answer(prometheus, title, expression):
    result = _get(prometheus, "/api/v1/query", query=_runnable(expression))["result"]
    assert result or MAY_BE_EMPTY.search(expression), f"{title}: no data"


def test_each_alert_rule_is_evaluated_without_error(prometheus):
    def rules():
        groups = _get(prometheus, "/api/v1/rules")["groups"]
        found = [rule for group in groups for rule in group["rules"]]
        return found if all(r["health"] != "unknown" for r in found) else None

    evaluated = eventually(rules, "an evaluation of every rule", 60)
    assert {rule["name"] for rule in evaluated} == {name for name, _ in alerts()}
    assert [r["name"] for r in evaluated if r["health"] != "ok"] == []


def test_a_counter_rises_when_an_event_comes_in(prometheus, billing):
    question = 'sum(hub_received_total{source="billing"})'

    def value():
        result = _get(prometheus, "/api/v1/query", query=question)["result"]
        return float(result[0]["value"][1]) if result else None

    before = eventually(lambda: value() is not None and [value()], "a scrape", 30)[0]
    billing.standard(cloud_event("identity.login", "ACC-001", {"user": "prometheus"}))
    eventually(lambda: (value() or 0) > before, "one more received event", 60)
