from odoo import models
from odoo.fields import Domain

from odoo.addons.event_hub.policies.arguments import MAYBE_OBJECT
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies import quality
from ..policies.quality import Part
from ..tools import questions, questions_quality


class ProcessIntelligenceAskingQuality(models.AbstractModel):
    """How far the data of a process can be trusted."""

    _name = "process_intelligence.asking_quality"
    _inherit = ["process_intelligence.asking"]
    _description = "Data Quality of a Process"

    @takes(filters=MAYBE_OBJECT)
    def quality(self, filters=None):
        """What is complete in the data of the chosen cases, in percent of their events.

        ``case``: events of this kind that belong to a case (whatever the filters). ``actor``: those that say who.
        ``time``: those whose time is not in the future. ``code``: those that say why (an attribute ``code``,
        ``…_code`` or ``…reason_class``), of the activities that ever do. ``tied_share``: those at the same time as
        the next of their case, whose order is only that of arrival. Of the ledger only: ``late_share``: recorded
        more than an hour after they happened (imported past aside); ``unmatched_share``: those without account.

        :param filters: see ``policies/filters.py``
        :return: each of these, false where there is nothing to judge; ``counts`` ``{key: [so many, of so many]}``;
            ``words`` ``[{"key", "good", "text"}]``, one sentence each
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed = definition._parsed(filters)
        parts = list(definition._quality_parts(parsed, definition._relations()))
        return {**quality.answer(parts), "words": definition._quality_words(parts)}

    def _quality_parts(self, filters, relations):
        ledger = self.source == "ledger"
        [row] = self.env.execute_query(
            questions_quality.counts(relations, filters, ledger, const.LATE_SECONDS)
        )
        found = questions_quality.Counts(*row)
        yield self._case_part(found.events)
        yield Part("actor", found.with_actor, found.events)
        yield Part("time", found.in_time, found.events)
        yield quality.code_part(
            self.env.execute_query(
                questions_quality.codes(relations, filters, self._rows())
            )
        )
        yield Part("tied_share", found.tied, found.events)
        yield Part("late_share", found.late or 0, found.judged or 0)
        yield Part(
            "unmatched_share", found.unmatched or 0, found.events if ledger else 0
        )

    def _case_part(self, events):
        if self.source != "ledger":
            return Part("case", events, events)
        [[of_cases, _cases]] = self.env.execute_query(questions.totals_of(self._rows()))
        domain = Domain("case_type", "=", self.case_type) & Domain(
            "case_id", "=", False
        )
        if self.company_id:
            domain &= Domain("company_id", "=", self.company_id.id)
        of_none = self.env["event_hub.event"].search_count(domain)
        return Part("case", of_cases, of_cases + of_none)

    def _quality_words(self, parts):
        return [
            {
                "key": part.key,
                # More of these is worse.
                "good": part.share == 0
                if part.key.endswith("_share")
                else part.share == 100,
                "text": self._quality_sentence(part),
            }
            for part in parts
            if part.share is not None
        ]

    def _quality_sentence(self, part):
        words = {"count": part.good, "of": part.of, "share": f"{part.share:g}"}
        return {
            "case": lambda: self.env._(
                "%(count)s of %(of)s events belong to a case (%(share)s %%).", **words
            ),
            "actor": lambda: self.env._(
                "%(count)s of %(of)s events say who did it (%(share)s %%).", **words
            ),
            "time": lambda: self.env._(
                "%(count)s of %(of)s events have a time that is not in the future (%(share)s %%).",
                **words,
            ),
            "code": lambda: self.env._(
                "%(count)s of %(of)s events that should say why do so (%(share)s %%).",
                **words,
            ),
            "tied_share": lambda: self.env._(
                "%(count)s of %(of)s events happened at the same time as the next one of their case (%(share)s %%).",
                **words,
            ),
            "late_share": lambda: self.env._(
                "%(count)s of %(of)s events were recorded more than an hour after they happened (%(share)s %%).",
                **words,
            ),
            "unmatched_share": lambda: self.env._(
                "%(count)s of %(of)s events belong to no known customer (%(share)s %%).",
                **words,
            ),
        }[part.key]()
