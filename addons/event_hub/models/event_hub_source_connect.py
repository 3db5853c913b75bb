# One concern a file.
# pylint: disable=consider-merging-classes-inherited
import json
import time
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..policies import net_address, trial
from ..policies.cloudevents import BadEnvelope, BadJson, parse_json
from ..tools import outside_secret, own_door
from .event_hub_message_test import SHORTLY
from .event_hub_monitor_metrics import TAKEN
from .event_hub_tally import DOOR

LOOK_BACK = timedelta(hours=1)  # for which refusals are told
LATEST = 20  # messages among which the sender's own last one is looked for


class EventHubSource(models.Model):
    """Connecting a source: send a test event through the real door, see what comes in and what is refused."""

    _inherit = "event_hub.source"

    def _check_may_connect(self):
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._("Only an Event Hub administrator can connect sources.")
            )
        self.check_access("read")

    # ------------------------------------------------------------- sending a test

    def action_send_test(self):
        """Send a test event as each system that the source may send for, and open what came of it.

        :return: action that opens the messages
        :raise UserError: if one is not taken, with the way out
        """
        told = self.send_test()
        refused = [f"{t['label']}: {t['detail']}" for t in told if not t["message"]]
        if refused:
            raise UserError("\n".join(refused))
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Test Events of %(sender)s", sender=self.name),
            "res_model": "event_hub.message",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", [t["message"] for t in told])],
        }
        if len(told) == 1:
            action |= {"res_id": told[0]["message"], "views": [(False, "form")]}
        return action

    def send_test(self):
        """Send a test event as each system that the source may send for, signed, over HTTP to the source's address.

        It is read as the system's own sample; the ledger gets a ``hub.test``, which no rule
        reacts to and no endpoint hears.

        :return: ``[{"adapter", "label", "status": HTTP status or 0, "code", "detail", "message": id or false}]``
        :raise UserError: if nothing can be sent
        """
        self._check_may_connect()
        source = self.sudo()
        if not source.active:
            raise UserError(
                self.env._(
                    "%(sender)s is archived, so nobody may send. Unarchive it first.",
                    sender=source.name,
                )
            )
        secret = source._secret_for_tests()
        adapters = source.adapter_ids.sorted("sequence")
        if not adapters:
            raise UserError(
                self.env._(
                    "%(sender)s may send nothing yet. Choose a system under May Send.",
                    sender=source.name,
                )
            )
        told = []
        for adapter in adapters:
            told.append(source._send_test(adapter, secret))
            if told[-1]["code"] == "no_answer":
                break  # none of the others would get one, and each try takes its time
        return told

    def _secret_for_tests(self):
        live = self._live_secrets(fields.Datetime.now())
        secret = trial.secret_to_sign_with(live)
        if secret:
            return secret
        if live:
            raise UserError(
                self.env._(
                    "%(sender)s signs with a private key that only it has: we hold the public one. Send a test from"
                    " there, or paste a request into Check a Request.",
                    sender=self.name,
                )
            )
        if self.secret_origin != "database":
            raise UserError(
                self.env._(
                    "%(sender)s keeps its secret outside this database, and there is none: %(place)s %(name)s is"
                    " missing, empty or cannot be read by the server. Until then every message is refused.",
                    sender=self.name,
                    place=self.env._("the file")
                    if self.secret_origin == "file"
                    else self.env._("the environment variable"),
                    name=self.secret_ref
                    if self.secret_origin == "file"
                    else f"{outside_secret.PREFIX}{self.secret_ref}",
                )
            )
        raise UserError(
            self.env._(
                "%(sender)s has no secret, so it refuses every message. Press Rotate secret to make one, or Paste"
                " secret if the sender made it.",
                sender=self.name,
            )
        )

    def _send_test(self, adapter, secret):
        nonce = uuid.uuid4().hex
        body = trial.body_of(adapter.code, nonce, self._own_sample(adapter))
        told = {"adapter": adapter.code, "label": adapter.name, "message": False}
        try:
            sent = trial.request(
                adapter.code,
                self.endpoint_url,
                secret,
                body,
                nonce=nonce,
                now=time.time(),
            )
        except ValueError as error:  # such as a secret that is no whsec_ and base64
            detail = self.env._("The secret cannot sign this: %(why)s.", why=error)
            return {**told, "status": 0, "code": "bad_secret", "detail": detail}
        mark = {trial.HEADER: self.env["event_hub.message"]._test_mark(self.id, body)}
        return {**told, **self._call_door({**sent.headers, **mark}, body)}

    def _own_sample(self, adapter):
        """:return: JSON of the first mapping's sample, None where the adapter has one of its own"""
        if not adapter.is_mapped:
            return None
        try:
            return parse_json((self.mapping_ids[:1].sample or "").encode())
        except (BadJson, BadEnvelope):
            return None

    def _call_door(self, headers, body):
        """:return: ``{"status", "code", "detail"}``, and ``message`` where it was taken"""
        try:
            reply = own_door.call(self.endpoint_url, headers, body)
        except net_address.BadTarget:
            detail = self.env._(
                "%(url)s cannot be called. Set the system parameter web.base.url to this server's address.",
                url=self.endpoint_url,
            )
            return {"status": 0, "code": "no_answer", "detail": detail}
        if reply.status is None:
            return {"status": 0, "code": "no_answer", "detail": self._no_answer(reply)}
        try:
            answer = json.loads(reply.body)
        except ValueError:
            answer = None
        if isinstance(answer, dict) and answer.get("message"):
            code = answer.get("status") or ""
            return {
                "status": reply.status,
                "code": code,
                "detail": "",
                "message": answer["message"],
            }
        return {"status": reply.status, **self._refusal(reply, answer)}

    def _refusal(self, reply, answer):
        error = answer.get("error") if isinstance(answer, dict) else None
        if not isinstance(error, dict):
            detail = self.env._(
                "%(url)s answered HTTP %(status)s, but not as a source does: another server, or a proxy, has that"
                " address. Set the system parameter web.base.url, or mend the proxy.",
                url=self.endpoint_url,
                status=reply.status,
            )
            return {"code": "http_error", "detail": detail}
        code = str(error.get("code") or "")
        words = [str(error.get("detail") or ""), self._ways_out().get(code, "")]
        return {"code": code, "detail": " ".join(filter(None, words))}

    def _no_answer(self, reply):
        """:return: why this server could not call itself, and what to do"""
        if reply.refused_address:
            target = net_address.parse_target(self.endpoint_url)
            why = self.env["event_hub.endpoint"]._refusal_words(
                target, reply.refused_address
            )
        else:
            why = self.env._(
                "This server got no answer from %(url)s (%(error)s).",
                url=self.endpoint_url,
                error=reply.error,
            )
        way_out = self.env._(
            "Senders may reach it all the same: try the commands below from outside. For this button, the server must"
            " reach its own address (system parameter web.base.url), and needs a second worker if it has but one."
        )
        return f"{why} {way_out}"

    # -------------------------------------------------------------- what came in

    def connection(self):
        """How far the connection of this source is; asked every few seconds while its form is open.

        Times are naive UTC. ``heard`` is the sender's last message, ``test`` our last test event:
        ``{"id", "at", "types", "state", "label", "reason"}``, or false. ``only`` says that ``heard``
        is the first one ever. ``refused`` is what the door refused in the last hour:
        ``[{"code", "label", "count", "at", "fix"}]``.

        :return: ``{"state": "no_secret"|"waiting"|"heard", "heard", "only", "test", "refused"}``
        """
        self._check_may_connect()
        source = self.sudo()
        latest = self.env["event_hub.message"].search_fetch(
            [("source_id", "=", self.id)], SHORTLY, order="id desc", limit=LATEST
        )
        tests = latest.filtered("is_test")
        heard = latest - tests
        state = "heard" if heard else "waiting" if source.has_secret else "no_secret"
        return {
            "state": state,
            "heard": heard[:1]._told_shortly(),
            "only": len(heard) == 1 and len(latest) < LATEST,
            "test": tests[:1]._told_shortly(),
            "refused": source._refused_lately(),
        }

    def _refused_lately(self):
        # Answers of this process that are not written down yet: somebody tries and looks at once.
        self.env["event_hub.tally"]._flush_answers()
        labels = self.env["event_hub.overview"]._answer_labels()
        fixes = self._ways_out()
        rows = self.env["event_hub.tally"]._read_group(
            [
                ("metric", "=", DOOR),
                ("key", "=", self.code),
                ("outcome", "not in", TAKEN),
                ("minute", ">=", fields.Datetime.now() - LOOK_BACK),
            ],
            ["outcome"],
            ["count:sum", "minute:max"],
        )
        return [
            {
                "code": code,
                "label": labels.get(code, code),
                "count": count,
                "at": fields.Datetime.to_string(last),
                "fix": fixes.get(code, ""),
            }
            for code, count, last in sorted(rows, key=lambda row: row[2], reverse=True)
        ]

    @api.model
    def _ways_out(self):
        """:return: ``{code of a refusal: what to do about it}``"""
        return {
            "bad_envelope": self.env._(
                "It is no event as this source expects it: compare it with the sample below."
            ),
            "bad_json": self.env._(
                "The body is no sound JSON: look at what the sender builds."
            ),
            "bad_signature": self.env._(
                "The secret there is not the one here, or the body is changed on its way. Copy the secret anew, or"
                " paste a request into Check a Request, which names the step that fails."
            ),
            "conflict": self.env._(
                "The sender used an id again for other content. Each message needs an id of its own."
            ),
            "forbidden_address": self.env._(
                "It came from an address that is not among the Allowed Addresses. Add it there; behind a proxy, set"
                " proxy_mode in odoo.conf."
            ),
            "method_not_allowed": self.env._("Events are sent with POST."),
            "rate_limited": self.env._(
                "It sends faster than Messages per Second allows; it may try again later."
            ),
            "stale": self.env._(
                "The clock of the sender, or of this server, is wrong, or it sends old requests again with an old time."
            ),
            "too_large": self.env._(
                "Raise Largest Body, or have the sender send less at once."
            ),
            "unsupported_type": self.env._(
                "Send JSON, with Content-Type: application/json."
            ),
        }
