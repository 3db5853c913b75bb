"""One Odoo server process: start, wait until it answers, stop."""

import ctypes
import http.client
import os
import signal
import subprocess
import time

from . import paths
from .errors import SetupError

ANSWER_SECONDS = 180  # a first start compiles Odoo's Python files
STOP_SECONDS = 12
KEEP_LOG_BYTES = 20 * 2**20
PR_SET_PDEATHSIG = 1


class Server:
    """Odoo in its own process group; it ends when this process does, however that ends."""

    def __init__(self, ready, port, log):
        self.port = port
        self.log = log
        if log.exists() and log.stat().st_size > KEEP_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with open(log, "a") as handle:
            self._process = ready.popen(
                ready.odoo_command(),
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
                cwd=paths.ROOT,
            )

    @property
    def pid(self):
        return self._process.pid

    def wait_until_it_answers(self):
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            self.check()
            if _answers(self.port):
                return
            time.sleep(0.1)
        raise SetupError(f"Odoo does not answer on port {self.port}", f"see {self.log}")

    def check(self):
        code = self._process.poll()
        if code is not None:
            raise SetupError(f"Odoo ended with code {code}", f"see {self.log}")

    def wait(self):
        """Block until the process ends; its end is never wanted here."""
        self._process.wait()
        self.check()

    def kill(self):
        """End it as the kernel would: it cannot clean up."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self):
        if self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/web/login")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
