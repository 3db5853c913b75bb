"""Signed webhooks as an outside system would send them (Standard Webhooks)."""

import base64
import hashlib
import hmac
import http.client
import json
import time
import urllib.parse


def headers(secret, webhook_id, body, now=None):
    """The headers of one message; `secret` is `whsec_` and base64."""
    stamp = str(int(now or time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b".".join((webhook_id.encode(), stamp.encode(), body))
    digest = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "content-type": "application/cloudevents+json",
        "webhook-id": webhook_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{digest}",
    }


class Sender:
    """One kept connection to one source of the hub."""

    def __init__(self, url, secret):
        parts = urllib.parse.urlsplit(url)
        self._path = parts.path
        self._secret = secret
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=60)

    def send(self, webhook_id, event):
        """Send one CloudEvent; return (status, answer)."""
        body = json.dumps(event).encode()
        return self.send_raw(body, headers(self._secret, webhook_id, body))

    def send_raw(self, body, all_headers):
        try:
            self._connection.request("POST", self._path, body, all_headers)
            response = self._connection.getresponse()
            text = response.read()
        except (http.client.HTTPException, OSError):
            self._connection.close()  # the next message opens a new one
            raise
        try:
            return response.status, json.loads(text)
        except ValueError:
            return response.status, {}

    def close(self):
        self._connection.close()
