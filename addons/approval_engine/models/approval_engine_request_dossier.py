from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..policies import integrity, request_state

DECISION_FIELDS = (
    "sequence",
    "round",
    "step_name",
    "user_name",
    "user_login",
    "on_behalf_name",
    "on_behalf_login",
    "added_name",
    "added_login",
    "by_policy",
    "action",
    "option",
    "comment",
    "decided_at",
    "content_hash",
    "evidence_hash",
    "previous_hash",
    "hash",
)


class ApprovalEngineRequest(models.Model):
    """Everything about one decision on one sheet, for those who check it later."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def dossier(self):
        """What was asked, on what evidence, who decided, and whether the log of it is whole.

        Who may see the request gets it, each with the evidence they may see; times are UTC.

        :return: {"id", "request", "state", "outcome", "requester", "correlation", "submitted_at", "due_at",
            "decided_at", "executed_at", "content", "content_hash", "content_unchanged", "policy", "route",
            "evidence", "evidence_seen": [{"hash", "frozen_at", "whole", "seen_by": [number of the decision],
            "sections"}] of earlier decisions, "hold": why | false, "comments": [{"by", "at", "text"}],
            "changed_since": [text], "decisions": […], "chain": {"ok", "checked", "first_bad"}}
        """
        request = self._readable_one()
        bad, checked = self.env["approval_engine.decision"]._verify(request)
        moments = ("submitted_at", "due_at", "decided_at", "executed_at")
        return integrity.without_null(
            {
                "id": request.id,
                "request": request.name,
                "state": request.state,
                "outcome": request.outcome,
                "requester": request.requester_id.login,
                "correlation": request.correlation,
                **{name: _iso(request[name]) for name in moments},
                "content": request._content(),
                "content_hash": request.content_hash,
                "content_unchanged": request._content_digest() == request.content_hash,
                "policy": request.policy_snapshot,
                "route": self.preview_route() if request.step_ids else [],
                "evidence": self.evidence(),
                "evidence_seen": self._dossier_evidence(request),
                **request._dossier_talk(),
                "changed_since": request._diff_words(
                    (request.content_frozen or {}).get("subject"),
                    request._content().get("subject"),
                )
                if request.state in request_state.LIVE
                else [],
                "decisions": request._dossier_decisions(),
                "chain": {
                    "ok": not bad,
                    "checked": checked,
                    "first_bad": bad[0] if bad else False,
                },
            }
        )

    def _dossier_evidence(self, request):
        """:return: what those saw who decided before the evidence said something else; of it what the user may read"""
        kept = self.env["approval_engine.evidence"].sudo()
        seen = set(request.decision_ids.mapped("evidence_hash"))
        earlier = Domain("request_id", "=", request.id) & Domain(
            "hash", "in", sorted(seen - {request.evidence_hash})
        )
        return [
            {
                "hash": row.hash,
                "frozen_at": _iso(row.frozen_at),
                "whole": integrity.digest(row.packet) == row.hash,
                "seen_by": request.decision_ids.filtered(
                    lambda d, row=row: d.evidence_hash == row.hash
                )
                .sorted("sequence")
                .mapped("sequence"),
                "sections": self._shown_sections(row.packet["sections"]),
            }
            for row in kept.search(earlier, order="id")
        ]

    def _dossier_talk(self):
        """:return: why it is kept, and what was said beside questions and decisions"""
        posts = self.message_ids.filtered(
            lambda m: m.message_type in ("comment", "email")
        )
        return {
            "hold": self.hold_reason,
            "comments": [
                {
                    "by": post.author_id.name or post.email_from,
                    "at": _iso(post.date),
                    "text": html2plaintext(post.body or "").strip(),
                }
                for post in posts.sorted("id")
            ],
        }

    def _dossier_decisions(self):
        rows = self.decision_ids.sorted("sequence")
        return [
            {
                name: _iso(row[name]) if name == "decided_at" else row[name]
                for name in DECISION_FIELDS
            }
            for row in rows
        ]

    def dossier_labels(self):
        """:return: {"action": {code: label}, "state": {code: label}} for the sheet"""
        labels = self.env["approval_engine.decision"]._fields["action"]
        return {
            "action": dict(labels._description_selection(self.env)),
            "state": dict(self._fields["state"]._description_selection(self.env)),
        }

    def open_dossier_pdf(self):
        """:return: action that downloads the dossier as PDF

        :raises UserError: (422) the server cannot make one; the sheet prints from the browser, too
        """
        request = self._readable_one()
        self._refuse_without_pdf()
        return {
            "type": "ir.actions.act_url",
            "url": f"/approval_engine/dossier/{request.id}/pdf",
            "target": "download",
        }

    def _refuse_without_pdf(self):
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        if state in ("install", "broken"):
            raise UserError(
                self.env._(
                    "This server cannot make a PDF: the program wkhtmltopdf is missing or broken. Install wkhtmltopdf "
                    "0.12.6 with patched Qt on it; or open Print → Dossier and save that as PDF from the browser."
                )
            )

    def _dossier_pdf(self):
        """:return: bytes

        :raises UserError: (422) the server cannot make one
        """
        request = self._readable_one()
        self._refuse_without_pdf()
        body, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "approval_engine.report_dossier", request.ids
        )
        return body

    def _show(self):
        """:return: action that shows the request"""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def open_dossier_file(self):
        """:return: action that downloads the dossier as JSON"""
        request = self._readable_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/approval_engine/dossier/{request.id}",
            "target": "download",
        }


def _iso(moment):
    """:return: naive UTC as ISO 8601 with Z, False for none"""
    return moment.replace(microsecond=0).isoformat() + "Z" if moment else False
