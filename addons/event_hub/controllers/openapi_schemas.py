"""The shapes of what the hub takes and answers, in JSON Schema 2020-12."""

from ..policies.cloudevents import MAX_LENGTH

TEXT = {"type": "string", "minLength": 1}
CLOUD_EVENT = {
    "type": "object",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        **{name: {**TEXT, "maxLength": length} for name, length in MAX_LENGTH.items()},
        "time": {"type": "string", "format": "date-time"},
        "traceparent": TEXT,
        "data": {"type": "object"},
    },
}
VENDOR_PAYLOAD = {
    "type": ["object", "array"],
    "description": "What the vendor sends, as it publishes it; the adapter makes events of it.",
}
ITEM = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {
        "id": {"type": ["string", "null"]},
        "status": {"enum": ["accepted", "duplicate", "rejected"]},
        "error": {"type": "string"},
    },
}
ANSWER = {
    "type": "object",
    "required": ["status", "message", "correlation"],
    "properties": {
        "status": {"enum": ["accepted", "duplicate"]},
        "message": {"type": "integer"},
        "correlation": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "items": {"type": "array", "items": ITEM},
    },
}
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "status": {"const": "conflict"},
        "error": {
            "type": "object",
            "required": ["code", "detail"],
            "properties": {"code": TEXT, "detail": TEXT},
        },
    },
}
CHECK = {
    "type": "object",
    "required": ["ok", "reason"],
    "properties": {"ok": {"type": "boolean"}, "reason": {"type": "string"}},
}
HEALTH = {
    "type": "object",
    "required": ["status", "version", "checks"],
    "properties": {
        "status": {"enum": ["ok", "degraded", "down"]},
        "version": TEXT,
        "checks": {"type": "object", "additionalProperties": CHECK},
    },
}
SCHEMAS = {
    "CloudEvent": CLOUD_EVENT,
    "VendorPayload": VENDOR_PAYLOAD,
    "Answer": ANSWER,
    "Error": ERROR,
    "Health": HEALTH,
}
