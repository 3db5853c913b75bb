"""The hub in OpenAPI 3.1: every address, every answer, and what each vendor's adapter takes."""

from .. import const
from ..policies.adapters import ADAPTERS
from ..policies.cloudevents import BATCH, PLAIN, STRUCTURED
from ..policies.signatures import SCHEMES
from .openapi_schemas import SCHEMAS

JSON = "application/json"
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
    "500": ("internal", "A fault on our side; send it again."),
    "503": ("unavailable", "The database cannot be reached; see Retry-After."),
}
WAITS = {"429", "503"}  # answers that say when to come again


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
            "license": {"name": "LGPL-3.0", "identifier": "LGPL-3.0-only"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "events", "description": "For the systems that send."},
            {"name": "operations", "description": "For those who watch."},
        ],
        "paths": {
            f"{const.ROUTE}/{{source}}": {"post": _post()},
            "/hub/v1/health": {"get": _health()},
            "/hub/v1/metrics": {"get": _metrics()},
            "/hub/v1/openapi.json": {"get": _own()},
        },
        "components": {
            "schemas": SCHEMAS,
            "headers": {
                "RetryAfter": {
                    "description": "Seconds to wait.",
                    "schema": {"type": "integer", "minimum": 1},
                }
            },
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
    return {
        "operationId": "sendEvent",
        "tags": ["events"],
        "summary": "Send one event, or a batch",
        "description": "Signature and adapter follow the headers, among those the source allows: "
        + "; ".join(f"{a.label} ({a.vendor_docs})" for a in ADAPTERS.values())
        + ".",
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
            {
                "name": "traceparent",
                "in": "header",
                "schema": {"type": "string"},
                "description": "W3C trace context; its trace id becomes the correlation id.",
            },
        ],
        "security": [{"standardWebhooks": []}, *({c: []} for c in _vendor_schemes())],
        "requestBody": {"required": True, "content": _bodies()},
        "responses": {
            "202": _answer("Durably stored.", "Answer"),
            "200": _answer("Known already; nothing was done.", "Answer"),
            **{status: _error(status) for status in ERRORS},
        },
    }


def _bodies():
    event = {"schema": {"$ref": "#/components/schemas/CloudEvent"}}
    batch = {
        "schema": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/CloudEvent"},
        }
    }
    vendors = {"$ref": "#/components/schemas/VendorPayload"}
    plain = {
        "schema": {"anyOf": [event["schema"], vendors]},
        "examples": _vendor_examples(),
    }
    return {STRUCTURED: event, PLAIN: plain, BATCH: batch}


def _vendor_examples():
    """:return: one request of each vendor, as it publishes them"""
    examples = {}
    for adapter in ADAPTERS.values():
        for name, sample in adapter.samples.items():
            examples[adapter.code] = {
                "summary": f"{adapter.label}: {name}",
                "value": sample.body,
            }
            break
    return examples


def _health():
    return {
        "operationId": "health",
        "tags": ["operations"],
        "summary": "Is work flowing?",
        "security": [],
        "responses": {
            "200": _answer("Well, or degraded: the checks tell why.", "Health"),
            "503": _answer("Down: the database cannot be read.", "Health"),
        },
    }


def _metrics():
    text = {"text/plain": {"schema": {"type": "string"}}}
    refused = "The metrics token is missing or wrong. Code: unauthorized."
    return {
        "operationId": "metrics",
        "tags": ["operations"],
        "summary": "Metrics in Prometheus' text format",
        "security": [{"metricsToken": []}],
        "responses": {
            "200": {"description": "At most five seconds old.", "content": text},
            "401": _answer(refused, "Error"),
            "503": _error("503"),
        },
    }


def _own():
    return {
        "operationId": "openapi",
        "tags": ["operations"],
        "summary": "This description",
        "security": [],
        "responses": {
            "200": {
                "description": "OpenAPI 3.1.",
                "content": {JSON: {"schema": {"type": "object"}}},
            },
            "503": _error("503"),
        },
    }


def _answer(description, schema):
    content = {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def _error(status):
    codes, text = ERRORS[status]
    answer = _answer(f"{text} Codes: {codes}.", "Error")
    if status in WAITS:
        answer["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    return answer
