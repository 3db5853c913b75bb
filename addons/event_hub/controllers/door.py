import math
import time
from datetime import datetime, timezone

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from odoo import http
from odoo.http import request

from .. import const
from ..policies import adapters, encoding, mapping, networks, signatures
from ..policies.cloudevents import BadEnvelope, BadJson
from ..tools import counters, limits
from ..tools.heard import Heard
from . import door_log


class Refused(Exception):
    """The door says no."""

    def __init__(self, status, code, detail, headers=()):
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = (
            status,
            code,
            detail,
            list(headers),
        )


class Door(http.Controller):
    """Where signed events come in. Each check answers with a status and a reason of its own."""

    @http.route(
        f"{const.ROUTE}/<string:source>",
        type="hub",
        auth="none",
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def receive(self, source):
        return door_log.telling(source, lambda: self._answer(source))

    def _answer(self, source):
        now = datetime.now(timezone.utc)
        request.env["event_hub.tally"]._flush_soon()
        try:
            config = self._source(source)
            answer, status = self._receive(config, now)
        except Refused as refused:
            counters.count_answer(
                request.db,
                source if refused.code != "unknown_source" else "",
                refused.code,
            )
            error = {"error": {"code": refused.code, "detail": refused.detail}}
            return request.make_json_response(
                error, status=refused.status, headers=refused.headers
            )
        told = answer["error"]["code"] if "error" in answer else answer["status"]
        counters.count_answer(request.db, source, told)
        return request.make_json_response(answer, status=status)

    @http.route(
        [const.ROUTE, f"{const.ROUTE}/<path:place>"],
        type="hub",
        auth="none",
        csrf=False,
        save_session=False,
    )
    def nowhere(self, place=""):
        """An address that names no source, or goes on behind one."""
        self._drain()
        detail = f"The address names no source; send to {const.ROUTE}/<source>."
        error = {"error": {"code": "unknown_source", "detail": detail}}
        return request.make_json_response(error, status=404)

    # ------------------------------------------------------- checks, in order

    def _source(self, code):
        config = request.env["event_hub.source"]._door_config(code)
        if config is None:
            self._drain()
            raise Refused(404, "unknown_source", "There is no such source.")
        return config

    def _receive(self, config, now):
        if request.httprequest.method != "POST":
            self._drain()
            raise Refused(
                405, "method_not_allowed", "Send events with POST.", [("Allow", "POST")]
            )
        self._check_address(config)
        raw = self._body(config.max_body_bytes)
        received_at = datetime.now(timezone.utc)  # all of it, however slow the sender
        content_type = request.httprequest.headers.get("Content-Type")
        if adapters.media_type(content_type) is None:
            known, sent = ", ".join(adapters.CONTENT_TYPES), (content_type or "nothing")
            detail = f"Send one of {known} in UTF-8, not {sent[:100]}."
            raise Refused(415, "unsupported_type", detail)
        headers = {
            name.lower(): value for name, value in request.httprequest.headers.items()
        }
        coding = headers.get("content-encoding")
        if not encoding.known(coding):
            detail = f"Send the body plain or with gzip, not {coding[:100]}."
            raise Refused(415, "unsupported_type", detail)
        adapter, verdict = self._verify(config, headers, raw, now)
        self._check_rate(config)
        body = self._plain(raw, coding, config.max_body_bytes)
        items = self._read(config, adapter, headers, content_type, body)
        return (
            request.env["event_hub.message"]
            .sudo()
            ._accept(
                Heard(
                    source_id=config.id,
                    scheme=adapter,
                    message_id=adapters.message_id(adapter, verdict, items, body),
                    content_type=content_type,
                    headers=headers,
                    body=body,
                    items=tuple(items),
                    batch=adapters.is_batch(adapter, content_type),
                    received_at=received_at.replace(tzinfo=None),
                )
            )
        )

    def _body(self, limit):
        """:return: the raw body; a chunked one is read to one byte past the limit to know that it is longer"""
        length = request.httprequest.content_length
        body = None
        if length is None or length <= limit:
            request.httprequest.max_content_length = limit + 1
            try:
                # Kept: after a collision in the database Odoo runs the request once more.
                body = request.httprequest.get_data(cache=True, parse_form_data=False)
            except RequestEntityTooLarge:
                body = None
            except ClientDisconnected:
                detail = (
                    "The chunks of the body are broken, or it ended before the last one."
                    if length is None
                    else "The body ended before its Content-Length."
                )
                raise Refused(400, "bad_json", detail) from None
        if body is None or len(body) > limit:
            self._drain()
            raise Refused(413, "too_large", f"The body is longer than {limit} bytes.")
        return body

    @staticmethod
    def _plain(raw, coding, limit):
        """:return: the body decompressed; the signature was checked over what was sent"""
        try:
            return encoding.decode(raw, coding, limit)
        except encoding.TooLarge as error:
            raise Refused(413, "too_large", str(error)) from None
        except encoding.BadEncoding as error:
            raise Refused(400, "bad_json", f"{error}.") from None

    def _check_address(self, config):
        address = request.httprequest.remote_addr
        if not networks.allows(config.networks, address):
            self._drain()
            self._check_refusals()
            raise Refused(
                403, "forbidden_address", f"This source does not send from {address}."
            )

    def _verify(self, config, headers, body, now):
        adapter = adapters.choose_adapter(
            headers, [code for _scheme, code in config.adapters]
        )
        scheme = adapter and adapter.scheme
        covers_url = scheme and signatures.SCHEMES[scheme].covers_url
        url = request.httprequest.url if covers_url else ""  # putting it together costs
        sent = signatures.Request(request.httprequest.method, url, headers, body)
        verdict = signatures.verify(
            scheme,
            sent,
            config.live_secrets(now.replace(tzinfo=None)),
            now=now.timestamp(),
        )
        if not verdict.ok:
            self._check_refusals()
            raise Refused(401, verdict.code, verdict.detail)
        return adapter.code, verdict

    def _check_refusals(self):
        """Refused signatures have a limit per address; rightly signed messages never count."""
        key = request.db, limits.address_key(request.httprequest.remote_addr)
        self._check_wait(
            limits.refusals.take(
                key,
                now=time.monotonic(),
                rate=const.REFUSED_RATE_PER_SECOND,
                burst=const.REFUSED_RATE_BURST,
            ),
            "Too many requests with a bad signature from this address.",
        )

    def _check_rate(self, config):
        self._check_wait(
            limits.messages.take(
                (request.db, config.id),
                now=time.monotonic(),
                rate=config.rate_per_second,
                burst=config.rate_burst,
            ),
            f"This source takes {config.rate_per_second} messages a second.",
        )

    @staticmethod
    def _check_wait(seconds, detail):
        if seconds:
            raise Refused(
                429,
                "rate_limited",
                detail,
                [("Retry-After", str(max(1, math.ceil(seconds))))],
            )

    @staticmethod
    def _read(config, adapter, headers, content_type, body):
        if (
            adapters.is_binary(adapter, headers, content_type)
            and not config.allow_binary
        ):
            raise Refused(
                400,
                "bad_envelope",
                (
                    "header ce-specversion: this source takes no attributes in headers, as the signature "
                    "does not cover them; send application/cloudevents+json."
                ),
            )
        try:
            items = adapters.adapt(
                adapter,
                headers,
                content_type,
                body,
                lambda value: mapping.read(config.mappings, value),
            )
        except BadJson as error:
            raise Refused(400, "bad_json", str(error)) from None
        except BadEnvelope as error:
            raise Refused(400, "bad_envelope", str(error)) from None
        if not any(item.event for item in items):
            raise Refused(
                400,
                "bad_envelope",
                items[0].error if items else "$: the batch is empty",
            )
        return items

    @staticmethod
    def _drain():
        """Read and forget what is left of the body: a sender that still writes would never hear the answer."""
        environ = (
            request.httprequest._HTTPRequest__environ
        )  # the only way to the unread stream
        stream, left = environ["wsgi.input"], const.DRAIN_BYTES
        if "wsgi.input_terminated" not in environ:
            left = min(left, request.httprequest.content_length or 0)
        try:
            while left > 0 and (chunk := stream.read(min(left, 65536))):
                left -= len(chunk)
        except (OSError, ValueError):
            return  # the sender has gone, or sent broken chunks: nobody listens
