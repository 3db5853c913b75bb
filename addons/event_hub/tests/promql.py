"""What expressions ask for: the metrics and labels named in dashboards and alert rules."""

import json
import re
from pathlib import Path

CONFIG = Path(__file__).resolve().parents[3] / "config"

METRIC = re.compile(r"\b(hub_[a-z_]+|up)\b\s*(?:\{([^}]*)\})?")
MATCHER = re.compile(r"([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)")
GROUPING = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")
FOLDED = re.compile(r"^( *)expr: >-\n((?:\1 +.*\n)+)|^ *expr: (.+)$", re.MULTILINE)


def asked(expression):
    """:return: ``[(metric, set of labels asked of it)]``"""
    grouped = {
        label.strip()
        for labels in GROUPING.findall(expression)
        for label in labels.split(",")
    }
    bare = GROUPING.sub(" ", expression)
    return [
        (name, set(MATCHER.findall(matchers)) | (grouped - {""}))
        for name, matchers in METRIC.findall(bare)
    ]


def panels():
    """:return: ``[(panel title, expression)]`` of the dashboard"""
    board = json.loads((CONFIG / "grafana" / "event_hub.json").read_text())
    return [
        (panel["title"], target["expr"])
        for panel in board["panels"]
        for target in panel.get("targets", ())
    ]


def alerts():
    """:return: ``[(alert, expression)]`` of the rule file"""
    text = (CONFIG / "prometheus" / "alerts.yml").read_text()
    names = re.findall(r"^ *- alert: (\w+)$", text, re.MULTILINE)
    expressions = [
        " ".join((folded or plain).split())
        for _indent, folded, plain in FOLDED.findall(text)
    ]
    return list(zip(names, expressions, strict=True))
