from odoo import models

from .approval_engine_simulation import PAST

BUSIEST = 3  # people named in the result
HOUR = 3600


class ApprovalEngineSimulation(models.TransientModel):
    """What came of it, in figures and in words."""

    _inherit = "approval_engine.simulation"  # pylint: disable=consider-merging-classes-inherited

    def _as_json(self, figures, load, left_out):
        users = {user.id: user for user in self._users(load)}
        return {
            "simulation": self.id,
            "policy": self.policy_id.display_name,
            "days": self.days if self.source == PAST else False,
            "cases": figures.cases,
            "of": figures.cases + left_out.older,
            "looked_at": self.looked_at if self.source == PAST else figures.cases,
            "other_policy": left_out.other_policy,
            "automatic": figures.automatic,
            "automatic_share": _or_false(figures.automatic_share),
            "stuck": figures.stuck,
            "by_owner": figures.by_owner,
            "other_steps": figures.changed,
            "compared": figures.compared,
            "usual_seconds": _or_false(figures.waits),
            "usual_known": figures.waits_known,
            "added_seconds": _or_false(figures.added),
            "added_known": figures.added_known,
            "load": [
                {
                    "login": users[one.user_id].login,
                    "name": users[one.user_id].name,
                    "cases": one.cases,
                    "per_week": round(one.per_week, 2),
                    "real_cases": one.real_cases,
                    "real_per_week": round(one.real_per_week, 2),
                }
                for one in load
            ],
        }

    def _figures_json(self):
        """:return: the figures, and the result in words; see ``approval_engine.policy.simulate``"""
        words = (self.words or "").splitlines()
        return {**(self.figures or {}), "state": self.state, "words": words}

    def _users(self, load):
        return self.env["res.users"].sudo().browse([one.user_id for one in load])

    def _sentences(self, figures, load, left_out):
        """:return: [sentence], what matters most first"""
        looked = [self._looked_words()] if left_out.older else []
        if not figures.cases:
            return looked or [self._nothing_words(left_out)]
        found = [
            *looked,
            self._case_words(figures, left_out),
            self._stuck_words(figures),
            self._step_words(figures),
            *self._time_words(figures),
            self._load_words(load, figures),
        ]
        return [words for words in found if words]

    def _looked_words(self):
        return self.env._(
            "Looked at so far: %(count)s of %(total)s requests of the last %(days)s days, the oldest first.",
            count=self.looked_at,
            total=self.total,
            days=self.days,
        )

    def _nothing_words(self, left_out):
        if left_out.other_policy:
            return self.env._(
                "None of the %(count)s requests that were looked at falls under “Only If” of this policy.",
                count=left_out.other_policy,
            )
        return self.env._(
            "No request of type %(type)s was submitted in the last %(days)s days, so there is nothing to try this out "
            "on. Take more days, or cases of a sheet.",
            type=self.policy_id.type_id.name,
            days=self.days,
        )

    def _case_words(self, figures, left_out):
        values = {
            "cases": figures.cases,
            "automatic": figures.automatic,
            "percent": f"{100 * figures.automatic_share:.0f}",
        }
        words = self.env._(
            "%(cases)s cases: %(automatic)s (%(percent)s %%) would have needed nobody.",
            **values,
        )
        if left_out.other_policy:
            words += " " + self.env._(
                "%(count)s more do not fall under “Only If” of this policy.",
                count=left_out.other_policy,
            )
        return words

    def _stuck_words(self, figures):
        words = (
            self.env._("▲ %(count)s nobody could have decided.", count=figures.stuck)
            if figures.stuck
            else self.env._("Somebody could have decided each of them.")
        )
        if figures.by_owner:
            words += " " + self.env._(
                "In %(count)s of them only the policy's owner was left for a step.",
                count=figures.by_owner,
            )
        return words

    def _step_words(self, figures):
        if not figures.compared:
            return ""
        return self.env._(
            "%(changed)s of %(compared)s would have met other steps than they really did.",
            changed=figures.changed,
            compared=figures.compared,
        )

    def _time_words(self, figures):
        """Told of those where it is known; the rest is said to be unknown."""
        unknown = self.env._(
            "How long people would take is unknown: nobody asked here has decided anything in the last year."
        )
        if not figures.waits_known:
            return [unknown]
        words = [
            self.env._(
                "A decision would usually take %(time)s (known for %(known)s of %(cases)s; from what each person "
                "took in the last year).",
                time=self._duration(figures.waits),
                known=figures.waits_known,
                cases=figures.cases,
            )
        ]
        if figures.compared:
            words.append(self._added_words(figures))
        return words

    def _added_words(self, figures):
        if not figures.added_known:
            return self.env._(
                "Whether that is more or less than today is unknown: of none of them both times are known."
            )
        values = {
            "time": self._duration(abs(figures.added)),
            "known": figures.added_known,
        }
        if round(figures.added) > 0:
            return self.env._(
                "All in all people would wait %(time)s more than on the real routes (%(known)s cases).",
                **values,
            )
        if round(figures.added) < 0:
            return self.env._(
                "All in all people would wait %(time)s less than on the real routes (%(known)s cases).",
                **values,
            )
        return self.env._(
            "It would take as long as on the real routes (%(known)s cases).", **values
        )

    def _load_words(self, load, figures):
        busiest = [one for one in load if one.cases][:BUSIEST]
        if not busiest:
            return ""
        names = {user.id: user.name for user in self._users(busiest)}
        said = [
            self.env._(
                "%(name)s %(count)s a week",
                name=names[one.user_id],
                count=f"{one.per_week:.1f}",
            )
            + (
                self.env._(" (really %(count)s)", count=f"{one.real_per_week:.1f}")
                if figures.compared
                else ""
            )
            for one in busiest
        ]
        return self.env._("Asked most: %(people)s.", people=", ".join(said))

    def _duration(self, seconds):
        """:return: such as “5 h” or “3.2 days”"""
        if seconds < 60:
            return self.env._("less than a minute")
        if seconds < HOUR:
            return self.env._("%(count)s min", count=f"{seconds / 60:.0f}")
        if seconds < 48 * HOUR:
            return self.env._("%(count)s h", count=f"{seconds / HOUR:.1f}")
        return self.env._("%(count)s days", count=f"{seconds / 24 / HOUR:.1f}")


def _or_false(value):
    """XML-RPC carries no null; 0 is no unknown."""
    return False if value is None else round(value, 4)
