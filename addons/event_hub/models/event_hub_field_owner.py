from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import caches

OWNABLE = frozenset(
    "boolean char date datetime float html integer many2one monetary selection text".split()
)

STABLE = (
    caches.STABLE
)  # the default cache is emptied by writes as common as a currency's


@dataclass(frozen=True)
class Gate:
    """What one service user must not write on one model."""

    sources: frozenset[int]  # whom the user speaks for
    owners: dict[
        str, frozenset[int]
    ]  # field: the source whose word counts; empty: people


class EventHubFieldOwner(models.Model):
    """Whose word counts about a field: one source's, or that of people here.

    A service user of another source that writes the field changes nothing and leaves an
    ``event_hub.conflict``. People write as ever.
    """

    _name = "event_hub.field_owner"
    _inherit = ["event_hub.guarded", "event_hub.remembered"]
    _description = "Field Ownership"
    _hub_cache = STABLE
    _order = "model, field"
    _rec_name = "field_id"

    model_id = fields.Many2one(
        "ir.model",
        required=True,
        ondelete="cascade",
        domain=[("transient", "=", False), ("abstract", "=", False)],
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        required=True,
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('store', '=', True), ('ttype', 'in', ("
        + ", ".join(repr(kind) for kind in sorted(OWNABLE))
        + "))]",
    )
    model = fields.Char("Model Name", related="model_id.model", store=True)
    field = fields.Char("Field Name", related="field_id.name", store=True)
    source_id = fields.Many2one(
        "event_hub.source",
        "Owned By",
        ondelete="restrict",
        index=True,
        help="The system whose word counts. Empty: people here, so that no source may change it.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Counts for the sources of this company.",
    )
    owner_id = fields.Many2one(
        "res.users",
        "Decides Conflicts",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="set null",
    )
    active = fields.Boolean(default=True)

    _field_uniq = models.UniqueIndex(
        "(field_id, company_id)", "This field has an owner in this company already."
    )

    @api.constrains("field_id", "model_id", "source_id", "company_id")
    def _check_ownable(self):
        for owned in self:
            if owned.field_id.model_id != owned.model_id or not self._is_ownable(
                owned.model, owned.field
            ):
                raise ValidationError(
                    self.env._(
                        "%(field)s of %(model)s cannot be owned: choose a stored field of that model that holds one"
                        " value and that every user of the Event Hub may read.",
                        field=owned.field_id.field_description,
                        model=owned.model_id.name,
                    )
                )
            if owned.source_id and owned.source_id.company_id != owned.company_id:
                raise ValidationError(
                    self.env._(
                        "%(sender)s belongs to %(company)s, so it can own fields only there.",
                        sender=owned.source_id.name,
                        company=owned.source_id.company_id.name,
                    )
                )

    @api.model
    def _is_ownable(self, model, name):
        """A conflict shows both values to whoever reads conflicts, so a guarded field is none of its business."""
        field = self.env[model]._fields.get(name) if model in self.env else None
        return bool(
            field
            and field.store
            and field.type in OWNABLE
            and field.groups in (None, "", "base.group_user")
        )

    @api.model
    def _archive_unownable(self):
        """Archive what no longer counts, and tell who decided its conflicts; called by the upgrade.

        :return: what was archived
        """
        gone = (
            self.sudo()
            .search([("active", "=", True)])
            .filtered(lambda o: not self._is_ownable(o.model, o.field))
        )
        gone.active = False
        for user, owned in gone.grouped("owner_id").items():
            owned._tell_archived(user or self.env.ref("base.user_admin"))
        return gone

    def _tell_archived(self, user):
        names = ", ".join(
            f"{o.field_id.field_description} ({o.model}.{o.field})" for o in self
        )
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._("Fields that no source owns any more"),
            body=self.env._(
                "These fields can no longer be owned, as not every user of the Event Hub may read them and a conflict"
                " shows both values: %(names)s. Their ownership is archived; sources may write them like any user.",
                names=names,
            ),
        )

    @api.model
    @caches.remembered(cache=STABLE)
    def _gates(self):
        """:return: ``{user id: {model: Gate}}``; empty as long as no field has an owner

        Asked at every write of every model, so it is one look into memory.
        """
        owned = (
            self.sudo()
            .search_fetch(
                [("active", "=", True)], ["model", "field", "source_id", "company_id"]
            )
            .filtered(lambda o: self._is_ownable(o.model, o.field))
        )
        if not owned:
            return {}
        gates = {}
        sources = self.env["event_hub.source"].sudo().search([("active", "=", True)])
        for user, spoken in sources.grouped("user_id").items():
            by_model = owned.filtered(
                lambda o, spoken=spoken: o.company_id in spoken.company_id
            ).grouped("model")
            gates[user.id] = {
                model: Gate(
                    frozenset(spoken.ids),
                    {o.field: frozenset(o.source_id.ids) for o in fields_},
                )
                for model, fields_ in by_model.items()
            }
        return gates
