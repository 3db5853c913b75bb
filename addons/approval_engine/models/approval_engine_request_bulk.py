from odoo import models
from odoo.exceptions import UserError

from odoo.addons.event_hub.policies.arguments import MAYBE_OBJECT, MAYBE_TEXT
from odoo.addons.event_hub.tools.arguments import takes

from ..const import APPROVE
from ..policies import bulk

BULK_MAX = 200  # requests approved in one go


class ApprovalEngineRequest(models.Model):
    """Approving several at once: one summary first, then each by itself."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def approve_summary(self):
        """What would be approved, before it happens.

        :return: {"count", "sums": [{"currency", "amount", "text"}], "types": [{"name", "count"}],
            "ready": [{"id", "name", "hash"}], "left_out": [{"id", "name", "why"}]}; ``hash`` is the fingerprint
            of what is asked, for ``approve_each``
        """
        requests = self._bulk()
        names = {request.id: request.name for request in requests}
        found = bulk.summarise(request._bulk_item() for request in requests)
        ready = requests.browse(found.ready)
        return {
            "count": len(ready),
            "sums": [self._sum_words(*pair) for pair in found.sums],
            "types": [
                {"name": kind.name, "count": len(members)}
                for kind, members in ready.grouped("type_id").items()
            ],
            "ready": [
                {"id": r.id, "name": r.name, "hash": r.content_hash} for r in ready
            ],
            "left_out": [
                {"id": key, "name": names[key], "why": self._left_out_words(code)}
                for key, code in found.left_out
            ],
        }

    @takes(comment=MAYBE_TEXT, seen=MAYBE_OBJECT)
    def approve_each(self, comment="", seen=None):
        """Approve each for itself: one that fails does not take the others with it.

        :param seen: {id: fingerprint} from ``approve_summary``; what changed since is refused
        :return: {"approved": [id], "failed": [{"id", "name", "why"}]}
        """
        comment = self._text("comment", comment)
        if seen is not None and not isinstance(seen, dict):
            raise UserError(self.env._("seen has to be an object {id: hash}."))
        approved, failed = [], []
        requests = self._bulk()
        requests._look_at_routes()
        for request in requests:
            wanted = (seen or {}).get(str(request.id)) if seen is not None else None
            why = request._approve_alone(comment, wanted)
            if why:
                failed.append({"id": request.id, "name": request.name, "why": why})
            else:
                approved.append(request.id)
        return {"approved": approved, "failed": failed}

    def _bulk(self):
        """:return: as ``_readable``, within what one call may do"""
        if len(self) > BULK_MAX:
            raise UserError(
                self.env._(
                    "%(count)s requests are too many for one go: choose at most %(max)s.",
                    count=len(self),
                    max=BULK_MAX,
                )
            )
        return self._readable()

    def _approve_alone(self, comment, wanted):
        """:return: why it could not be approved, or an empty text"""
        if wanted and wanted != self.content_hash:
            return self.env._("It was changed after you looked at it.")
        try:
            with self.env.cr.savepoint():
                self._decide(APPROVE, comment, None)
                self.env.flush_all()
        except UserError as error:
            self.env.invalidate_all()
            return str(error.args[0]) if error.args else str(error)
        return ""

    def _bulk_item(self):
        return bulk.Item(
            self.id,
            self.currency_id.name,
            self.amount,
            waits_for_me=self.needs_me,
            overdue=self.is_overdue,
            needs_option=bool(self.type_id.option_ids) and not self.option,
        )

    def _sum_words(self, currency, amount):
        found = self.env["res.currency"].search([("name", "=", currency)], limit=1)
        return {"currency": currency, "amount": amount, "text": found.format(amount)}

    def _left_out_words(self, code):
        return {
            bulk.NOT_MINE: self.env._("Does not wait for you."),
            bulk.OVERDUE: self.env._("Its deadline has passed."),
            bulk.NEEDS_OPTION: self.env._("Open it to choose what shall happen."),
        }[code]
