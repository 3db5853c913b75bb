import os
import shutil
import subprocess
import sys
import time

import pytest

from odoo.addons.event_hub.policies import adapters, example, signatures
from odoo.addons.event_hub.policies.mapping import Mapping, read

URL = "https://erp.example.com/hub/v1/events/crm"
SECRET = "whsec_c2VjcmV0IG9mIHRoZSBleGFtcGxl"
# Instead of sending: the body, then each header, ended by NUL.
CURL = r"""
curl() {
  while [ $# -gt 0 ]; do
    case "$1" in --data-binary | -H) printf '%s\0' "$2"; shift;; esac; shift
  done
}
"""
# Where there is no openssl: what the commands use of it, as it would do it.
OPENSSL = r"""
openssl() {
  "$PYTHON" -c '
import hmac, os, sys
args = sys.argv[1:]
if args[0] == "rand":
    sys.exit(print(os.urandom(8).hex()))
key = args[args.index("-macopt") + 1][7:] if "-macopt" in args else args[args.index("-hmac") + 1]
key = bytes.fromhex(key) if "-macopt" in args else key.encode()
mac = hmac.new(key, sys.stdin.buffer.read(), args[1][1:])
sys.stdout.buffer.write(mac.digest() if "-binary" in args else b"(stdin)= " + mac.hexdigest().encode() + b"\n")
' "$@"
}
"""


@pytest.mark.parametrize("code", sorted(adapters.ADAPTERS))
def test_the_command_sends_an_event_the_door_takes(code):
    script = example.curl(code, URL).replace("'…'", f"'{SECRET}'")
    tools = CURL if shutil.which("openssl") else CURL + OPENSSL
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", tools + script],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHON": sys.executable},
    )
    body, *lines = ran.stdout.split(b"\0")[:-1]
    headers = dict(line.decode().split(": ", 1) for line in lines)
    adapter = adapters.choose_adapter(headers, [code])
    sent = signatures.Request("POST", URL, headers, body)
    verdict = signatures.verify(adapter.scheme, sent, [SECRET], now=time.time())
    assert verdict.ok, verdict.detail
    items = adapters.adapt(
        code,
        headers,
        headers["content-type"],
        body,
        lambda value: read([Mapping(type="'test.ping'")], value),
    )
    assert all(item.event for item in items)
