"""Tools of the whole-system tests: a server as a user starts it, and the outside world around it.

Nothing here uses the suite's own code: signatures, clients and the receiver are
written anew, from the published standards.
"""

import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import random
import re
import secrets
import shlex
import signal
import socket
import subprocess
import threading
import time
import uuid
from datetime import datetime, timezone
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 900  # a first start installs Odoo and all addons
STOP_SECONDS = 60
PATIENCE = 45  # seconds that a chain of background work may take on a busy machine


def free_port():
    """Below those that the system gives to outgoing connections, which could take it meanwhile."""
    for port in random.sample(range(15000, 32000), 100):
        with socket.socket() as probe:
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise AssertionError("no port is free")


def eventually(ask, what, seconds=PATIENCE, every=0.25):
    """Ask until the answer is true; return it. Fails naming `what` and the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(
                f"{what} did not happen within {seconds} s, last answer: {answer!r}"
            )
        time.sleep(every)


class Server:
    """`scripts/serve` in a process of its own, with its own state folder."""

    def __init__(self, state, allow_endpoint):
        self.state = Path(state)
        self.port = free_port()
        self.output = self.state / "serve.out"
        command = [
            str(ROOT / "scripts" / "serve"),
            "--port",
            str(self.port),
            "--db",
            "street",
            "--allow-endpoint",
            allow_endpoint,
            *shlex.split(os.environ.get("SAAS_STREET_OPTIONS", "")),  # as --workers 2
        ]
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PG", "ODOO_RC"))
        }
        environment["SAAS_STATE_DIR"] = str(self.state)
        environment["SAAS_PG_FSYNC"] = "off"  # else thousands of files, at the end too
        with open(self.output, "w") as handle:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=handle,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self):
        """:return: what demo.json says"""
        demo = self.state / "demo.json"
        deadline = time.monotonic() + START_SECONDS
        while not demo.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(
                    f"scripts/serve did not come up:\n{self.said()[-4000:]}"
                )
            time.sleep(0.5)
        return json.loads(demo.read_text())

    def said(self):
        return self.output.read_text()

    def start_link(self):
        """The link to Start that the command prints."""
        return eventually(
            lambda: re.search(r"http\S+/saas_demo/start\?key=\S+", self.said()),
            "the start link",
        ).group()

    def log(self):
        return (self.state / "serve" / "street.log").read_text()

    def setup_log(self):
        return (self.state / "serve" / "setup.log").read_text()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        return self.process.returncode


# ---------------------------------------------------------------- senders


def now_iso(offset=0.0):
    return (
        datetime.fromtimestamp(time.time() + offset, timezone.utc)
        .isoformat()
        .replace("+00:00", "Z")
    )


def cloud_event(type_, subject, data, **extensions):
    return {
        "specversion": "1.0",
        "id": uuid.uuid4().hex,
        "source": "https://outside.example",
        "type": type_,
        "subject": subject,
        "time": now_iso(),
        "datacontenttype": "application/json",
        "data": data,
        **extensions,
    }


def standard_signature(secret, webhook_id, timestamp, body):
    key = base64.b64decode(secret.split("_", 1)[1])
    mac = hmac.new(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


class Sender:
    """A system that sends events to one source's door."""

    def __init__(self, url, secret):
        self.url = url
        self.secret = secret

    def post(self, body, headers):
        return requests.post(self.url, data=body, headers=headers, timeout=30)

    def standard(self, event, webhook_id=None, timestamp=None, **headers):
        """Send under Standard Webhooks. `event`: an object, or raw bytes."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        webhook_id = webhook_id or f"msg_{uuid.uuid4().hex}"
        timestamp = int(time.time()) if timestamp is None else timestamp
        return self.post(
            body,
            {
                "content-type": "application/cloudevents+json",
                "webhook-id": webhook_id,
                "webhook-timestamp": str(timestamp),
                "webhook-signature": standard_signature(
                    self.secret, webhook_id, timestamp, body
                ),
                **headers,
            },
        )

    def stripe(self, event, timestamp=None):
        """Send as Stripe does: HMAC over `timestamp.body`, hex, key = the whole secret."""
        body = json.dumps(event).encode()
        timestamp = int(time.time()) if timestamp is None else timestamp
        mac = hmac.new(
            self.secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256
        ).hexdigest()
        return self.post(
            body,
            {
                "content-type": "application/json",
                "stripe-signature": f"t={timestamp},v1={mac}",
            },
        )


def stripe_failed_invoice(account, invoice, subscription, attempt, cents):
    """An `invoice.payment_failed` event in Stripe's shape."""
    return {
        "id": f"evt_{secrets.token_hex(12)}",
        "object": "event",
        "type": "invoice.payment_failed",
        "created": int(time.time()),
        "data": {
            "object": {
                "id": invoice,
                "object": "invoice",
                "number": invoice,
                "customer": account,
                "subscription": subscription,
                "amount_due": cents,
                "amount_remaining": cents,
                "currency": "eur",
                "attempt_count": attempt,
                "paid": False,
            }
        },
    }


# ---------------------------------------------------------------- the API


class Refused(Exception):
    """JSON-2 answered with an error."""

    def __init__(self, response):
        super().__init__(f"{response.status_code} {response.text[:500]}")
        self.status = response.status_code
        self.text = response.text


class Api:
    """JSON-2 as one persona."""

    def __init__(self, url, key):
        self.url = url
        self.headers = {"authorization": f"bearer {key}"}

    def call(self, model, method, ids=None, **arguments):
        body = {**arguments, **({"ids": ids} if ids is not None else {})}
        response = requests.post(
            f"{self.url}/json/2/{model}/{method}",
            json=body,
            headers=self.headers,
            timeout=60,
        )
        if response.status_code != 200:
            raise Refused(response)
        return response.json()

    def find(self, model, domain, fields, **options):
        return self.call(model, "search_read", domain=domain, fields=fields, **options)

    def one(self, model, domain, fields, **options):
        """The only record found, or None while there is none."""
        found = self.find(model, domain, fields, **options)
        assert len(found) <= 1, found
        return found[0] if found else None


# ---------------------------------------------------------------- the outside receiver


class Receiver:
    """An outside system on loopback that checks what it gets and answers as told."""

    def __init__(self):
        self.secret = None
        self.got = []  # (headers in lower case, raw body)
        self.fail_next = 0  # this many requests are answered 503
        self.hanging = 0  # requests to /hang so far: none of them is answered
        self.released = threading.Event()  # at the end
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                if self.path.startswith("/hang"):
                    outer.hanging += 1
                    outer.released.wait()
                    return
                if outer.fail_next:
                    outer.fail_next -= 1
                    status = 503
                else:
                    outer.got.append((headers, body))
                    status = 204
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://{self.host}/hooks"

    def events(self, correlation):
        """The events of one correlation, each checked: signature, id and freshness."""
        return [
            json.loads(body)
            for headers, body in list(self.got)
            if self._is_right(headers, body, correlation)
        ]

    def _is_right(self, headers, body, correlation):
        stamp = headers["webhook-timestamp"]
        assert abs(time.time() - int(stamp)) < 300
        wanted = standard_signature(self.secret, headers["webhook-id"], stamp, body)
        assert wanted in headers["webhook-signature"].split(" "), (
            "a delivery with a wrong signature"
        )
        return json.loads(body).get("correlationid") == correlation

    def stop(self):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
