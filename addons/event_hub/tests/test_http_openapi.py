"""The description of the hub, held against the standard, the routes and live answers."""

import jsonschema

from odoo.tests import HttpCase, tagged

from odoo.addons.event_hub.controllers import openapi
from odoo.addons.event_hub.policies.adapters import ADAPTERS

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestOpenApi(HubCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.document = self.url_open("/hub/v1/openapi.json").json()

    def _schema(self, path, method, status):
        responses = self.document["paths"][path][method]["responses"]
        self.assertIn(str(status), responses, "an answer that is not described")
        (content,) = responses[str(status)]["content"].values()
        return {**content["schema"], "components": self.document["components"]}

    def _check(self, response, path, method="get"):
        schema = self._schema(path, method, response.status_code)
        jsonschema.validate(response.json(), schema)

    def test_every_address_of_the_hub_is_described(self):
        routes = {
            rule.rule.replace("<string:source>", "{source}")
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.rule.startswith("/hub/v1/") and "<path:" not in rule.rule
        }
        routes -= {"/hub/v1/events"}  # only says that a source is missing
        self.assertEqual(set(self.document["paths"]), routes)

    def test_each_schema_is_json_schema_2020_12(self):
        for name, schema in self.document["components"]["schemas"].items():
            with self.subTest(schema=name):
                jsonschema.Draft202012Validator.check_schema(schema)

    def test_answers_of_the_door_are_as_described(self):
        door = "/hub/v1/events/{source}"
        event = self._event()
        batch = "application/cloudevents-batch+json"
        other = {**event, "data": {"a": 1}}
        answers = [
            self._post(event, message_id="m1"),
            self._post(event, message_id="m1"),
            self._post(other, message_id="m1"),
            self._post([self._event(), {"id": 3}], content_type=batch),
            self._post(b"{", message_id="m2"),
            self._post({"a": 1}),
            self._post(event, headers={"webhook-signature": "v1,x"}),
            self._post(event, at=1),
            self._post(event, code="nobody"),
            self._post(event, headers={"Content-Type": "text/plain"}),
            self._post(b"x" * (self.source.max_body_bytes + 1)),
            self.url_open(f"/hub/v1/events/{self.source.code}"),
        ]
        for answer in answers:
            with self.subTest(status=answer.status_code, text=answer.text[:200]):
                self._check(answer, door, "post")
        seen = {answer.status_code for answer in answers}
        self.assertLessEqual({200, 202, 400, 401, 404, 405, 409, 413, 415}, seen)

    def test_answers_to_those_who_watch_are_as_described(self):
        self._check(self.url_open("/hub/v1/health"), "/hub/v1/health")
        self._check(self.url_open("/hub/v1/metrics"), "/hub/v1/metrics")
        self._check(self.url_open("/hub/v1/openapi.json"), "/hub/v1/openapi.json")

    def test_every_adapter_and_its_signature_are_described(self):
        post = self.document["paths"]["/hub/v1/events/{source}"]["post"]
        examples = post["requestBody"]["content"]["application/json"]["examples"]
        schemes = self.document["components"]["securitySchemes"]
        allowed = {next(iter(need)) for need in post["security"]}
        for adapter in ADAPTERS.values():
            with self.subTest(adapter=adapter.code):
                self.assertIn(adapter.label, post["description"])
                scheme = adapter.scheme.replace("standard", "standardWebhooks")
                self.assertIn(scheme, schemes)
                self.assertIn(scheme, allowed)
                if adapter.samples:
                    self.assertIn(adapter.code, examples)

    def test_each_error_code_of_the_door_is_described(self):
        told = ", ".join(codes for codes, _text in openapi.ERRORS.values())
        for code in (
            *("unknown_source", "method_not_allowed", "too_large", "unsupported_type"),
            *("bad_signature", "stale", "rate_limited", "bad_json", "bad_envelope"),
            *("conflict", "forbidden_address", "unavailable", "internal"),
        ):
            self.assertIn(code, told)

    def test_it_is_valid_openapi_3_1(self):
        from openapi_spec_validator import OpenAPIV31SpecValidator, validate

        validate(self.document, cls=OpenAPIV31SpecValidator)
