"""The door in OpenAPI 3.1."""

from .. import const
from ..policies.cloudevents import BATCH, MAX_LENGTH, PLAIN, STRUCTURED
from ..policies.signatures import SCHEMES

ERRORS = {
    "400": (
        "bad_json, bad_envelope",
        "The body is no event; the detail names the place.",
    ),
    "401": (
        "bad_signature, stale",
        "Not signed with a live secret, or more than 300 s old or ahead.",
    ),
    "403": ("forbidden_address", "The source does not send from this address."),
    "404": ("unknown_source", "There is no such source."),
    "405": ("method_not_allowed", "Only POST."),
    "409": ("conflict", "Another body was sent under this message id before."),
    "413": (
        "too_large",
        "The body is longer than the source allows, plain or decompressed.",
    ),
    "415": (
        "unsupported_type",
        "Not JSON in UTF-8, or compressed otherwise than with gzip.",
    ),
    "429": ("rate_limited", "Too many; see Retry-After."),
}


def document(version):
    """:return: the description as a dict"""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Event Hub",
            "version": version,
            "summary": "Signed events in, exactly once.",
            "description": "What is signed are the bytes as sent, plain or gzip. 202 means durably stored. "
            "Send again later after 429 and 5xx only.",
        },
        "paths": {
            f"{const.ROUTE}/{{source}}": {"post": _post()},
            "/hub/v1/health": {
                "get": _get(
                    "Is work flowing?",
                    "application/json",
                    {"$ref": "#/components/schemas/Health"},
                )
            },
            "/hub/v1/metrics": {
                "get": {
                    **_get("Prometheus metrics", "text/plain", {"type": "string"}),
                    "security": [{"metricsToken": []}],
                }
            },
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "standardWebhooks": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "webhook-signature",
                    "description": "With webhook-id and webhook-timestamp; standardwebhooks.com.",
                },
                **_vendor_schemes(),
                "metricsToken": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _vendor_schemes():
    """:return: what else may sign a request, where a source allows it"""
    return {
        scheme.code: {
            "type": "apiKey",
            "in": "header",
            "name": scheme.headers[0],
            "description": scheme.label,
        }
        for scheme in SCHEMES.values()
        if scheme.code != "standard"
    }


def _post():
    event = {"schema": {"$ref": "#/components/schemas/CloudEvent"}}
    batch = {
        "schema": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/CloudEvent"},
        }
    }
    accepted = {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}
    return {
        "operationId": "sendEvent",
        "summary": "Send one event, or a batch",
        "parameters": [
            {
                "name": "source",
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
            },
            {
                "name": "webhook-id",
                "in": "header",
                "schema": {"type": "string", "maxLength": 256},
                "description": "Identity of the message. The same id with the same body is taken once.",
            },
            {
                "name": "webhook-timestamp",
                "in": "header",
                "schema": {"type": "integer"},
            },
            {"name": "traceparent", "in": "header", "schema": {"type": "string"}},
        ],
        "security": [{"standardWebhooks": []}, *({c: []} for c in _vendor_schemes())],
        "requestBody": {
            "required": True,
            "content": {STRUCTURED: event, PLAIN: event, BATCH: batch},
        },
        "responses": {
            "202": {"description": "Durably stored.", "content": accepted},
            "200": {
                "description": "Known already; nothing was done.",
                "content": accepted,
            },
            **{
                status: {
                    "description": f"{text} Codes: {codes}.",
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Error"}
                        }
                    },
                }
                for status, (codes, text) in ERRORS.items()
            },
        },
    }


def _get(summary, content_type, schema):
    content = {content_type: {"schema": schema}}
    return {
        "summary": summary,
        "responses": {"200": {"description": "OK", "content": content}},
    }


def _schemas():
    text = {"type": "string", "minLength": 1}
    return {
        "CloudEvent": {
            "type": "object",
            "required": ["specversion", "id", "source", "type"],
            "properties": {
                "specversion": {"const": "1.0"},
                **{
                    name: {**text, "maxLength": length}
                    for name, length in MAX_LENGTH.items()
                },
                "time": {"type": "string", "format": "date-time"},
                "traceparent": text,
                "data": {"type": "object"},
            },
        },
        "Answer": {
            "type": "object",
            "required": ["status", "message", "correlation"],
            "properties": {
                "status": {"enum": ["accepted", "duplicate"]},
                "message": {"type": "integer"},
                "correlation": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                "items": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "id": {"type": ["string", "null"]},
                            "status": {"enum": ["accepted", "duplicate", "rejected"]},
                            "error": {"type": "string"},
                        },
                    },
                },
            },
        },
        "Error": {
            "type": "object",
            "properties": {
                "error": {
                    "type": "object",
                    "required": ["code", "detail"],
                    "properties": {"code": text, "detail": text},
                }
            },
        },
        "Health": {
            "type": "object",
            "properties": {
                "status": {"enum": ["ok", "degraded", "down"]},
                "version": text,
                "checks": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "properties": {
                            "ok": {"type": "boolean"},
                            "reason": {"type": "string"},
                        },
                    },
                },
            },
        },
    }
