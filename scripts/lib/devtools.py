"""A headless Chromium, driven through its DevTools protocol.

Needs websocket-client: run by the Python of the prepared environment.
"""

import base64
import contextlib
import json
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

from .errors import SetupError

START_SECONDS = 30
POLL_SECONDS = 0.2


@contextlib.contextmanager
def page(browser):
    """Yield a Page of a fresh browser with a profile of its own."""
    with tempfile.TemporaryDirectory(prefix="saas-browser-") as profile:
        process = subprocess.Popen(
            [
                browser,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            page_ = Page(_page_socket(Path(profile), process))
            yield page_
            page_.close()
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            time.sleep(POLL_SECONDS)  # its helpers still write to the profile


def _page_socket(profile, process):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            port = (profile / "DevToolsActivePort").read_text().split()[0]
            with urllib.request.urlopen(
                f"http://127.0.0.1:{port}/json", timeout=5
            ) as answer:
                targets = json.load(answer)
            return next(
                t["webSocketDebuggerUrl"] for t in targets if t["type"] == "page"
            )
        except (OSError, IndexError, StopIteration):
            time.sleep(POLL_SECONDS)
    raise SetupError("Chromium does not start", "try it by hand: chromium --headless")


class Page:
    """One tab. `problems` collects what its console reports as errors."""

    def __init__(self, url):
        self._socket = websocket.create_connection(url, timeout=60)
        self._number = 0
        self.problems = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def close(self):
        self._socket.close()

    def call(self, method, **params):
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self._notice(answer)

    def _notice(self, event):
        params = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details["text"]
            self.problems.append(text.splitlines()[0])
        elif event.get("method") == "Log.entryAdded":
            entry = params["entry"]
            if entry["level"] == "error":
                self.problems.append(f"{entry['text']} {entry.get('url', '')}".strip())

    def evaluate(self, expression):
        """The value of a JavaScript expression; promises are awaited."""
        result = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["text"])
        return result["result"].get("value")

    def size(self, width, height, phone=False):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)

    def open(self, url):
        self.call("Page.navigate", url=url)

    def wait_for(self, condition, seconds):
        """Whether a JavaScript condition became true in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(RuntimeError):  # between two pages
                if self.evaluate(f"Boolean({condition})"):
                    return True
            time.sleep(POLL_SECONDS)
        return False

    def forget_login(self):
        self.call("Network.clearBrowserCookies")

    def png(self):
        shot = self.call("Page.captureScreenshot", format="png")
        return base64.b64decode(shot["data"])
