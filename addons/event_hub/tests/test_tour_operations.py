"""Operations > Overview in a real browser."""

from odoo.tests import HttpCase, tagged

from odoo.addons.event_hub.models import event_hub_overview

from .common import HubCommon
from .common_outbox import HubCase


@tagged("post_install", "-at_install")
class TestOperationsTours(HubCommon, HubCase, HttpCase):
    def setUp(self):
        super().setUp()
        event_hub_overview._cache.clear()
        # No worker runs in a test, so each job would be overdue.
        self.patch(self.env.registry["event_hub.monitor"], "_check_jobs", lambda s: {})

    def test_the_overview_opens_what_it_counts(self):
        self.env["event_hub.endpoint"].create(
            {"name": "Outside", "url": "https://example.com/hook"}
        )
        self.rule(model="event_hub.event", code="pass", name="Tour rule")
        self._heard_and_processed(
            self._payment("INV-1"), self._payment("INV-2"), self._event("no.such_type")
        )
        self.react()
        self.start_tour("/odoo/hub-overview", "event_hub_overview", login="admin")

    def test_the_timeline_of_an_account_is_searched_filtered_and_read_on(self):
        for number in range(45):
            self.event(
                self.account, account_id=self.account.id, activity=f"Step {number}"
            )
        self.event(
            self.account,
            account_id=self.account.id,
            type="billing.paid",
            activity="<img src=x onerror=alert(1)>",
            attributes={"note": "</script><script>alert(1)</script>"},
        )
        url = f"/odoo/res.partner/{self.account.id}"
        self.start_tour(url, "event_hub_timeline", login="admin")

    def test_an_empty_hub_says_what_to_do_next(self):
        self.env.cr.execute("TRUNCATE event_hub_tally")
        self.start_tour("/odoo/hub-overview", "event_hub_overview_empty", login="admin")
