"""pytest plugin: counts per layer, and optional tests that are deselected by name.

Environment: SAAS_REPORT = file for the counts (JSON), SAAS_FULL = 1 to run optional tests.
Mark a test or class `@pytest.mark.optional("what it needs")` to keep it out of the default run.
"""

import collections
import json
import os
import re
from pathlib import Path

import pytest
from saas_layers import layer_of

OUTCOMES = ("passed", "failed", "error", "skipped")


class Report:
    def __init__(self):
        self.layers = collections.defaultdict(
            lambda: dict.fromkeys((*OUTCOMES, "seconds"), 0)
        )
        self.deselected = collections.Counter()

    def pytest_runtest_logreport(self, report):
        counts = self.layers[layer_of(report.nodeid.split("::")[0])]
        counts["seconds"] += report.duration
        if report.when == "call" and report.passed:
            counts["passed"] += 1
        elif report.skipped:
            counts["skipped"] += 1
        elif report.failed:
            counts["failed" if report.when == "call" else "error"] += 1

    def pytest_collectreport(self, report):
        if report.failed:
            self.layers[layer_of(report.nodeid)]["error"] += 1
        elif report.skipped:
            self.layers[layer_of(report.nodeid)]["skipped"] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        if os.environ.get("SAAS_FULL") == "1":
            return
        kept, left_out = [], []
        for item in items:
            mark = item.get_closest_marker("optional")
            (left_out if mark else kept).append(item)
            if mark:
                name = re.sub(r".*/", "", item.nodeid.split("::")[0])
                self.deselected[
                    f"{name} ({mark.args[0] if mark.args else 'optional'})"
                ] += 1
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = kept

    def pytest_sessionfinish(self):
        target = os.environ.get("SAAS_REPORT")
        if target:
            Path(target).write_text(
                json.dumps({"layers": self.layers, "deselected": self.deselected})
            )


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "optional(what): left out unless scripts/test --full"
    )
    config.pluginmanager.register(Report(), "saas-report")
