from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policies import event_run, throttle
from ..policies.event_run import DONE, OBSERVED, SKIPPED
from ..policies.governance import OBSERVE
from ..tools import reaction, trace


class EventHubReaction(models.AbstractModel):
    """Carries out one batch of runs: the actions of one rule, as one user, in one company."""

    _name = "event_hub.reaction"
    _description = "Carries out reactions"

    @api.model
    def _carry_out(self, runs):
        """Run the rule's actions once for all of ``runs`` whose conditions hold.

        :param runs: locked, due, of one rule, event actor and company, in order of events
        :raise Exception: whatever the actions raise; nothing of the batch is kept then
        """
        rule = runs[:1].automation_id.exists()
        if not rule or not rule.active:
            return runs._set_state(
                SKIPPED,
                error=self.env._("The rule was switched off or deleted before it ran."),
            )
        if rule.mode == OBSERVE:
            return self._observe(rule, runs)
        actor = self._actor(rule, runs)
        pairs = self._throttled(rule, self._pairs(rule, actor, runs))
        if pairs:
            self._run_actions(rule, actor, pairs)
            done = runs.browse([run.id for run, _event in pairs])
            done._set_state(
                DONE,
                attempts=done[0].attempts + 1,
                run_as_id=actor.id,
                error=False,
                next_try_at=False,
            )
        return runs

    def _observe(self, rule, runs):
        """Write down what would have been done, on what and as whom; nothing is carried out."""
        try:
            actor = self._actor(rule, runs)
        except UserError as nobody:
            note = self.env._("Would have failed. %(why)s", why=nobody)
            return runs._set_state(OBSERVED, note=note, error=False, next_try_at=False)
        pairs = self._throttled(rule, self._pairs(rule, actor, runs))
        seen = runs.browse([run.id for run, _event in pairs])
        seen._set_state(OBSERVED, run_as_id=actor.id, error=False, next_try_at=False)
        for run, event in pairs:
            run.write({"note": self._observed_note(rule, actor, run, event)})
        return runs

    def _observed_note(self, rule, actor, run, event):
        """:return: what the rule would have done about ``event``; no names of records: readers differ in rights"""
        names = rule.action_server_ids.mapped("name")
        if not names:
            return self.env._("Would have failed: the rule has no action.")
        if rule.model_name == event_run.ANY_MODEL:
            what = self.env._("the event %(type)s", type=event.type)
        else:
            what = self.env._(
                "%(model)s %(id)s", model=rule.model_id.name, id=run.res_id
            )
        return self.env._(
            "Would have run: %(actions)s. On: %(what)s. As: %(user)s.",
            actions=self.env._(", then ").join(names),
            what=what,
            user=actor.name,
        )

    # -------------------------------------------------------------------- how often

    def _throttled(self, rule, pairs):
        """Set aside the runs of cases for which the rule has run in its period already.

        :return: those of ``pairs`` that go on
        """
        if not rule.throttle_hours or not pairs:
            return pairs
        first, _repeated = throttle.one_per_case(
            throttle.Candidate(run.id, (run.res_model or "", run.res_id or 0))
            for run, _event in pairs
        )
        table = self.env["event_hub.throttle"].sudo()
        opened = table._take(rule, [c.case for c in first], fields.Datetime.now())
        going = {c.run_id for c in first if c.case in opened}
        late = [run.id for run, _event in pairs if run.id not in going]
        self.env["event_hub.run"].browse(late)._set_state(
            SKIPPED,
            error=self.env._(
                "Not run again: the rule runs once for each record in %(hours)g hours.",
                hours=rule.throttle_hours,
            ),
            next_try_at=False,
        )
        return [(run, event) for run, event in pairs if run.id in going]

    # --------------------------------------------------------------------- as whom

    def _actor(self, rule, runs):
        """:return: the user to run as: the event's actor, else the rule's owner

        :raise UserError: if neither may act in the company; unknown fails closed
        """
        company = runs[0].company_id
        users = [runs[0].actor_id.exists(), rule.owner_id]
        chosen = event_run.choose_actor(
            [self._person(user) for user in users], company.id or None
        )
        if chosen is None:
            raise UserError(
                self.env._(
                    "Nobody may run this: the event's actor (%(actor)s) and the rule's owner (%(owner)s) are missing,"
                    " archived or no users of company %(company)s. Set an active owner on the rule, then retry.",
                    actor=users[0].login or self.env._("none"),
                    owner=users[1].login or self.env._("none"),
                    company=company.name or self.env._("any"),
                )
            )
        return self.env["res.users"].browse(chosen.id)

    def _person(self, user):
        if not user or user._is_superuser():
            return None
        return event_run.Person(user.id, user.active, frozenset(user.company_ids.ids))

    def _acting_env(self, actor, company):
        """:return: environment with the actor's rights, language and zone, in one company"""
        context = {"lang": actor.lang, "tz": actor.tz}
        if company:
            context["allowed_company_ids"] = company.ids
        return self.env(user=actor.id, su=False, context=context)

    # --------------------------------------------------------------------- on what

    def _pairs(self, rule, actor, runs):
        """Set aside the runs whose conditions do not hold.

        :return: list of ``(run, event)`` to carry out, in order
        """
        events = runs.event_id.exists()
        fitting = events.filtered_domain(rule._hub_domain("event_domain", actor))
        records = self._records(rule, fitting)
        kept = records.filtered_domain(rule._hub_domain("filter_domain", actor))
        reasons = {
            "gone": self.env._("The event is no longer in the ledger."),
            "event": self.env._("The event does not meet the rule's event condition."),
            "record": self.env._("The record of the event no longer exists."),
            "filter": self.env._("The record does not meet the rule's condition."),
        }
        pairs, skipped = [], {}
        for run in runs:
            event = run.event_id
            record = records.browse(
                event.id if rule.model_name == event_run.ANY_MODEL else run.res_id
            )
            if event not in events:
                skipped.setdefault("gone", []).append(run.id)
            elif event not in fitting:
                skipped.setdefault("event", []).append(run.id)
            elif record not in records:
                skipped.setdefault("record", []).append(run.id)
            elif record not in kept:
                skipped.setdefault("filter", []).append(run.id)
            else:
                pairs.append((run, event))
        for key, ids in skipped.items():
            runs.browse(ids)._set_state(SKIPPED, error=reasons[key], next_try_at=False)
        return pairs

    def _records(self, rule, events):
        """:return: the records of the rule's model that ``events`` are about, in superuser mode"""
        if rule.model_name == event_run.ANY_MODEL:
            return events
        if rule.model_name not in self.env:
            raise UserError(
                self.env._(
                    "The model %(model)s of this rule is not installed.",
                    model=rule.model_name,
                )
            )
        return (
            self.env[rule.model_name]
            .sudo()
            .browse(dict.fromkeys(e.case_id for e in events))
            .exists()
        )

    # ---------------------------------------------------------------------- doing

    def _run_actions(self, rule, actor, pairs):
        env = self._acting_env(actor, pairs[0][0].company_id)
        events = (
            self.env["event_hub.event"]
            .sudo()
            .browse([event.id for _run, event in pairs])
        )
        ids = (
            events.ids
            if rule.model_name == event_run.ANY_MODEL
            else list(dict.fromkeys(e.case_id for e in events))
        )
        context = {
            "active_model": rule.model_name,
            "active_ids": ids,
            "active_id": ids[0],
        }
        actions = (
            env["ir.actions.server"]
            .browse(rule.action_server_ids.ids)
            .with_context(**context)
        )
        if not actions:
            raise UserError(
                self.env._(
                    "The rule %(rule)s has no action. Add one, then retry.",
                    rule=rule.name,
                )
            )
        with (
            trace.use(events._trace_map()),
            reaction.use(reaction.Reaction(rule.id, tuple(events.ids))),
        ):
            for action in actions:
                action.run()
            self.env.cr.flush()  # what was emitted is written here, so that it goes when this fails
