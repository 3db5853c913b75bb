"""One POST to a receiver: no redirect, no proxy, no inner address, bounded in time and size.

The name is resolved here and the socket connects to the very address that was judged, so a
name that answers differently a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from requests.certs import where as ca_bundle

from ..policies import net_address

_logger = logging.getLogger(__name__)

CONNECT_TIMEOUT = 5  # seconds
READ_TIMEOUT = 10  # seconds without a byte
TOTAL_TIMEOUT = 20  # seconds for the whole try, however slowly it drips
MAX_ADDRESSES = 3  # of one name that are tried in turn
MAX_ANSWER = 64 * 1024  # bytes read of an answer; the rest is dropped
SNIPPET = 200  # characters of a refusing answer that are told in a sentence
KEPT_BODY = 2000  # characters of an answer that are kept with the try
KEPT_HEADERS = 40  # of an answer, each up to
KEPT_HEADER = 500  # characters
SECRET_HEADERS = frozenset({"webhook-signature", "set-cookie", "www-authenticate"})


@dataclass(frozen=True)
class Post:
    target: net_address.Target
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    allow_hosts: frozenset[str] = frozenset()
    judged: tuple[tuple, ...] = ()  # entries of `getaddrinfo` to connect to as they are
    seconds: float | None = None  # for the whole try; None: TOTAL_TIMEOUT


@dataclass(frozen=True)
class Reply:
    """What came of it. ``status`` is None when no answer arrived, ``error`` then says why."""

    status: int | None = None
    retry_after: str | None = None
    snippet: str = ""
    error: str = ""
    refused_address: str | None = (
        None  # we did not connect: this address is an inner one
    )
    duration_ms: int = 0
    sent: dict[str, str] = field(default_factory=dict)  # headers, without the signature
    headers: dict[str, str] = field(default_factory=dict)  # of the answer
    body: str = ""  # the beginning of the answer


class AddressRefused(Exception):
    def __init__(self, address: str):
        super().__init__(address)
        self.address = address


def resolve(target: net_address.Target, allow_hosts: frozenset[str]) -> list[tuple]:
    """:return: entries of ``getaddrinfo``, all of them fit to connect to

    :raise AddressRefused: if any address is an inner one
    :raise OSError: if the name does not resolve
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    refused = net_address.refusal(target, [entry[4][0] for entry in found], allow_hosts)
    if refused:
        raise AddressRefused(refused)
    return found


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket that was connected to a judged address."""

    def __init__(self, post: Post):
        super().__init__(post.target.host, post.target.port)
        self.default_port = net_address.DEFAULT_PORTS[
            post.target.scheme
        ]  # not named in Host
        self._post = post
        self._expired = False

    def connect(self):
        target = self._post.target
        found = self._post.judged or resolve(target, self._post.allow_hosts)
        self._connect_to_any(found[:MAX_ADDRESSES])
        self._check_time()
        if target.scheme == "https":
            context = ssl.create_default_context(cafile=ca_bundle())
            self.sock = context.wrap_socket(self.sock, server_hostname=target.host)
        self._check_time()
        self.sock.settimeout(READ_TIMEOUT)

    def _check_time(self):
        if self._expired:
            raise TimeoutError

    def _connect_to_any(self, found):
        failure: OSError = OSError("the name has no address")
        for family, kind, proto, _name, address in found:
            self._check_time()
            self.sock = socket.socket(
                family, kind, proto
            )  # kept, so that abort() reaches it at any time
            self.sock.settimeout(CONNECT_TIMEOUT)
            try:
                return self.sock.connect(address)
            except OSError as error:
                self.sock.close()
                failure = error
        raise failure

    def abort(self):
        """Break a try that takes too long; whoever waits on the socket gets an OSError."""
        self._expired = True
        if self.sock is not None:
            # it may not be connected yet, or have ended by itself meanwhile
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def send(post: Post) -> Reply:
    """Try once. Never raises: the reply tells."""
    started = time.monotonic()
    connection = _Connection(post)
    timer = threading.Timer(post.seconds or TOTAL_TIMEOUT, connection.abort)
    timer.daemon = True
    timer.start()
    try:
        reply = _exchange(connection, post)
    except AddressRefused as refused:
        reply = Reply(refused_address=refused.address)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reply = Reply(error=_words(error))
    except (
        Exception
    ) as error:  # a mistake of ours is one failed try, not the end of the outbox
        _logger.exception("A try to %s failed on our side.", post.target.host)
        reply = Reply(
            error=f"a problem on our side ({type(error).__name__}); the server's log tells more"
        )
    finally:
        timer.cancel()
        connection.close()
    return _finished(reply, post, started)


def _exchange(connection: _Connection, post: Post) -> Reply:
    connection.request("POST", post.target.path, body=post.body, headers=post.headers)
    answer = connection.getresponse()
    text = answer.read(MAX_ANSWER).decode("utf-8", "replace")
    printable = "".join(char if char.isprintable() else " " for char in text[:SNIPPET])
    return Reply(
        answer.status,
        answer.getheader("Retry-After"),
        " ".join(printable.split()),
        headers=_plain(answer.getheaders()),
        body=_storable(text)[:KEPT_BODY],
    )


def _plain(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What may be kept of headers: neither signatures nor cookies."""
    kept = [
        (name.lower(), _storable(value)[:KEPT_HEADER])
        for name, value in headers
        if name.lower() not in SECRET_HEADERS
    ]
    return dict(kept[:KEPT_HEADERS])


def _storable(text: str) -> str:
    """PostgreSQL's texts take any character but the zero one."""
    return text.replace("\x00", "\ufffd")


def _finished(reply: Reply, post: Post, started: float) -> Reply:
    took = int((time.monotonic() - started) * 1000)
    return replace(reply, duration_ms=took, sent=_plain(post.headers.items()))


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    return f"{type(error).__name__}: {error}"[:500]
