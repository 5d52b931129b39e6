"""`pytron serve` over TLS: a chain of certificates, a browser, secure cookies and WebSockets."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from e2e.browser import DEADLINE_MS
from e2e.chromium import chromium_program
from playwright.sync_api import Browser, expect

ROOT = Path(__file__).parents[2]
APP = ROOT / "docs" / "snippets" / "served" / "app.py"
DEADLINE_S = 60


class Certificates(NamedTuple):
    """What a deployment has: a chain and a key; and the root that its visitors trust."""

    chain: Path
    key: Path
    root: Path
    pin: str


class Serving(NamedTuple):
    """A server that runs, and the address that it has printed."""

    process: subprocess.Popen[str]
    pairing: str

    @property
    def origin(self) -> str:
        """The address without the path and the token."""
        return self.pairing.partition("/_pytron")[0]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A root, one below it, and the server's: as from any authority."""
    folder = tmp_path_factory.mktemp("tls")
    root = trustme.CA()
    between = root.create_child_ca()
    leaf = between.issue_cert("localhost", "127.0.0.1")
    chain, key, trusted = folder / "chain.pem", folder / "key.pem", folder / "root.pem"
    chain.write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    key.write_bytes(leaf.private_key_pem.bytes())
    root.cert_pem.write_to_path(trusted)
    own = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    public = own.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(public).digest()).decode()
    return Certificates(chain, key, trusted, pin)


def command(certificates: Certificates) -> list[str]:
    files = ("--tls-cert", str(certificates.chain), "--tls-key", str(certificates.key))
    return [sys.executable, "-m", "pytron", "serve", "--port", "0", "--no-log", *files, str(APP)]


@pytest.fixture
def serving(certificates: Certificates) -> Iterator[Serving]:
    with subprocess.Popen(command(certificates), stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = (re.search(r"https://\S+/_pytron/pair#\S+", line) for line in process.stderr)
            found = next(filter(None, said))
            yield Serving(process, found[0].replace("127.0.0.1", "localhost"))
        finally:
            process.terminate()
            process.wait(DEADLINE_S)


def test_who_trusts_the_root_trusts_the_server(
    certificates: Certificates, serving: Serving
) -> None:
    address = f"{serving.origin}/_pytron/health"
    trusting = ssl.create_default_context(cafile=str(certificates.root))
    with urllib.request.urlopen(address, timeout=DEADLINE_S, context=trusting) as answer:
        assert answer.read() == b"ok"
    with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(address, timeout=DEADLINE_S)
    with pytest.raises((URLError, ConnectionError, OSError)):
        urllib.request.urlopen(address.replace("https:", "http:"), timeout=DEADLINE_S)


def test_a_browser_signs_the_book_over_tls(
    certificates: Certificates, serving: Serving, browser: Browser
) -> None:
    # Chromium has the system's roots; this names the one certificate that it is to take besides.
    arguments = [f"--ignore-certificate-errors-spki-list={certificates.pin}", "--no-sandbox"]
    own = browser.browser_type.launch(executable_path=chromium_program(), args=arguments)
    context = own.new_context()
    page = context.new_page()
    page.set_default_timeout(DEADLINE_MS)
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(serving.pairing)
    page.wait_for_url(f"{serving.origin}/")
    page.locator("[name=name]").fill("Ada")
    page.locator("[name=text]").fill("over TLS")
    page.locator("form button").click()
    expect(page.locator("body")).to_contain_text("over TLS", timeout=DEADLINE_MS)
    (cookie,) = (dict(found) for found in context.cookies())
    assert cookie["name"] == "__Host-pytron"
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Strict")
    assert page.evaluate("isSecureContext && document.cookie") == ""
    assert sockets
    assert all(socket.startswith("wss://localhost:") for socket in sockets)
    own.close()


def test_a_certificate_that_is_unfit_is_said(certificates: Certificates, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(trustme.CA().issue_cert("localhost").private_key_pem.bytes())
    for key, cause in ((other, "mismatch"), (tmp_path / "absent.pem", "No such file")):
        done = subprocess.run(
            command(certificates._replace(key=key)),
            capture_output=True, text=True, check=False, timeout=DEADLINE_S,
        )  # fmt: skip
        assert done.returncode != 0
        assert cause in done.stderr
        assert "give a PEM file" in done.stderr
        assert "Traceback" not in done.stderr
    shutil.rmtree(tmp_path)
