"""A headless Chromium, driven over its DevTools protocol."""

import json
import shutil
import subprocess
import tempfile
import time

import requests
import websocket
from saas_chromium import FLAGS
from street import eventually, free_port

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_SECONDS = 30
GLANCE = 0.05  # seconds between two looks at a page
STORED = "cookies,indexeddb,local_storage,service_workers,cache_storage"


class Browser:
    """One page. `problems` collects errors of the page's own code."""

    def __init__(self, width=1280, height=900):
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        assert program, f"none of {', '.join(PROGRAMS)} is installed"
        self.profile = tempfile.mkdtemp()
        port = free_port()
        self.process = subprocess.Popen(
            [
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                f"--remote-debugging-port={port}",
                "--remote-allow-origins=*",
                f"--user-data-dir={self.profile}",
                f"--window-size={width},{height}",
                *FLAGS,
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = eventually(
            lambda: self._page_of(port), "the browser starting", START_SECONDS
        )
        self._socket = websocket.create_connection(address, timeout=60)
        self._count = 0
        self.problems = []
        for domain in ("Page", "Runtime"):
            self.send(f"{domain}.enable")

    @staticmethod
    def _page_of(port):
        try:
            pages = requests.get(f"http://127.0.0.1:{port}/json", timeout=5).json()
        except (TimeoutError, requests.ConnectionError):
            return None
        return next(
            (page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page"),
            None,
        )

    def send(self, method, **parameters):
        self._count += 1
        self._socket.send(
            json.dumps({"id": self._count, "method": method, "params": parameters})
        )
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._count:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def _note(self, message):
        if message.get("method") == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(message["params"])[:1000])
        if (
            message.get("method") == "Runtime.consoleAPICalled"
            and message["params"]["type"] == "error"
        ):
            self.problems.append(json.dumps(message["params"]["args"])[:1000])

    def ask(self, expression):
        """The value of a JavaScript expression."""
        answer = self.send(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        return answer["result"].get("value")

    def open(self, url):
        self.send("Page.navigate", url=url)

    def forget(self, origin):
        """Be somebody new: logged in nowhere, nothing stored but the files in the cache."""
        self.open("about:blank")
        self.send("Network.clearBrowserCookies")
        self.send("Storage.clearDataForOrigin", origin=origin, storageTypes=STORED)
        self.problems.clear()

    def address(self):
        return self.ask("location.href")

    def text(self, selector="body"):
        return (
            self.ask(f"document.querySelector({json.dumps(selector)})?.innerText") or ""
        )

    def see(self, selector, words="", seconds=60):
        """Wait until an element is there that holds these words."""
        found = (
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".some(e => e.innerText.includes({json.dumps(words)}))"
        )
        eventually(
            lambda: self.ask(found),
            f"{selector!r} with {words!r} on {self.address()}",
            seconds,
            GLANCE,
        )
        time.sleep(0.2)  # let the page settle

    def miss(self, selector, seconds=60):
        """Wait until no such element is left."""
        gone = f"!document.querySelector({json.dumps(selector)})"
        eventually(lambda: self.ask(gone), f"{selector!r} going away", seconds, GLANCE)

    def click(self, selector, words=""):
        self.see(selector, words)
        self.ask(
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find(e => e.innerText.includes({json.dumps(words)})).click()"
        )

    def close(self):
        self._socket.close()
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.profile, ignore_errors=True)
