from dataclasses import asdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..policies import freshness, integrity, request_state

PRECEDENTS = 5  # earlier decisions shown with a request


class ApprovalEngineRequest(models.Model):
    """What a decision rests on: content, evidence, brief and route."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ content

    def _content(self):
        """:return: JSON of everything an approval approves: what is asked, and what will be done for it"""
        self.ensure_one()
        digits = self.currency_id.decimal_places
        return {
            "name": self.name,
            "type": self.type_id.code,
            "effect": self.type_id.effect or None,
            "condition": self.type_id.condition or None,
            "company": self.company_id.id,
            "partner": self.partner_id.id or None,
            "amount": f"{self.amount:.{digits}f}",
            "currency": self.currency_id.name,
            "reason": self.reason or None,
            "res_model": self.res_model or None,
            "res_id": self.res_id or None,
            "option": self.option or None,
            "requester": self.requester_id.id,
        }

    def _content_digest(self):
        return integrity.digest(self._content())

    # ------------------------------------------------------------------ evidence

    def evidence(self):
        """What the approvers see: frozen once submitted, as it would be now before that.

        Who is neither asked nor trusted with the account sees what was asked, and no more.

        :return: {"hash", "as_of", "sections":
            [{"key", "label", "items": [{"label", "value", "model", "id", "as_of"}]}]}
        """
        request = self._readable_one()
        if not request.evidence_packet:
            request._check_subject_access()
        packet = integrity.without_null(
            request.evidence_packet or request._gather_evidence()
        )
        shown = packet | {"sections": self._shown_sections(packet["sections"])}
        return {
            "hash": request.evidence_hash or integrity.digest(shown),
            "as_of": packet["as_of"],
            "sections": shown["sections"],
        }

    def _freeze_evidence(self):
        """Keep what is shown from now on: as it was, unless it says something else by now.

        Each packet that somebody decided on stays, under the fingerprint in the decision.
        """
        self.ensure_one()
        packet = self._new_evidence()
        if packet:
            digest = integrity.digest(packet)
            self.env["approval_engine.evidence"]._keep_all([(self, packet, digest)])
            self._write_guarded({"evidence_packet": packet, "evidence_hash": digest})

    def _new_evidence(self):
        """:return: the evidence as it is now; None if it says the same as what is kept"""
        packet, before = self._gather_evidence(), self.evidence_packet
        if before and freshness.is_same(before["sections"], packet["sections"]):
            return None
        return packet

    def evidence_now(self):
        """How old the evidence shown is, and what it would say now.

        :return: [{"key", "label", "as_of", "old": whether older than the type allows,
            "changed": [{"label", "then", "now"}]}] of the sections the user may read; null: not there
        """
        request = self._readable_one()
        if not request.evidence_packet:
            return []
        found = freshness.freshness(
            request.evidence_packet["sections"],
            integrity.without_null(request._evidence_sections()),
            now=fields.Datetime.now(),
            max_age=timedelta(hours=request.type_id.evidence_max_hours),
        )
        return integrity.without_null(
            [
                {
                    "key": one.key,
                    "label": one.label,
                    "as_of": one.as_of,
                    "old": one.is_old,
                    "changed": [asdict(difference) for difference in one.differences],
                }
                for one in found
                if one.key == "request" or self._may_read_section(one.key)
            ]
        )

    def _shown_sections(self, sections):
        """:return: those of ``sections`` the user may read; what was asked is for all who see the request"""
        return [
            section
            for section in sections
            if section["key"] == "request" or self._may_read_section(section["key"])
        ]

    def _may_read_section(self, key):
        """Whether the user may read evidence gathered with more rights than theirs.

        :param key: of a section, or "brief"
        """
        self.ensure_one()
        user, request = self.env.user, self.sudo()
        return (
            self.env.su
            or (key == "change" and request.requester_id == user)
            or user.has_group("approval_engine.group_approval_manager")
            or user.has_group("approval_engine.group_approval_auditor")
            or (request.state != request_state.DRAFT and user in request.asked_user_ids)
        )

    def _gather_evidence(self):
        return {
            "as_of": _iso(fields.Datetime.now()),
            "sections": integrity.without_null(self._evidence_sections()),
        }

    def _evidence_sections(self):
        """:return: [{"key", "label", "items": [{"label", "value", "model", "id", "as_of"}]}]; JSON only.

        Extended by super() plus own sections.
        """
        self.ensure_one()
        items = [
            self._evidence_item(
                self.env._("Asked by"), self.requester_id.name, self.requester_id
            )
        ]
        if self.partner_id:
            items.append(
                self._evidence_item(
                    self.env._("Account"), self.partner_id.display_name, self.partner_id
                )
            )
        if self.amount:
            items.append(
                self._evidence_item(
                    self.env._("Amount"), self.currency_id.format(self.amount)
                )
            )
        subject = self._subject()
        if subject:
            items.append(
                self._evidence_item(self.env._("About"), subject.display_name, subject)
            )
        if self.reason:
            items.append(self._evidence_item(self.env._("Why"), self.reason))
        return [
            {"key": "request", "label": self.env._("Request"), "items": items},
            *self._change_sections(),
            *self._precedent_sections(),
        ]

    precedent_ids = fields.Many2many(
        "approval_engine.request",
        compute="_compute_precedent_ids",
        groups=fields.NO_ACCESS,
        help="The last ones decided for the same account, the newest first.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_precedent_ids(self):
        """In one query, for all that are looked at."""
        newest = self._newest_decided(self.partner_id, self.company_id)
        for request in self:
            key = request.partner_id.id, request.company_id.id
            others = [id_ for id_ in newest.get(key, ()) if id_ != request._origin.id]
            request.precedent_ids = self.browse(others[:PRECEDENTS])

    @api.model
    def _newest_decided(self, partners, companies):
        """:return: {(partner id, company id): ids, the newest first}, of twelve months"""
        decided = self._search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "in", companies.ids),
                ("state", "not in", (request_state.DRAFT, request_state.PENDING)),
                ("decided_at", ">=", "today -365d"),
            ]
        )
        found = {}
        for id_, *key in self.env.execute_query(
            SQL(
                """
                SELECT id, partner_id, company_id FROM (
                    SELECT id, partner_id, company_id, row_number() OVER (
                               PARTITION BY partner_id, company_id ORDER BY decided_at DESC, id DESC) AS place
                      FROM approval_engine_request WHERE id IN %s) decided
                 WHERE place <= %s ORDER BY place
                """,
                decided.subselect(),
                PRECEDENTS + 1,  # one of them may be the request itself
            )
        ):
            found.setdefault(tuple(key), []).append(id_)
        return found

    def _change_sections(self):
        """What is held, old and new."""
        change = self.change if self.governed_key else None
        if not change or change["old"] == change["new"]:
            return []
        items = [
            self._evidence_item(*pair)
            for pair in self._diff_pairs(change["old"], change["new"])
        ]
        return [{"key": "change", "label": self.env._("Old → New"), "items": items}]

    def _precedent_sections(self):
        """What was decided for this account before, last twelve months."""
        if not self.partner_id:
            return []
        earlier = self.sudo().precedent_ids.with_env(self.env)
        items = [
            self._evidence_item(
                earlier_one.name,
                f"{earlier_one.currency_id.format(earlier_one.amount)} · {earlier_one._state_label()}"
                if earlier_one.amount
                else earlier_one._state_label(),
                earlier_one,
            )
            for earlier_one in earlier
        ]
        return (
            [{"key": "before", "label": self.env._("Decided Before"), "items": items}]
            if items
            else []
        )

    def _evidence_item(self, label, value, record=None):
        """:return: one line of evidence; ``record``: what proves it"""
        return {
            "label": label,
            "value": value if value is not None else "",
            "model": record._name if record else False,
            "id": record.id if record else False,
            "as_of": _iso(fields.Datetime.now()),
        }

    def _brief(self):
        """:return: [{"text", "model", "id"}]: sentences for the approver, each with what proves it"""
        return []


def _iso(moment):
    """:return: naive UTC as ISO 8601 with Z"""
    return moment.replace(microsecond=0).isoformat() + "Z"
