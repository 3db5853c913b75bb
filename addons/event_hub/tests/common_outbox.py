"""Rules, events and receivers for the tests of reactions and deliveries."""

import base64
import datetime
import hashlib
import hmac
import ipaddress
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from odoo import fields
from odoo.tests import TransactionCase

from odoo.addons.event_hub.tools import settings, trace
from odoo.addons.event_hub.tools.event_row import EventRow

from .people import people


class HubCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.env["base.automation"].search(
            [("trigger", "=", "on_business_event")]
        ).active = False
        cls.env["event_hub.endpoint"].search([]).active = False
        groups = "base.group_user,base.group_partner_manager"
        cls.actor, cls.owner = people(
            cls.env,
            {"login": "hub_actor", "groups": groups},
            {"login": "hub_owner", "groups": groups},
        )

    def rule(
        self, code="records.write({'comment': 'seen'})", model="res.partner", **vals
    ):
        """An active rule on business events with one code action."""
        model_id = self.env["ir.model"]._get_id(model)
        values = {
            "name": "Test rule",
            "model_id": model_id,
            "trigger": "on_business_event",
            "event_pattern": "test.*",
            "owner_id": self.owner.id,
        }
        rule = self.env["base.automation"].create({**values, **vals})
        self.env["ir.actions.server"].create(
            {
                "name": "Test action",
                "model_id": model_id,
                "state": "code",
                "code": code,
                "usage": "base_automation",
                "base_automation_id": rule.id,
            }
        )
        return rule

    def event(self, record=None, type="test.happened", **values):  # noqa: A002
        """One new event about ``record``, as the ledger writes it."""
        row = EventRow(
            **{
                "type": type,
                "correlation": trace.new_correlation(),
                "occurred_at": fields.Datetime.now(),
                "company_id": self.company.id,
                "case_type": "test",
                "actor": self.actor.login,
                "actor_id": self.actor.id,
                "case_model": record._name if record else None,
                "case_id": record.id if record else None,
                **values,
            }
        )
        return self.env["event_hub.event"]._append([row]).sudo()

    def partners(self, count):
        return self.env["res.partner"].create(
            [{"name": f"Partner {n}"} for n in range(count)]
        )

    def runs(self, rule):
        return self.env["event_hub.run"].search(
            [("automation_id", "=", rule.id)], order="id"
        )

    def cron(self, xmlid):
        """Run a Scheduled Action as the scheduler does, commits included."""
        with self.enter_registry_test_mode():
            self.env.ref(xmlid).method_direct_trigger()
        self.env.invalidate_all()

    def react(self):
        self.cron("event_hub.ir_cron_react")

    def deliver(self):
        self.cron("event_hub.ir_cron_deliver")


class Receiver:
    """A real HTTP server on loopback. ``answers``: (status, headers) for each request, the last repeated."""

    def __init__(self, certificate=None):
        """:param certificate: file with key and certificate, to speak HTTPS"""
        self.answers = [(200, {})]
        self.requests = []  # (path, lower-case headers, body)
        self.before_answer = None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                receiver.requests.append(
                    (self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                )
                if receiver.before_answer:
                    receiver.before_answer()
                status, headers = receiver.answers[
                    min(len(receiver.requests), len(receiver.answers)) - 1
                ]
                content = (
                    headers.pop("body", b"")
                    if isinstance(headers.get("body"), bytes)
                    else b""
                )
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True
            )
        self.host_port = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http{'s' if certificate else ''}://{self.host_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def self_signed(path):
    """Write key and certificate of 127.0.0.1 to ``path``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with open(path, "wb") as file:
        file.write(pem + certificate.public_bytes(serialization.Encoding.PEM))


@contextmanager
def allowed(*host_ports):
    """As if odoo.conf listed these under [event_hub] allow_hosts."""
    with patch.object(
        settings, "_section", lambda: {"allow_hosts": ",".join(host_ports)}
    ):
        yield


def verifies(secret, headers, body):
    """Standard Webhooks verification, written here from the specification."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = (
        headers["webhook-id"].encode()
        + b"."
        + headers["webhook-timestamp"].encode()
        + b"."
        + body
    )
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return ["v1", expected] in [
        part.split(",", 1) for part in headers["webhook-signature"].split(" ")
    ]


class OutboxCase(HubCase):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        allow = allowed(self.receiver.host_port)
        allow.__enter__()
        self.addCleanup(allow.__exit__, None, None, None)

    def endpoint(self, **vals):
        values = {
            "name": "Receiver",
            "url": self.receiver.url,
            "event_pattern": "test.*",
            "owner_id": self.owner.id,
        }
        endpoint = self.env["event_hub.endpoint"].create({**values, **vals})
        self.secret = endpoint.action_rotate_secret()["secret"]
        return endpoint

    def deliveries(self, endpoint):
        return self.env["event_hub.delivery"].search(
            [("endpoint_id", "=", endpoint.id)], order="id"
        )

    def due_now(self, deliveries):
        deliveries.write({"next_try_at": fields.Datetime.now()})
