from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import format_datetime

from ..policies.incidents import life
from ..policies.seeing.spoken import minutes_words
from ..tools.clock import utcnow

REPORT = "support_visibility.incident_report"


class SupportVisibilityIncidentReport(models.Model):
    """The incident on one page, for people who lead: what, when, whom, who was told what, why, and what we change."""

    _inherit = "support_visibility.incident"  # pylint: disable=consider-merging-classes-inherited

    def action_report(self):
        """:return: action that opens the executive report"""
        self.ensure_one()
        self._check_may_read_report()
        return {
            "type": "ir.actions.act_url",
            "url": f"/support/incident/{self.id}/report",
            "target": "new",
        }

    def _may_read_report(self):
        """Whoever reads incidents, and whoever this one names as stakeholder or leader, in their own companies."""
        self.ensure_one()
        if self.has_access("read"):
            return True
        incident = self.sudo()
        named = self.env.user in incident.stakeholder_ids | incident.commander_id
        return named and incident.company_id in self.env.user.company_ids

    def _check_may_read_report(self):
        if not self._may_read_report():
            raise AccessError(
                self.env._(
                    "This report is for support and for the stakeholders of the incident. Ask its leader to add you to "
                    "the stakeholders."
                )
            )

    def _report_values(self):
        """What the page shows, as plain values, in the language and zone of the reader.

        :raises AccessError: who asks may not read it; every door leads through here, paper too
        :return: ``{"sentence", "facts": [(label, text)], "hits": [{"account", "tier", "minutes", "words"}], "told",
            "timeline": [{"at", "kind", "by", "text"}], "is_reviewed"}``
        """
        self.ensure_one()
        self._check_may_read_report()
        incident = self.sudo()
        hits = incident._report_hits()
        entries = incident.entry_ids.sorted(lambda e: (e.at, e.id))
        lines = [incident._report_line(entry) for entry in entries]
        return {
            "incident": incident,
            "sentence": incident._report_sentence(hits, entries),
            "facts": incident._report_facts(),
            "hits": hits,
            "hit_words": minutes_words(sum(hit["minutes"] for hit in hits)),
            "told": [line for line in lines if line["key"] == "update"],
            "timeline": lines,
            "as_of": incident._report_moment(utcnow()),
        }

    def _report_hits(self):
        tiers = dict(
            self.env["res.partner"]
            ._fields["account_tier"]
            ._description_selection(self.env)
        )
        hits = self.hit_ids.sorted(
            lambda hit: (-hit.minutes, hit.account_id.name or "")
        )
        return [
            {
                "account": hit.account_id.display_name,
                "tier": tiers.get(hit.account_tier, ""),
                "strategic": hit.account_tier == "strategic",
                "minutes": hit.minutes,
                "words": minutes_words(hit.minutes),
            }
            for hit in hits
        ]

    def _report_line(self, entry):
        kinds = dict(entry._fields["kind"]._description_selection(self.env))
        return {
            "key": entry.kind,
            "at": self._report_moment(entry.at),
            "kind": kinds[entry.kind],
            "by": entry.by_user_id.name or "",
            "text": entry.text,
        }

    def _report_moment(self, moment):
        tz = self.env.user.tz or "UTC"
        return format_datetime(self.env, moment, tz=tz) if moment else ""

    def _report_sentence(self, hits, entries):
        end = self.resolved_at or utcnow()
        lasted = minutes_words(life.minutes_between(self.started_at or None, end))
        label = dict(self._fields["severity"]._description_selection(self.env))
        begun = self.env._(
            "%(severity)s. It lasted %(time)s and is over.",
            severity=label[self.severity],
            time=lasted,
        )
        if not self.resolved_at:
            begun = self.env._(
                "%(severity)s. It has lasted %(time)s and is not over.",
                severity=label[self.severity],
                time=lasted,
            )
        strategic = sum(hit["strategic"] for hit in hits)
        hit = self.env._("No account is known to be hit.")
        if hits:
            hit = self.env._(
                "Accounts hit: %(count)s, of them strategic: %(strategic)s; together without service for %(time)s.",
                count=len(hits),
                strategic=strategic,
                time=minutes_words(sum(found["minutes"] for found in hits)),
            )
        told = len(entries.filtered(lambda entry: entry.kind == "update"))
        heard = self.env._("Customers were not told yet.")
        if told:
            heard = (
                self.env._("Customers were told once.")
                if told == 1
                else self.env._("Customers were told %(count)s times.", count=told)
            )
        return " ".join((begun, hit, heard))

    def _report_facts(self):
        moments = (
            (self.env._("Started"), self.started_at),
            (self.env._("Noticed"), self.detected_at),
            (self.env._("Acknowledged"), self.acknowledged_at),
            (self.env._("Mitigated"), self.mitigated_at),
            (self.env._("Resolved"), self.resolved_at),
        )
        facts = [(label, self._report_moment(at) or "–") for label, at in moments]
        waited = minutes_words(self.mtta_minutes) if self.acknowledged_at else "–"
        mended = minutes_words(self.mttr_minutes) if self.resolved_at else "–"
        return facts + [
            (self.env._("Time to acknowledge (MTTA)"), waited),
            (self.env._("Time to resolve (MTTR)"), mended),
            (
                self.env._("Components"),
                ", ".join(self.component_ids.mapped("name")) or "–",
            ),
            (self.env._("Suspected release"), self.release or "–"),
            (self.env._("Leads"), self.commander_id.name or "–"),
            (self.env._("Tickets"), str(self.ticket_count)),
        ]
