from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError, MissingError, UserError

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.policies.arguments import OBJECT, TEXT
from odoo.addons.event_hub.tools import gate, reaction
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import integrity

REFERENCES = {  # many2one fields of submit_request, with the field that names a record besides its id
    "type_id": "code",
    "partner_id": "account_code",
    "currency_id": "name",
    "company_id": "name",
    "beneficiary_id": "login",
}
MAX_ID = 2**31 - 1  # the largest id the database knows


class ApprovalEngineRequest(models.Model):
    """The door for programs: create and submit in one call, once per key."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @takes(vals=OBJECT, idempotency_key=TEXT)
    def submit_request(self, vals, idempotency_key):
        """Create and submit a request; the same key gives the same request.

        :param vals: the fields of a request. A record is its id, its XML id, a code (type), an account code
            (partner) or ``{"source": code, "external_id": …}``
        :return: {"id", "state", "created"}
        :raises ConflictError: (409) the key was used for other values
        """
        if (
            not isinstance(vals, dict)
            or not isinstance(idempotency_key, str)
            or not idempotency_key
        ):
            raise UserError(
                self.env._(
                    "submit_request needs vals (an object) and idempotency_key (a text)."
                )
            )
        self.check_access("create")
        clean = self._resolve_vals(vals)
        born = {
            "idempotency_key": idempotency_key,
            "idempotency_digest": integrity.digest(clean),
        }
        request, created = self._open_once(clean, born)
        if not created and request.idempotency_digest != born["idempotency_digest"]:
            raise ConflictError(
                self.env._(
                    "The idempotency key was used for %(request)s, with other values. Use a new key.",
                    request=request.display_name,
                )
            )
        return {"id": request.id, "state": request.state, "created": created}

    @api.model
    def _open(self, vals, requester, correlation=None, idempotency_key=None):
        """Create and submit in the name of ``requester``; the same key returns the same request."""
        model = (
            self.with_user(requester)
            .with_company(vals.get("company_id") or self.env.company)
            .sudo()
        )
        born = {"idempotency_key": idempotency_key} if idempotency_key else {}
        if correlation:
            born["correlation"] = correlation
        if reacting := reaction.current():
            born["rule_id"] = reacting.rule_id
        request, created = model._open_once(vals, born)
        if created:
            request._watch_as_rule_owner()
        return request.with_env(self.env)

    def _open_once(self, vals, born):
        """:return: (request, whether it is new)"""
        known = self._find_by_key(born.get("idempotency_key"))
        if known:
            return known, False
        try:
            with self.env.cr.savepoint():
                request = (
                    gate.admit(self.browse(), born).create([vals]).with_env(self.env)
                )
                self.env.flush_all()
        except UniqueViolation as error:
            # somebody used the key meanwhile: start over to see their request
            raise ConcurrencyError(
                f"idempotency key {born['idempotency_key']} is being used"
            ) from error
        request._without_defaults().sudo()._submit()
        return request, True

    def _find_by_key(self, key):
        if not key:
            return self.sudo().browse()
        return self.sudo().search(
            [("requester_id", "=", self.env.uid), ("idempotency_key", "=", key)]
        )

    # ------------------------------------------------------------------ records by name

    @api.model
    def _resolve_vals(self, vals):
        allowed = set(self._content_fields())
        unknown = sorted(set(vals) - allowed)
        if unknown:
            raise UserError(
                self.env._(
                    "A request has no field %(unknown)s. Fields: %(allowed)s.",
                    unknown=", ".join(map(str, unknown)),
                    allowed=", ".join(sorted(allowed)),
                )
            )
        clean = {name: self._resolve(name, value) for name, value in vals.items()}
        missing = sorted(name for name in ("name", "type_id") if not clean.get(name))
        if missing:
            raise UserError(
                self.env._("A request needs %(fields)s.", fields=", ".join(missing))
            )
        self._refuse_missing_subject(clean)
        return clean

    def _resolve(self, name, value):
        if name == "res_id" and not isinstance(value, int):
            return self._resolve_record(name, None, value).id
        if name not in REFERENCES or not value:
            return value
        model = self._fields[name].comodel_name
        if isinstance(value, int) and not isinstance(value, bool):
            return self._resolve_id(name, model, value).id
        return self._resolve_record(name, model, value).id

    def _resolve_id(self, name, model, value):
        """:return: the record of ``model`` with the id ``value``

        :raises MissingError: (404) there is none
        :raises AccessError: (403) the user may not see it
        """
        record = self.env[model].browse(value if 0 < value <= MAX_ID else ()).exists()
        if not record:
            raise MissingError(
                self.env._(
                    "There is no %(kind)s with the id %(id)s (%(field)s).",
                    kind=self._fields[name]._description_string(self.env),
                    id=value,
                    field=name,
                )
            )
        record.check_access("read")
        return record

    def _refuse_missing_subject(self, vals):
        model, record_id = self.env.get(vals.get("res_model") or ""), vals.get("res_id")
        if model is None or model._abstract or not record_id:
            return
        if not model.browse(record_id if 0 < record_id <= MAX_ID else ()).exists():
            raise MissingError(
                self.env._(
                    "There is no %(kind)s (%(model)s) with the id %(id)s (res_id).",
                    kind=model._description,
                    model=model._name,
                    id=record_id,
                )
            )

    def _resolve_record(self, name, model, value):
        """:return: the record that ``value`` names, of ``model`` if given

        :raises UserError: (422) there is none, or the user may not see it
        """
        if isinstance(value, dict):
            record = self._by_external_id(model, value)
        elif isinstance(value, str) and "." in value:
            record = self.env.ref(value, raise_if_not_found=False)
        elif isinstance(value, str) and model:
            record = self.env[model].search([(REFERENCES[name], "=", value)], limit=2)
        else:
            record = None
        if (
            not record
            or len(record) > 1
            or (model and record._name != model)
            or not record.has_access("read")
        ):
            raise UserError(
                self.env._(
                    "%(field)s: no record %(value)s, or not one you can see. Give an id, an XML id, a code, or "
                    '{"source": …, "external_id": …}.',
                    field=name,
                    value=value,
                )
            )
        return record

    def _by_external_id(self, model, value):
        domain = [
            ("source_id.code", "=", value.get("source")),
            ("external_id", "=", value.get("external_id")),
            ("company_id", "in", (*self.env.companies.ids, False)),
        ]
        if model:
            domain.append(("res_model", "=", model))
        link = self.env["event_hub.external_id"].sudo().search(domain, limit=1)
        return (
            self.env[link.res_model].browse(link.res_id).exists()
            if link and link.res_model in self.env
            else None
        )
