from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.event_hub.exceptions import ConflictError

from ..policies import content_diff, governed, request_state
from ..tools import passages


class ApprovalEngineRequest(models.Model):
    """Changes that wait for their approval, and what becomes of approvals whose content is another."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ changes that wait

    @api.model
    def _keep_change(self, unmet, values):
        """Make a request of a change that is held, in the name of who tried it."""
        rule = unmet.judged.rule
        if self.env.uid == SUPERUSER_ID:
            record = unmet.judged.records.browse(unmet.id)
            raise self._approval_needed(rule, record, governed.WRITE)
        record = self.env[rule.model].browse(unmet.id)
        real = self.with_env(self.env(context={})).sudo()
        change = real._change_json(rule, values, unmet.old, unmet.new)
        change["su"] = unmet.judged.records.env.su
        for request in real._open_for(rule, record, governed.WRITE):
            if request._asks_the_same(change):
                return
        vals = real._vals_for(rule, record, governed.WRITE, change, "")
        born = {
            "governed_key": rule.key,
            "operation": governed.WRITE,
            "change": change,
        }
        request, _new = real._open_once(vals, born)
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Waits for an approval"),
                "message": self.env._(
                    "%(record)s keeps its values until “%(request)s” is approved.",
                    record=record.sudo().display_name,
                    request=request.name,
                ),
            },
        )

    def _apply_change(self):
        """Write what was approved, with the rights of who asked; anything else that comes of it undoes it."""
        change = self.change
        env = self.env(user=self.requester_id.id, su=change["su"], context={})
        record = env[change["model"]].browse(self.res_id).with_company(self.company_id)
        governances = self.env["approval_engine.governed"]
        with passages.through(record):
            record.write(change["values"])
            self.env.flush_all()
            found = governances._contents_of(change["fields"], change["lines"], record)
        if not content_diff.same_result(change["new"], found[record.id], change["old"]):
            raise UserError(
                self.env._(
                    "%(record)s would not become what was approved. Nothing was changed.",
                    record=record.sudo().display_name,
                )
            )
        self._keep_result(self.res_id, found[record.id])
        return self.env._(
            "Changed as approved: %(changes)s.",
            changes="; ".join(self._diff_words(change["old"], change["new"])),
        )

    # ------------------------------------------------------------------ content

    def _content(self):
        content = super()._content()
        if not self.governed_key:
            return content
        change = self.change
        return {
            **content,
            "governed": self.governed_key,
            "operation": self.operation,
            "change": {name: change[name] for name in ("values", "new")},
            "subject": self._subject_content(),
        }

    def _subject_content(self):
        """:return: the governed values of the record now; None without one"""
        change, subject = self.change, self._subject()
        if self.operation == governed.CREATE or not subject:
            return None
        found = self.env["approval_engine.governed"]._contents_of(
            change["fields"], change["lines"], subject
        )
        return found[subject.id]

    def _check_complete(self):
        if self.governed_key:
            self._settle_governed()
        return super()._check_complete()

    def _settle_governed(self):
        """A draft is submitted for what the record is now."""
        rule = self.env["approval_engine.governed"]._rule_of(
            self.governed_key, self.change["model"]
        )
        change, now = self.change, self._subject_content()
        if rule is None or list(rule.fields) != change["fields"]:
            raise ConflictError(
                self.env._(
                    "%(request)s: what is held here was changed since. Ask for it anew.",
                    request=self.display_name,
                )
            )
        if now is None or self.operation == governed.CREATE:
            return
        if self.operation == governed.WRITE and now != change["old"]:
            raise ConflictError(
                self.env._(
                    "%(request)s: the record was changed since (%(changes)s). Ask for it anew.",
                    request=self.display_name,
                    changes="; ".join(self._diff_words(change["old"], now)),
                )
            )
        if now != change["old"]:
            change = {**change, "old": now, "new": now}
            self._write_guarded({"change": change})
        self._write_at_stake(rule, change)

    def _write_at_stake(self, rule, change):
        plain = self.env["approval_engine.governed"]._plain(self._subject())
        stake = self._at_stake(rule, plain, self.company_id, change, self.type_id)
        self._write_guarded(stake)

    @api.model
    def _void_moved(self, model, ids):
        """Ask anew for what is another than what was asked, or approved.

        Who works on a request right now comes first: its content is compared again before anything is done.
        """
        domain = (
            Domain("governed_key", "!=", False)
            & Domain("res_model", "=", model)
            & Domain("res_id", "in", ids)
            & Domain("state", "in", tuple(request_state.LIVE))
        )
        found = self.search(domain).filtered(lambda r: not r._is_kept_change())
        for request in found.try_lock_for_update(allow_referencing=True):
            request._void_if_moved()

    def _void_if_moved(self, rule=None):
        """:param rule: as it is now, where somebody asks anew"""
        if rule and self.change["fields"] != list(rule.fields):
            self._lapse(self.env._("What is held here was changed; ask for it anew."))
            return
        now = self._subject_content()
        if now is None or self._content_digest() == self.content_hash:
            return
        if self.operation == governed.WRITE:
            if (
                not self._is_kept_change()
            ):  # old values were shown: not asked for other ones
                self._lapse(self._moved_words())
            return
        rule = self.env["approval_engine.governed"]._rule_of(
            self.governed_key, self.change["model"]
        )
        change = {**self.change, "old": now, "new": now}
        self._write_guarded({"change": change})
        if rule is not None:
            self._write_at_stake(rule, change)
        self._reopen(self.env._("What it is about was changed."), keep=True)
