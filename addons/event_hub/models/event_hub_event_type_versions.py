import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import schema_change
from ..tools import schemas
from .event_hub_event_type_version import CURRENT, DRAFT

_logger = logging.getLogger(__name__)
VERSIONED = {"version", "data_schema", "sample"}


class EventHubEventType(models.Model):
    """What the data of a type looked like in time: a change never refuses what was accepted.

    The type's own ``version``, ``data_schema`` and ``sample`` are those of the current
    version. A change under the same number, or with a higher one, may widen what is
    accepted; a new major version may do anything.
    """

    _inherit = "event_hub.event_type"

    version_ids = fields.One2many(
        "event_hub.event_type.version", "event_type_id", "Versions"
    )

    @api.model_create_multi
    def create(self, vals_list):
        event_types = super().create([self._parsed(vals) for vals in vals_list])
        self.env["event_hub.event_type.version"].sudo()._enter(event_types)
        return event_types

    def write(self, vals):
        vals = self._parsed(vals)
        if not VERSIONED & vals.keys():
            return super().write(vals)
        if not self.env.registry.ready:
            vals = self._without_breach(vals)
        result = super().write(vals)
        self._keep_versions()
        return result

    def _without_breach(self, vals):
        """:return: ``vals`` of a data file, without a schema that would refuse what this database accepts

        Somebody has widened a shipped type, or given it a new version: an upgrade must
        neither undo that nor fail for it.
        """
        event_types = self.filtered("version_ids")
        if all(not event_type._breach_of(vals) for event_type in event_types):
            return vals
        _logger.info(
            "%s: kept as changed here; the shipped schema would refuse what is accepted",
            ", ".join(self.mapped("code")),
        )
        return {name: value for name, value in vals.items() if name not in VERSIONED}

    def _breach_of(self, vals):
        found = schema_change.breaches(
            self.data_schema or None, vals.get("data_schema", self.data_schema) or None
        )
        version = vals.get("version", self.version)
        return not schema_change.may_take_over(self.version, version, bool(found))

    def _keep_versions(self):
        """Bring the rows of the versions in line with what these types say now."""
        versions = (
            self.env["event_hub.event_type.version"]
            .sudo()
            .search([("event_type_id", "in", self.ids)])
        )
        by_type = versions.grouped("event_type_id")
        for event_type in self:
            known = by_type.get(event_type, versions.browse())
            current = known.filtered(lambda v: v.state == CURRENT)
            if current:  # none while the type is being created
                event_type._take_over(current, known)

    def _take_over(self, current, known):
        """:param current: the version in force so far
        :param known: all versions of this type
        """
        self._check_change(current)
        if self.version == current.version:
            current._follow()
            return
        taken = known.filtered(lambda v: v.version == self.version)
        current._retire()
        if taken:
            taken._follow()
        else:
            current._enter(self)

    def _check_change(self, current):
        """:raise ValidationError: naming what would be refused, and the way out"""
        found = schema_change.breaches(
            current.data_schema or None, self.data_schema or None
        )
        if schema_change.may_take_over(current.version, self.version, bool(found)):
            return
        if not found:
            raise ValidationError(
                self.env._(
                    "%(type)s is at version %(version)s; a version cannot go back to %(wanted)s.",
                    type=self.code,
                    version=current.version,
                    wanted=self.version,
                )
            )
        raise ValidationError(
            self.env._(
                "This change of %(type)s would refuse data that version %(version)s accepts. %(places)s. Give it a new "
                "major version, such as %(major)s; events whose dataschema ends in /%(version)s are still judged by "
                "the old one.",
                type=self.code,
                version=current.version,
                places="; ".join(str(breach) for breach in found[: schemas.MAX_ERRORS]),
                major=schema_change.next_major(current.version),
            )
        )

    def _older_validators(self):
        """:return: ``{version: Validator}`` of what events may name besides the current version"""
        return {
            version.version: schemas.compile_schema(version.data_schema or None)
            for version in self.version_ids
            if version.state not in (DRAFT, CURRENT)
        }
