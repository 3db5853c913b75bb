from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..policies import governed
from ..tools.hidden import hidden_path


class ApprovalEngineGoverned(models.Model):
    """What cannot be governed is refused in words."""

    _inherit = "approval_engine.governed"  # pylint: disable=consider-merging-classes-inherited

    @api.constrains(
        "model_id",
        "mode",
        "hold_create",
        "hold_write",
        "hold_unlink",
        "hold_enter",
        "method_names",
        "field_ids",
        "line_field_ids",
        "domain",
        "type_id",
        "amount_field_id",
        "currency_field_id",
        "account_field_id",
    )
    def _check_governable(self):
        for governance in self:
            governance._check_model()
            governance._check_held()
            governance._check_fields()
            governance._check_methods()
            governance._check_domain()
            governance._check_type()

    def _check_model(self):
        model = self.env.get(self.model)
        if governed.is_never(self.model) or model is None:
            raise self._wrong(
                self.env._(
                    "%(model)s cannot be governed: the system, its users or the approvals themselves would stand "
                    "still. Choose a model of your business.",
                    model=self.model,
                )
            )
        if model._abstract or model._transient or not model._auto:
            raise self._wrong(
                self.env._("%(model)s keeps no records of its own.", model=self.model)
            )

    def _check_held(self):
        if not self.field_ids:
            raise self._wrong(
                self.env._("Name the fields an approval approves, at least one.")
            )
        if not self._held_words():
            raise self._wrong(
                self.env._(
                    "Say what is held: creating, changing fields, deleting, or buttons."
                )
            )
        if self.hold_enter and not self._leaves():
            raise self._wrong(self.env._("“Becoming Such a Record” needs a condition."))
        if self.mode == governed.CHANGE and not self.hold_write:
            raise self._wrong(
                self.env._("A change request needs fields whose change is held.")
            )

    def _check_fields(self):
        model = self.env[self.model]
        several = self.amount_field_id | self.currency_field_id | self.account_field_id
        for row in self.field_ids | several:
            field = model._fields.get(row.name)
            if row.model_id != self.model_id or field is None:
                raise self._wrong(
                    self.env._(
                        "%(field)s is no field of %(model)s.",
                        field=row.name,
                        model=self.model,
                    )
                )
        for row in self.field_ids:
            self._check_field(model._fields[row.name])
        lines = {
            model._fields[row.name].comodel_name
            for row in self.field_ids
            if row.ttype == governed.LINES
        }
        for row in self.line_field_ids:
            if row.model not in lines:
                raise self._wrong(
                    self.env._("%(field)s is no field of the lines.", field=row.name)
                )

    def _check_field(self, field):
        problem = governed.field_problem(
            kind=field.type,
            store=bool(field.store),
            inherited=field.inherited,
            has_inverse=bool(self._inverse_of(field)),
        )
        if problem:
            words = {
                governed.UNSTORED: self.env._(
                    "it belongs to another record, or is computed anew each time"
                ),
                governed.TWO_SIDED: self.env._("its other side could change it unseen"),
                governed.NOT_A_VALUE: self.env._("it holds no single value"),
            }[problem]
            raise self._wrong(
                self.env._(
                    "%(field)s (%(name)s) cannot be held: %(why)s.",
                    field=field._description_string(self.env),
                    name=field.name,
                    why=words,
                )
            )

    @api.model
    def _inverse_of(self, field):
        """:return: the stored many2one by which lines name their parent; None if there is none"""
        if field.type != governed.LINES or not field.inverse_name:
            return None
        inverse = self.env[field.comodel_name]._fields.get(field.inverse_name)
        whole = inverse is not None and inverse.store and inverse.type == "many2one"
        return inverse.name if whole else None

    def _check_methods(self):
        model = type(self.env[self.model])
        for name in self._methods():
            method = getattr(model, name, None)
            ours = hasattr(models.BaseModel, name) or name in model._fields
            private = name.startswith("_") or getattr(method, "_api_private", False)
            static = hasattr(method, "_api_model")
            if not callable(method) or ours or private or static:
                raise self._wrong(
                    self.env._(
                        "%(name)s is no button of %(model)s: name a public method that works on its records, such "
                        "as action_confirm. For creating, changing and deleting there are boxes to tick.",
                        name=name,
                        model=self.model,
                    )
                )

    def _check_domain(self):
        try:
            leaves = self._leaves()
            Domain(leaves).validate(self.env[self.model])
        except (ValueError, SyntaxError, TypeError, KeyError, RecursionError) as error:
            raise self._wrong(
                self.env._(
                    "The condition is no plain domain of %(model)s, such as %(example)s: %(why)s",
                    model=self.model,
                    example="[('state', '=', 'sale')]",
                    why=str(error)[:200],
                )
            ) from error
        self._refuse_hidden(leaves)

    def _refuse_hidden(self, leaves):
        hidden = hidden_path(self.env[self.model], leaves)
        if hidden:
            raise self._wrong(
                self.env._(
                    "the condition asks for %(path)s, which you may not read.",
                    path=hidden,
                )
            )

    def _check_type(self):
        if self.type_id.effect:
            raise self._wrong(
                self.env._(
                    "%(type)s carries out something of its own. Choose a type without effect.",
                    type=self.type_id.name,
                )
            )
        subject = self.type_id.subject_model
        if subject and (subject != self.model or self.hold_create):
            raise self._wrong(
                self.env._(
                    "%(type)s is about records of %(model)s only.",
                    type=self.type_id.name,
                    model=subject,
                )
            )

    def _wrong(self, why):
        return ValidationError(
            self.env._("Governance “%(name)s”: %(why)s", name=self.name or "", why=why)
        )
