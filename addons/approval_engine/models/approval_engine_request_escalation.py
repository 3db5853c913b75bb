from odoo import fields, models

from ..policies import escalation, seats


class ApprovalEngineRequest(models.Model):
    """Asking more people while nobody decides. Those asked before stay asked; nothing is approved by it."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _escalate(self):
        """Carry out the levels whose time has come, each once per round."""
        self.ensure_one()
        now, done = fields.Datetime.now(), self._done_levels()
        _reminders, levels = self._clock_moments()
        moments = [moment for moment, _level in levels]
        known = [at for at, (_moment, level) in enumerate(levels) if level in done]
        found = escalation.happening(
            now, due=self.due_at or None, levels=moments, levels_done=known
        )
        rows = self.env["approval_engine.escalation_level"]
        for at in found.levels:
            self._escalate_to(rows.browse(levels[at][1]).exists())
            done.append(levels[at][1])
            known.append(at)
        self._write_guarded(
            {
                "levels_done": ",".join(map(str, done)),
                "escalate_at": escalation.next_level(moments, known) or False,
            }
        )

    def _escalate_to(self, level):
        """Ask those whom one level names, else the policy's owner."""
        wanted = {}
        for row in self.step_ids.filtered(lambda s: s.state == seats.PENDING):
            waiting = row.assignment_ids.filtered(
                lambda seat: seat.state == seats.PENDING
            ).user_id
            people = level._people_for(waiting) if level else waiting.browse()
            wanted[row.id] = self._able_people(people).ids
        self._seat_more(wanted, level._words() if level else "")

    def _ask_owner_too(self):
        """:return: whether the policy's owner has a seat that was not theirs before"""
        return bool(self._seat_more({}, self.env._("the deadline has passed")).added)

    def _seat_more(self, wanted, why):
        """Give further people a seat in the open steps, and tell them and those asked before.

        :param wanted: {id of the step: [user id]}
        """
        before = self._asked_now()
        result = escalation.escalate(
            self._steps_today(),
            wanted,
            owner_id=self.policy_id._able_owner(self.company_id).id or None,
            barred={self.requester_id.id} | self._spent_elsewhere(),
        )
        if result.added:
            self._write_steps(result.steps)
        self._tell_escalated(result, before, why)
        return result

    # ------------------------------------------------------------------ who may be asked in addition

    def _able_people(self, users):
        """:return: those of ``users`` who can open and decide a request of this company, in their order"""
        return users._able_to_approve(self.company_id)

    def _barred_ids(self):
        """:return: ids of those whom nobody can ask in addition: who asked it, and who is barred from any step"""
        return {self.requester_id.id, *self._bars(), *self._spent_elsewhere()}

    def _bars(self):
        """:return: {user id: why}: who is barred from a step, when it was laid or today"""
        rules = self.policy_id.step_ids
        facts = self._bar_facts(rules)
        then = {
            int(user): why
            for row in self.step_ids
            for user, why in (row.barred or {}).items()
        }
        return then | {
            user: why for rule in rules for user, why in rule._barred(facts).items()
        }

    # ------------------------------------------------------------------ saying so

    def _tell_escalated(self, result, before, why):
        users = self.env["res.users"]
        new = users.browse({user_id for _step, user_id in result.added})
        names = ", ".join(new.mapped("name"))
        self._tell(
            "approval.escalated",
            asked=new.mapped("login"),
            waited_for=before.mapped("login"),
            why=why or None,
        )
        line = self._escalation_line(names, before, result.owner)
        self.message_post(body=line)
        if not new:
            self._ask_to_step_in(self._who_mends(), line)
            return
        self._notify_inbox(before, reminder=self.display_name)
        self._mail_escalated(new, before)

    def _escalation_line(self, names, before, owner):
        waited = ", ".join(before.mapped("name")) or self.env._("nobody")
        if not names:
            return self.env._(
                "Nobody decided so far (asked: %(waited)s), and nobody else can be asked.",
                waited=waited,
            )
        if owner:
            return self.env._(
                "Nobody decided so far (asked: %(waited)s). %(names)s is asked too, as owner of the policy.",
                waited=waited,
                names=names,
            )
        return self.env._(
            "Nobody decided so far (asked: %(waited)s). Asked too: %(names)s.",
            waited=waited,
            names=names,
        )

    def _who_mends(self):
        """:return: who has to see to a request that nobody else can be asked about"""
        managers = self.env.ref("approval_engine.group_approval_manager").all_user_ids
        owner = self.policy_id.owner_id.filtered("active")
        return owner or self._able_people(managers).sorted("id")[:1]

    def _mail_escalated(self, new, before):
        """One mail to each: those asked in addition, and those who were asked before."""
        for user in new | before:
            shown = self._to_tell(user)
            if shown:
                self._mail(user, shown, self.browse(), reminder="escalated")
