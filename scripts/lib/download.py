"""Pinned downloads: resumed after an interruption, checked against their SHA-256."""

import hashlib
import os
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request

from . import certificates, paths
from .errors import SetupError
from .progress import Percent

CHUNK = 1 << 18  # bytes
TIMEOUT = 60  # seconds


class Missing(SetupError):
    """The server says that there is no such file (any more)."""


def fetch(url, sha256, label, size=0):
    """Return the cached file with this content, downloading it if needed."""
    folder = paths.ensure(paths.cache() / "downloads")
    target = folder / f"{sha256[:16]}-{urllib.parse.unquote(url.rsplit('/', 1)[-1])}"
    if target.exists():
        return target
    partial = target.with_name(target.name + ".part")
    _receive(url, partial, label, size)
    found = file_sha256(partial)
    if found != sha256:
        partial.unlink()
        raise SetupError(
            f"{label} has SHA-256 {found[:16]}..., expected {sha256[:16]}...",
            "run again; if it stays so, something between here and the server alters it",
        )
    partial.replace(target)
    return target


def file_sha256(path):
    hasher = hashlib.sha256()
    with open(path, "rb") as handle:
        while chunk := handle.read(CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()


def read_text(url, label):
    with _open(urllib.request.Request(url), label) as response:
        return response.read().decode()


def wheel_url(project, filename):
    """Find a wheel on the configured package index (simple HTML pages, as PEP 503)."""
    index = (
        os.environ.get("UV_DEFAULT_INDEX")
        or os.environ.get("UV_INDEX_URL")
        or os.environ.get("PIP_INDEX_URL")
        or "https://pypi.org/simple"
    )
    page = f"{index.rstrip('/')}/{project}/"
    for href in re.findall(r'href="([^"#]+)', read_text(page, f"{project} on {index}")):
        if urllib.parse.unquote(href).endswith(f"/{filename}"):
            return urllib.parse.urljoin(page, href)
    raise SetupError(
        f"{index} does not have {filename}", "set PIP_INDEX_URL to one that does"
    )


def _receive(url, partial, label, size):
    done = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(url)
    if done:
        request.add_header("Range", f"bytes={done}-")
    with _open(request, label) as response:
        if response.status != 206:
            done = 0
        total = size or done + int(response.headers.get("Content-Length") or 0)
        percent = Percent(f"Downloading {label}", total)
        percent.add(done)
        try:
            with open(partial, "ab" if done else "wb") as handle:
                while chunk := response.read(CHUNK):
                    handle.write(chunk)
                    percent.add(len(chunk))
        except OSError as error:
            raise SetupError(
                f"{label} stopped in between: {error}", "run again, it resumes"
            ) from error


def _open(request, label):
    request.add_header("User-Agent", "saas-visibility-setup")
    try:
        try:
            context = ssl.create_default_context()
            if trusted := certificates.bundle():  # a Python built elsewhere may miss it
                context.load_verify_locations(trusted)
            return urllib.request.urlopen(request, timeout=TIMEOUT, context=context)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ssl.SSLCertVerificationError):
                raise
            # A bare machine has no certificates yet. What is fetched is checked against a pinned SHA-256.
            context = ssl._create_unverified_context()
            return urllib.request.urlopen(request, timeout=TIMEOUT, context=context)
    except urllib.error.HTTPError as error:
        if error.code == 416:
            raise SetupError(
                f"{label}: stale partial download", "remove it and run again"
            ) from error
        kind = Missing if error.code in (404, 410) else SetupError
        raise kind(
            f"{request.full_url} answers {error.code}",
            "check the network or its proxy (https_proxy), then run again",
        ) from error
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise SetupError(
            f"cannot download {label}: {reason}",
            "check the network or its proxy (https_proxy), then run again",
        ) from error
