"""Secrets in files and settings of odoo.conf, while somebody changes them under a running server."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..tools import outside_secret, settings


@tagged("post_install", "-at_install")
class TestOutsideSecret(BaseCase):
    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.patch(settings, "secrets_dir", lambda: str(self.folder))

    def test_a_file_put_in_the_place_of_another_is_read_though_it_looks_the_same(self):
        secret, new = self.folder / "billing", self.folder / "new"
        secret.write_text("first-secret")
        self.assertEqual(outside_secret.live("file", "billing"), ["first-secret"])
        stamp = secret.stat()
        new.write_text("other-secret")
        os.utime(new, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        new.rename(secret)
        self.assertEqual(outside_secret.live("file", "billing"), ["other-secret"])

    def test_a_file_is_read_however_an_editor_wrote_it(self):
        for number, (content, live) in enumerate(
            (
                (
                    b"\xef\xbb\xbfsecret-one\r\nsecret-two\r\n",
                    ["secret-one", "secret-two"],
                ),
                (b"\n\n secret-one \n", ["secret-one"]),
                (b"\xff\xfe\x00", []),
                (b"", []),
            )
        ):
            (self.folder / f"s{number}").write_bytes(content)
            self.assertEqual(outside_secret.live("file", f"s{number}"), live)

    def test_a_half_written_odoo_conf_takes_nothing_away(self):
        conf = self.folder / "odoo.conf"
        whole = "[event_hub]\nallow_hosts = 127.0.0.1:9000\n"
        conf.write_text(whole)
        self.patch(settings, "_cache", None)
        with patch.object(settings, "config", {"config": str(conf)}):
            self.assertEqual(settings.allow_hosts(), {"127.0.0.1:9000"})
            conf.write_text("[event_hub\nallow")
            with mute_logger("odoo.addons.event_hub.tools.settings"):
                self.assertEqual(settings.allow_hosts(), {"127.0.0.1:9000"})
            conf.write_text(whole.replace("9000", "9001"))
            self.assertEqual(settings.allow_hosts(), {"127.0.0.1:9001"})
