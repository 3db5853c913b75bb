"""Whom to trust on TLS: what the user says, else the bundle of the system."""

import os
from pathlib import Path

# what OpenSSL and uv read themselves; then what pip, requests and curl call the same
OWN = ("SSL_CERT_FILE", "SSL_CERT_DIR")
OTHERS = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine
)


def bundle(environment=os.environ, bundles=BUNDLES):
    """The file to set as SSL_CERT_FILE, or None: it is set, or the program's own list must do."""
    if any(environment.get(name) for name in OWN):
        return None
    given = [environment[name] for name in OTHERS if environment.get(name)]
    return next((name for name in (*given, *bundles) if Path(name).is_file()), None)
