"""Mail, to a real server on this machine: with TLS and a password, refused, broken off, and never twice by itself."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.connectors.http import Http
from service.connectors.protocol import Attempt
from service.connectors.smtp import Mail
from service.flows.settle_action import replay_action
from tests.service.connectors.conftest import Desk

Make = Callable[..., Desk]

# A whole exchange with its TLS on a busy machine takes longer than one HTTP answer.
PATIENT = Http(total=5, read=3)


class Box:
    """What the mail server has taken; `answers` are given instead of taking it, one each."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answers: list[str] = []
        self.unknown: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.unknown:
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((message, envelope.rcpt_tos, session.ssl is not None, session.authenticated))
        return "250 OK, queued"


@contextmanager
def mail_server(**settings: Any) -> Iterator[tuple[Box, int]]:
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **settings)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2090, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
    return paths


def settings(port: int, more: str = 'tls = "none"', takes: str = '"email:new_discovery"') -> str:
    return f"""
    [workspaces.main.people]
    manager = "mia@northstar.example"

    [workspaces.main.connectors.mail]
    kind = "smtp"
    host = "127.0.0.1"
    port = {port}
    from = "Telltale <telltale@northstar.example>"
    takes = [{takes}]
    {more}
    """


def discovery(here: Desk, **data: Any) -> None:
    here.deal(**data)
    here.move("discovery")


def test_the_mail_of_a_workflow_arrives(desk: Make) -> None:
    with mail_server() as (box, port):
        here = desk(settings(port), http=PATIENT)
        discovery(here, account="Käse & Söhne\r\nBcc: eve@evil.example")
        here.send()
        done = here.one(connector="mail")
    assert done.state == "done", done.error
    ((message, to, _, _),) = box.mails
    assert to == ["ana@northstar.example"]
    assert message["From"] == "Telltale <telltale@northstar.example>"
    assert message["To"] == "ana@northstar.example"
    subject = "New discovery with Käse & Söhne Bcc: eve@evil.example — here's your research brief"
    assert message["Subject"] == subject
    assert message["Bcc"] is None
    assert message["Message-ID"] == f"<{done.key}@northstar.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert "The deal Fleet has entered discovery." in text
    assert "https://telltale.example/deals/D-1" in text


def test_a_document_is_written_into_the_mail(desk: Make) -> None:
    with mail_server() as (box, port):
        here = desk(settings(port, takes='"document:research_brief"'), http=PATIENT)
        discovery(here)
        here.send()
    ((message, _, _, _),) = box.mails
    assert "# Research brief: Hollis Freight" in message.get_content()


def test_tls_and_a_password(desk: Make, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    import ssl

    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(cert, key)

    def authenticator(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = isinstance(data, LoginPassword) and data.password == b"let me in"
        return AuthResult(success=known, handled=False, auth_data=data)

    with mail_server(tls_context=trust, require_starttls=True, auth_required=True, authenticator=authenticator) as (
        box,
        port,
    ):
        more = f'user = "telltale"\npassword = {{ env = "MAIL" }}\nca_file = "{cert}"'
        here = desk(settings(port, more), http=PATIENT, MAIL="let me in\n")
        discovery(here)
        here.send()
        assert here.one(connector="mail").state == "done", here.one(connector="mail").error
        assert box.mails[0][2:] == (True, True)
        wrong = desk(settings(port, more), http=PATIENT, MAIL="guessed")
        wrong.deal("D-2")
        wrong.move("discovery", "D-2")
        wrong.send()
        failed = wrong.one(deal="D-2", connector="mail")
    assert failed.state == "failed"
    assert str(failed.error).startswith("127.0.0.1 did not let us in: 535")
    assert "guessed" not in str(failed)
    assert len(box.mails) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_believed(desk: Make, tmp_path: Path) -> None:
    import ssl

    cert, key = certificate(tmp_path)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(cert, key)
    with mail_server(tls_context=trust) as (box, port):
        here = desk(settings(port, 'tls = "starttls"'), http=PATIENT)
        discovery(here)
        here.send()
    assert here.one(connector="mail").state == "failed"
    assert box.mails == []


@pytest.mark.parametrize(
    ("answer", "state"), [("451 4.3.0 later", "failed"), ("554 5.7.1 we do not like it", "dead")], ids=str
)
def test_what_the_server_says_decides(desk: Make, answer: str, state: str) -> None:
    with mail_server() as (box, port):
        box.answers.append(answer)
        here = desk(settings(port), http=PATIENT)
        discovery(here)
        here.send()
        assert here.one(connector="mail").state == state
        if state == "failed":
            here.send_until_settled()
            assert here.one(connector="mail").state == "done"


def test_one_unknown_recipient_keeps_the_mail_from_no_other(desk: Make) -> None:
    with mail_server() as (box, port):
        box.unknown.add("mia@northstar.example")
        here = desk(settings(port, 'tls = "none"\nalways_to = ["mia@northstar.example"]'), http=PATIENT)
        discovery(here)
        here.send()
        done = here.one(connector="mail")
    assert box.mails[0][1] == ["ana@northstar.example"]
    assert done.result is not None
    assert done.result["refused"] == {"mia@northstar.example": "550 5.1.1 nobody of that name"}


def test_whom_nobody_knows_gets_no_mail_and_a_person_is_asked(desk: Make) -> None:
    here = desk(settings(1, takes='"queue:pipeline_review"').replace("manager", "finance"), http=PATIENT)
    discovery(here)
    here.send()
    waits = here.one(connector="mail")
    assert (waits.state, waits.attempts) == ("outbox", 0)
    assert waits.error == ("nobody's mail address is known for manager; add people.manager to the connectors' file")


def test_the_deals_own_manager_is_meant_before_the_files(desk: Make) -> None:
    with mail_server() as (box, port):
        here = desk(settings(port, takes='"queue:pipeline_review"'), http=PATIENT)
        discovery(here, manager="lou@northstar.example")
        here.send()
    assert box.mails[0][1] == ["lou@northstar.example"]


@contextmanager
def rude_server(after: bytes) -> Iterator[tuple[list[bytes], int]]:
    """Speaks SMTP until it has seen `after`, and then hangs up."""
    seen: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        try:
            while True:
                connection, _ = listening.accept()
                with connection, connection.makefile("rb") as lines:
                    connection.sendall(b"220 rude\r\n")
                    for line in lines:
                        seen.append(line)
                        if line.strip().upper().startswith(after) and (after != b"." or line == b".\r\n"):
                            break
                        if line.strip().upper() == b"DATA":
                            connection.sendall(b"354 go on\r\n")
                        elif line.split(b" ")[0].strip().upper() in (b"EHLO", b"MAIL", b"RCPT"):
                            connection.sendall(b"250 OK\r\n")
        except OSError:
            return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield seen, listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_mail_that_may_have_been_taken_is_not_sent_again_by_itself(desk: Make) -> None:
    # The full stop that ends a mail: after it nobody knows whether it was taken.
    with rude_server(b".") as (seen, port):
        here = desk(settings(port), http=PATIENT)
        discovery(here)
        here.send()
        dead = here.one(connector="mail")
        assert (dead.state, dead.attempts, dead.unclear) == ("dead", 1, True)
        assert "whether it was done is not known" in str(dead.error)
    with mail_server() as (box, _):
        pass
    assert sum(line.strip() == b"." for line in seen) == 1
    assert box.mails == []


def test_one_that_cannot_have_been_taken_is(desk: Make) -> None:
    with rude_server(b"RCPT") as (_, port):
        here = desk(settings(port), http=PATIENT)
        discovery(here)
        here.send()
        failed = here.one(connector="mail")
    assert (failed.state, failed.unclear) == ("failed", False)


def test_a_person_may_send_again_what_may_have_been_taken(desk: Make) -> None:
    with rude_server(b".") as (_, port):
        here = desk(settings(port), http=PATIENT)
        discovery(here)
        here.send()
    dead = here.one(connector="mail")
    with mail_server() as (box, second):
        again = desk(settings(second), http=PATIENT)
        again.moment = here.moment
        replay_action(again.context, dead.id, by="ana")
        again.send()
        done = again.one(connector="mail")
    assert done.state == "done"
    assert box.mails[0][0]["Message-ID"] == f"<{dead.key}@northstar.example>"


def test_a_line_of_a_full_stop_ends_no_mail() -> None:
    text = "one\n.\n..two\nMAIL FROM:<eve@evil.example>\n.three\n"
    now = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    with mail_server() as (box, port):
        mail = Mail(host="127.0.0.1", port=port, tls="none", user=None, password="", sender="telltale@us.example")
        attempt = Attempt(key="tt-1", again=False, at=now, now=lambda: now, http=PATIENT)
        mail.send({"to": ["ana@us.example"], "subject": "stops", "text": text}, attempt)
    ((message, _, _, _),) = box.mails
    assert message.get_content().replace("\r\n", "\n") == text


def test_the_words_that_caused_it_are_told_with_who_said_them(desk: Make) -> None:
    from service.flows.accept_conversation import accept_conversation
    from service.flows.read_conversation import read_conversation
    from signals import Conversation
    from tests.service.samples import call

    with mail_server() as (box, port):
        text = settings(port).replace("manager =", 'rep = "sam@northstar.example"\n    manager =')
        here = desk(text, http=PATIENT)
        said = "b1: we have our budget [budget status=approved amount=80000 sure=0.9]"
        accept_conversation(here.context, Conversation.from_json(call("c-1", said)))
        read_conversation(here.context, "c-1")
        here.pass_time(minutes=40)
        here.send()
        sent = here.one(action="new_discovery")
    assert sent.state == "done", sent.error
    ((message, _, _, _),) = box.mails
    assert "“we have our budget [budget status=approved amount=80000 sure=0.9]” (Dana Reyes)" in message.get_content()
