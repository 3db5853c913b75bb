from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT, id_of
from odoo.addons.event_hub.tools.arguments import takes

from ..tools.clock import utcnow

DAYS = 90  # looked back at, unless a period is given
YEARS = range(1970, 2200)  # periods around them stay within what dates can say
KEYS = ("cycle", "escalations", "breaches", "friction", "stalled")


class SupportVisibilityTicketQuestions(models.Model):
    """The five questions a support organisation should be able to answer at any time."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @takes(
        date_from=MAYBE_TEXT,
        date_to=MAYBE_TEXT,
        definition_id=id_of("process_intelligence.definition", optional=True),
    )
    def questions(self, date_from=None, date_to=None, definition_id=None):
        """Five answers in words, with their numbers and the records behind them.

        :param str date_from: first day, ``YYYY-MM-DD``, UTC. Tickets: 90 days before the last day by default. Logs: all
        :param str date_to: last day; today by default. Logs: their end, which then stands for now
        :param definition_id: answer from this process and its imported logs instead of the tickets of this database
        :return: ``[{"key", "question", "answer", "figures": [{"label", "value", "unit", "count", "model", "domain"}],
            "model", "domain", "missing": [sentence]}]``, always five, in one order: ``cycle, escalations, breaches,
            friction, stalled``. ``count`` is how many records (of a log: cases) the domain opens, ``value`` the number
            that is told, ``missing`` names what no source tells. What is not known is not guessed
        :raises AccessError: no right to read tickets, or the process
        :raises ValidationError: a day that is none, or a period that ends before it begins
        """
        self.check_access("read")
        since, until = self._question_period(date_from, date_to)
        asked = {
            "cycle": self.env._("Which types take the longest to resolve?"),
            "escalations": self.env._(
                "Which escalations come from missing data rather than technical depth?"
            ),
            "breaches": self.env._("Where do broken promises begin?"),
            "friction": self.env._(
                "Which segments meet friction again and again, in onboarding, support and renewal?"
            ),
            "stalled": self.env._("Which cases stand still now?"),
        }
        if definition_id:
            source = self.env["support_visibility.questions_log"]
            found = source._answers(definition_id, since, until)
        else:
            until = until or utcnow().replace(microsecond=0)
            since = since or until - timedelta(days=DAYS)
            source = self.env["support_visibility.questions_desk"]
            found = source._answers(since, until)
        return [
            {"key": key, "question": asked[key], **_whole(found[key])} for key in KEYS
        ]

    @api.model
    def questions_sources(self):
        """:return: ``[{"id", "name"}]``, the processes with imported logs that the user may ask about"""
        self.check_access("read")
        definitions = self.env["process_intelligence.definition"]
        if not definitions.has_access("read"):
            return []
        found = definitions.search_fetch([("source", "=", "log")], ["name"])
        return [{"id": each.id, "name": each.name} for each in found]

    @api.model
    def _question_period(self, date_from, date_to):
        """:return: (first instant, last instant), naive UTC; None where nothing was said"""
        since = self._question_day(date_from, "date_from", time.min)
        until = self._question_day(date_to, "date_to", time.max.replace(microsecond=0))
        if since and until and until < since:
            raise ValidationError(
                self.env._(
                    "The period ends (%(to)s) before it begins (%(from)s). Swap the days.",
                    **{"from": date_from, "to": date_to},
                )
            )
        return since, until

    @api.model
    def _question_day(self, text, name, of_day):
        if not text:
            return None
        try:
            day = datetime.combine(datetime.strptime(text, "%Y-%m-%d"), of_day)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "%(name)s: %(text)s is not a day such as 2026-03-31.",
                    name=name,
                    text=text[:40],
                )
            ) from error
        if day.year not in YEARS:
            raise ValidationError(
                self.env._(
                    "%(name)s: %(text)s is out of reach. Give a day from %(first)s-01-01 to %(last)s-12-31.",
                    name=name,
                    text=text[:40],
                    first=YEARS[0],
                    last=YEARS[-1],
                )
            )
        return day


def _whole(found):
    first = next(iter(found["figures"]), {})
    return {
        "model": first.get("model", False),
        "domain": first.get("domain", []),
        **found,
    }
