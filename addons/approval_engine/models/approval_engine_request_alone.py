import logging

from odoo import api, models
from odoo.exceptions import ConcurrencyError, LockError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class ApprovalEngineRequest(models.Model):
    """How Scheduled Actions go over requests: one at a time, none in the way of those behind it."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _each_alone(self, domain, order, limit, method):
        """Call ``method`` on each request in a transaction of its own.

        :return: whether there is time left for more
        """
        for request in self.search(domain, limit=limit, order=order):
            locked = request.try_lock_for_update(
                allow_referencing=True
            ).filtered_domain(domain)
            if locked:
                locked._unless_it_fails(method)
            if not self.env["ir.cron"]._commit_progress(1):
                return False
        return True

    def _unless_it_fails(self, method):
        """One request that cannot be handled does not hold up those behind it."""
        try:
            with self.env.cr.savepoint():
                getattr(self, method)()
                self.env.flush_all()
        except (LockError, ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            self.env.invalidate_all()  # somebody works on it right now: next time
        except Exception:
            # whatever it ran into is undone and told in the log; the requests behind it go on
            self.env.invalidate_all()
            _logger.exception("Approval requests %s: %s failed", self.ids, method)
