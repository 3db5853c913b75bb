from odoo.tests import tagged

from .common import AiCase


@tagged("post_install", "-at_install")
class TestErasure(AiCase):
    def test_a_suggestion_about_the_person_loses_its_words_and_keeps_its_figures(self):
        self.partner.email = "anna@borealis.example"
        other = self.env["res.partner"].create(
            {"name": "Ben", "comment": "<p>Anna works. The export fails.</p>"}
        )
        about, beside = self._suggest(self.partner), self._suggest(other)
        words, digest = beside.output, about.input_digest
        self.assertTrue(about.output and about.record_name)
        self.partner.hub_erase("file 117")
        self.env.invalidate_all()
        self.assertFalse(about.output or about.citations)
        self.assertEqual(about.record_name, "[erased]")
        self.assertEqual((about.input_digest, beside.output), (digest, words))
