from odoo.tests import tagged, warmup

from .common import DocumentCase


@tagged("post_install", "-at_install")
class TestQueryCount(DocumentCase):
    """Ceilings: a decision must not get more expensive unnoticed."""

    @warmup
    def test_submitting(self):
        request = self._draft(
            self.stamp_type, res_model=self.document._name, res_id=self.document.id
        )
        self.env.flush_all()
        with self.assertQueryCount(36):
            request.action_submit()
            self.env.flush_all()

    @warmup
    def test_deciding(self):
        request = self._asked()
        self.env.flush_all()
        with self.assertQueryCount(20):
            self._approve(request, self.fred, option="red")
            self.env.flush_all()

    @warmup
    def test_a_wider_route_costs_no_more_queries_to_show(self):
        requests = self.env["approval_engine.request"].browse()
        for _index in range(10):
            requests += self._asked()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            requests.read(["sentence", "needs_me", "waiting_for", "route_data"])
