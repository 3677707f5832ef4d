"""The calls themselves: bounded, checked against the name's certificate though they go to an address."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.connectors import http
from service.connectors.errors import LaterError, RefusedError
from service.connectors.guard import Guard
from service.connectors.http import Http, Reply, checked
from tests.service.connectors.outside import Answer, Outside


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate of that name that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2090, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / f"{name}.pem", folder / f"{name}.key"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return cert, secret


@contextmanager
def https(cert: Path, key: Path) -> Iterator[tuple[int, list[str]]]:
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(str(self.headers["host"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    class Server(HTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that does not believe us leaves."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port, hosts
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Lets a certificate be an authority, as an operator would with SSL_CERT_FILE."""

    def trust(cert: Path) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        http.trust.cache_clear()

    yield trust
    monkeypatch.undo()
    http.trust.cache_clear()


def guarded() -> Http:
    here = (ipaddress.ip_network("127.0.0.0/8"),)
    return Http(total=10, read=5, guard=Guard(allow=here, lookup=lambda host, port: ["127.0.0.1"]))


def test_a_guarded_call_goes_to_the_address_and_believes_the_names_certificate(tmp_path: Path, trusting: Any) -> None:
    cert, key = certificate(tmp_path, "hooks.example")
    trusting(cert)
    with https(cert, key) as (port, hosts):
        assert guarded().call("GET", f"https://hooks.example:{port}/in").status == 200
    assert hosts == [f"hooks.example:{port}"]


def test_and_no_other_names(tmp_path: Path, trusting: Any) -> None:
    cert, key = certificate(tmp_path, "other.example")
    trusting(cert)
    with https(cert, key) as (port, hosts), pytest.raises(LaterError, match="cannot be reached"):
        guarded().call("GET", f"https://hooks.example:{port}/in")
    assert hosts == []


def test_a_huge_answer_is_not_kept(system: Outside) -> None:
    system.respond = lambda asked: Answer(200, b"x" * (3 << 20))
    assert len(Http().call("GET", system.url).body) == 1 << 20


@pytest.mark.parametrize(
    ("status", "headers", "wait", "unclear", "blames"),
    [
        (429, {"retry-after": "120"}, 120, False, False),
        (429, {}, None, False, False),
        (503, {"retry-after": "5"}, 5, False, True),
        (503, {}, None, True, True),
        (429, {"retry-after": "9" * 8}, 86400, False, False),
        (429, {"retry-after": "soon"}, None, False, False),
        (
            429,
            {"retry-after": "Mon, 02 Mar 2026 15:05:00 GMT", "date": "Mon, 02 Mar 2026 15:00:00 GMT"},
            300,
            False,
            False,
        ),
        (401, {}, None, False, True),
        (500, {}, None, True, True),
        (408, {}, None, False, False),
    ],
)
def test_what_a_status_means(
    status: int, headers: dict[str, str], wait: int | None, unclear: bool, blames: bool
) -> None:
    with pytest.raises(LaterError) as caught:
        checked(Reply(status=status, headers=headers, body=b""), "there.example")
    error = caught.value
    assert error.wait == (None if wait is None else dt.timedelta(seconds=wait))
    assert (error.unclear, error.blames) == (unclear, blames)


@pytest.mark.parametrize("status", [301, 307, 400, 404, 409, 422])
def test_what_will_never_work(status: int) -> None:
    with pytest.raises(RefusedError):
        checked(Reply(status=status, headers={}, body=b"no"), "there.example")


def test_what_is_shown_of_an_answer_is_short_and_plain() -> None:
    shown = Reply(status=400, headers={}, body=b"a\x00\x1b[31m\n\n b" + b"c" * 5000).shown()
    assert shown.startswith("a [31m b")
    assert len(shown) <= 300
