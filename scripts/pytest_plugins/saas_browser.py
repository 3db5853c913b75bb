"""pytest plugin: one Chromium for all tours of a run, a new page without cookies for each.

To start a browser and to compile the scripts of the web client takes longer than most tours.
"""

import errno
import shutil
import signal
import subprocess
import time
from concurrent.futures import wait

import pytest
from saas_chromium import FLAGS

HOST = "127.0.0.1"
PATIENCE = 10  # seconds
BLANK = "about:blank"
OFFLINE = {
    **{"offline": True, "latency": 0},
    **{"downloadThroughput": 0, "uploadThroughput": 0},
}
STORED = "cookies,indexeddb,local_storage,service_workers,cache_storage"


class Chromium:
    """The process that the tours share, for as long as it lives."""

    process = port = profile = None

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def spared(self, children):
        """Odoo ends whatever process a class of tests left: all but this one."""
        return [
            one for one in children if not self.alive() or one.pid != self.process.pid
        ]

    def end(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)
        self.process = None


class SharedPage:
    """In front of Odoo's class of a browser: it opens its page in the shared one."""

    shared = None  # Chromium
    failure = None  # the exception of Odoo's browser

    def _chrome_start(self, user_data_dir, **switches):
        if self.shared.alive():
            shutil.rmtree(user_data_dir)
        else:
            self.shared.end()  # the profile of one that died by itself
            started = super()._chrome_start(user_data_dir, **switches)
            self.shared.process, self.shared.port = started
            self.shared.profile = user_data_dir
        self.user_data_dir = self.shared.profile
        return self.shared.process, self.shared.port

    def _spawn_chrome(self, cmd):
        *program, page = cmd
        return super()._spawn_chrome([*program, *FLAGS, page])

    def _ask_chrome(self, method, command):
        import requests

        address = f"http://{HOST}:{self.shared.port}/json/{command}"
        return requests.request(method, address, timeout=PATIENCE)

    def _open_websocket(self):
        import websocket

        self._page = self._ask_chrome("PUT", f"new?{BLANK}").json()
        address = self._page["webSocketDebuggerUrl"]
        socket = websocket.create_connection(
            address, enable_multithread=True, suppress_origin=True
        )
        socket.settimeout(0.01)
        return socket

    def stop(self):
        """Close the page and forget what it stored; the cache of files stays."""
        if self.sigxcpu_handler:
            signal.signal(signal.SIGXCPU, self.sigxcpu_handler)
        try:
            self._leave()
        except (self.failure, TimeoutError, OSError) as error:
            self._logger.warning("The browser is given up: %s", error)
            self.shared.end()

    def _leave(self):
        if not hasattr(self, "ws"):
            raise self.failure("it does not answer any more")
        self.screencaster.stop()
        self._websocket_request("Page.stopLoading")
        # what a page says while it is left must not meet the next test
        self._websocket_request("Network.emulateNetworkConditions", params=OFFLINE)
        self._websocket_request("Page.navigate", params={"url": BLANK})
        self._websocket_request(
            "Storage.clearDataForOrigin",
            params={"origin": self.test_case.base_url(), "storageTypes": STORED},
        )
        self._websocket_request("Network.clearBrowserCookies")
        wait(self._responses.values(), PATIENCE)
        self._result.cancel()
        self._ask_chrome("GET", f"close/{self._page['id']}")
        self.ws.close()
        self._wait_until_quiet()

    def _wait_until_quiet(self):
        """Workers outlive their page for a moment; a request of theirs must not meet the next test."""
        give_up = time.monotonic() + PATIENCE
        while any(
            target["url"].startswith(self.test_case.base_url())
            for target in self._ask_chrome("GET", "list").json()
        ):
            if time.monotonic() > give_up:
                raise TimeoutError("a worker of the page does not end")
            time.sleep(0.05)


def _sharing(common, shared):
    """:return: Odoo's class of a browser, made to open its page in the shared one"""
    told = {"shared": shared, "failure": common.ChromeBrowserException}
    return type("SharedBrowser", (SharedPage, common.ChromeBrowser), told)


def _unless_gone(close):
    """:return: Odoo's way to end a connection to a page, for pages that may hang up in the same moment

    Odoo looks whether it is open, then tells its thread to close it; in between the thread may have
    closed it because the page left.
    """

    def close_if_open(connection, code, reason=None):
        try:
            close(connection, code, reason)
        except OSError as error:
            if error.errno != errno.EBADF:
                raise

    return close_if_open


def _told_before(browser_js):
    """:return: Odoo's way to run a page, after all that the test did before was told over the bus

    Else it is told while the person logs in, and threads that listen would share the cursor of the log-in.
    """

    def run(test, *args, **kwargs):
        test.cr.flush()
        test.cr.postcommit.clear()
        return browser_js(test, *args, **kwargs)

    return run


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session):
    from odoo.tests import common

    from odoo.addons.bus.websocket import Websocket

    shared, process = Chromium(), common.psutil.Process
    stock = process.children
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(common, "ChromeBrowser", _sharing(common, shared))
        patch.setattr(Websocket, "close", _unless_gone(Websocket.close))
        patch.setattr(
            common.HttpCase, "browser_js", _told_before(common.HttpCase.browser_js)
        )
        patch.setattr(
            process, "children", lambda *args, **kw: shared.spared(stock(*args, **kw))
        )
        try:
            return (yield)
        finally:
            shared.end()
