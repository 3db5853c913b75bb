from odoo import api, fields, http, models

from ..exceptions import ApprovalNeeded
from ..policies import content_diff, governed, request_state
from .approval_engine_governed_content import json_of


class ApprovalEngineRequest(models.Model):
    """What people read about what is held, and about what changed."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    waits_for_use = fields.Boolean(compute="_compute_waits_for_use")
    moved_words = fields.Char("Changed Since", compute="_compute_moved_words")

    @api.depends("governed_key")
    def _compute_waits_for_use(self):
        for request in self.sudo():
            request.waits_for_use = request._waits_for_use()

    @api.depends("state", "governed_key")
    def _compute_moved_words(self):
        """For those whose content is no longer what was submitted."""
        for request in self.sudo():
            live = request.governed_key and request.state in request_state.LIVE
            before = (request.content_frozen or {}).get("subject") if live else None
            now = request._subject_content() if before else None
            request.moved_words = bool(now) and "; ".join(
                request._diff_words(before, now)
            )

    # ------------------------------------------------------------------ words

    @api.model
    def _approval_needed(self, rule, records, operation, vals=(), touched=()):
        """:return: the exception that says what is held, and how to ask for it"""
        if self._is_stranger():  # a customer who signs, say, learns nothing from inside
            return ApprovalNeeded(self._stranger_words(), {})
        model = self.env[rule.model]
        names = ", ".join(
            f"{model._fields[name]._description_string(self.env)} ({name})"
            for name in sorted(touched)
        )
        what = self._operation_words(operation, rule.model)
        if names:
            what = self.env._("%(what)s %(fields)s", what=what, fields=names)
        record = records[:1].sudo()
        kind = (
            self.env["approval_engine.type"]
            .sudo()
            .search([("code", "=", rule.type_code)], limit=1)
        )
        message = self.env._(
            "%(record)s: %(what)s needs an approval (%(type)s; %(rule)s). %(how)s",
            record=record.display_name if record else model._description,
            what=what,
            type=kind.name or rule.type_code,
            rule=rule.name,
            how=self._how_words(rule, record, operation),
        )
        try:
            values = json_of(vals) if isinstance(vals, dict) else {}
        except TypeError:  # the web client cannot ask for it then
            values = {}
        ask = {
            "model": rule.model,
            "ids": records.ids,
            "operation": operation,
            "values": values,
        }
        return ApprovalNeeded(message, ask)

    @api.model
    def _is_stranger(self):
        """:return: whether nobody from inside does this; pages of the portal act as the superuser"""
        env = http.request.env if http.request else self.env
        return bool(env.user.share)

    @api.model
    def _stranger_words(self):
        return self.env._(
            "This has to be approved at %(company)s first, so nothing was changed. Please try again later, or ask "
            "your contact there.",
            company=self.env.company.name,
        )

    def _how_words(self, rule, record, operation):
        asked = self.sudo()._open_for(rule, record, operation)[:1]
        if asked and record:
            words = {
                request_state.DRAFT: self.env._(
                    "“%(request)s” asks for it, but is not submitted yet."
                ),
                request_state.PENDING: self.env._(
                    "“%(request)s” asks for it and waits for %(steps)s."
                ),
            }.get(
                asked.state,
                self.env._(
                    "“%(request)s” was approved for something else. Ask for an approval of this."
                ),
            )
            return words % {"request": asked.name, "steps": asked.waiting_for or "?"}
        return self.env._(
            "Ask for it: “Ask for Approval” here, or action_request_approval with operation “%(operation)s”.",
            operation=operation,
        )

    @api.model
    def _operation_words(self, operation, model=None):
        names = {
            governed.CREATE: self.env._("Creating"),
            governed.WRITE: self.env._("Changing"),
            governed.UNLINK: self.env._("Deleting"),
        }
        if operation in names:
            return names[operation]
        return (operation or "").removeprefix("action_").replace("_", " ").capitalize()

    def _diff_words(self, old, new):
        """:return: a sentence per value that differs"""
        return [": ".join(pair) for pair in self._diff_pairs(old, new)]

    def _diff_pairs(self, old, new):
        """:return: [(what differs, how)] as people read it"""
        return [
            self._change_pair(one) for one in content_diff.diff(old or {}, new or {})
        ]

    def _change_words(self, one):
        return ": ".join(self._change_pair(one))

    def _change_pair(self, one):
        model = self.env.get((self.change or {}).get("model") or self.res_model or "")
        label = self._label_of(model, one.field)
        if one.kind != content_diff.CHANGED:
            return label, self._line_words(self._line_model(model, one.field), one)
        if one.line_field:
            model = self._line_model(model, one.field)
            line = model.sudo().browse(int(one.line)).exists()
            name = line.display_name if line else one.line
            label = f"{label} {name}, {self._label_of(model, one.line_field)}"
        name = one.line_field or one.field
        shown = [self._shown_of(model, name, value) for value in (one.old, one.new)]
        return label, " → ".join(shown)

    def _line_words(self, model, one):
        values = ", ".join(
            self._shown_of(model, name, value)
            for name, value in sorted((one.new or one.old).items())
            if value not in (None, False)
        )
        if one.kind == content_diff.ADDED:
            return self.env._("new line %(values)s", values=values)
        return self.env._("line removed (%(values)s)", values=values)

    def _label_of(self, model, name):
        for known in (model, self):
            if known is not None and name in known._fields:
                return known._fields[name]._description_string(self.env)
        return name

    def _line_model(self, model, name):
        return self.env[model._fields[name].comodel_name]

    def _shown_of(self, model, name, value):
        """:return: a value of the content as people read it"""
        if value is None or value is False:
            return self.env._("nothing") if value is None else self.env._("no")
        if value is True:
            return self.env._("yes")
        field = model._fields.get(name) if model is not None else None
        if field is not None and field.type == "many2one":
            record = self.env[field.comodel_name].sudo().browse(value).exists()
            return record.display_name if record else f"{value}"
        if field is not None and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, str(value))
        return str(value)
