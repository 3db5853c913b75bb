"""What the door answered, for the log and for OpenTelemetry: never a header, never a body."""

import json
import logging
from datetime import datetime, timezone

from odoo.http import request

from ..tools import json_log, otel

_logger = logging.getLogger(__name__)


def telling(source, answer):
    """:return: the response that ``answer()`` gives, told where somebody wants to know"""
    if not (json_log.is_wanted() or otel.is_on()):
        return answer()
    started = _now()
    response = answer()
    _tell(source, response, started, _now())
    return response


def _tell(source, response, started, ended):
    facts = _facts(source, response)
    facts["ms"] = round((ended - started).total_seconds() * 1000)
    if json_log.is_wanted():
        _logger.info(
            "%s %s", response.status_code, facts["answer"], extra={"hub": facts}
        )
    told = {
        f"hub.{key}": value for key, value in facts.items() if value not in (None, "")
    }
    correlation = told.pop("hub.correlation", None)
    refused = response.status_code >= 400

    def export():
        otel.record(
            "hub.receive",
            correlation,
            started=started,
            ended=ended,
            attributes=told,
            error=facts["answer"] if refused else "",
        )

    request.env.cr.postcommit.add(export)


def _facts(source, response):
    """:return: what was answered, from the answer itself; the source only if there is one"""
    answer = json.loads(response.get_data())
    code = answer.get("error", {}).get("code") or answer.get("status")
    return {
        "answer": code,
        "status": response.status_code,
        "source": source if code != "unknown_source" else None,
        "message_id": answer.get("message"),
        "correlation": answer.get("correlation"),
    }


def _now():
    return datetime.now(timezone.utc).replace(tzinfo=None)
