"""Mail. A mail server knows no keys: an attempt whose answer was lost is not made again by itself."""

from __future__ import annotations

import datetime as dt
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime, formataddr, parseaddr

from service.connectors.addresses import is_address
from service.connectors.errors import LaterError, NeedsPersonError, RefusedError
from service.connectors.http import Http
from service.connectors.ics import invitation
from service.connectors.options import Options
from service.connectors.protocol import About, Asked, Attempt, Json, Kind, Mark, Repeat
from service.connectors.words import hold, line, plain, subject

__all__ = ["Mail", "compose", "read"]

CAN = frozenset(Kind) - {Kind.REVIEW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """`tls` is starttls, tls (from the first byte) or none; `always` are addressed besides those whom the action is
    for; with `minutes` a mail is an invitation to hold that long a time."""

    host: str
    port: int
    tls: str
    user: str | None
    password: str = field(repr=False)
    sender: str
    always: tuple[str, ...] = ()
    ca_file: str | None = None
    minutes: int | None = None
    can: frozenset[Kind] = CAN
    repeat: Repeat = Repeat.NEVER

    def build(self, asked: Asked, about: About) -> Json:
        to = list(dict.fromkeys((*about.addresses, *self.always)))
        if not to:
            raise NeedsPersonError(
                f"nobody's mail address is known for {', '.join(about.nobody) or 'it'}; "
                f"add people.{(about.nobody or ('rep',))[0]} to the connectors' file"
            )
        mail: Json = {"to": to, "subject": subject(asked), "text": plain(asked, about)}
        if self.minutes is not None:
            start, end = hold(asked, self.minutes)
            mail["hold"] = {"start": start.isoformat(), "end": end.isoformat()}
        return mail

    def marks(self, payload: Json) -> Sequence[Mark]:
        return ()

    def made(self, result: Json) -> Sequence[Mark]:
        return ()

    def send(self, payload: Json, attempt: Attempt) -> Json:
        message = compose(payload, self.sender, attempt)
        with self.session(attempt) as server:
            return deliver(server, message, payload["to"], self.sender)

    def test(self, attempt: Attempt) -> str:
        with self.session(attempt) as server:
            server.noop()
        return f"{self.host} answers" + (f" and knows {self.user}" if self.user else "")

    @contextmanager
    def session(self, attempt: Attempt) -> Iterator[smtplib.SMTP]:
        """A server that has let us in; raises LaterError for whatever happens before anything is sent."""
        try:
            server = self.connected(attempt.http)
        except (OSError, smtplib.SMTPException) as error:
            raise LaterError(f"{self.host}:{self.port} cannot be used: {reason(error)}") from None
        # Each read has its timeout; a server that sends a byte now and then is ended by this.
        watch = threading.Timer(attempt.http.total, cut, [server])
        watch.start()
        try:
            try:
                server.ehlo_or_helo_if_needed()
                if self.tls == "starttls":
                    server.starttls(context=self.trust())
                if self.user:
                    server.login(self.user, self.password)
            except (OSError, smtplib.SMTPException) as error:
                raise LaterError(f"{self.host} did not let us in: {reason(error)}") from None
            yield server
        finally:
            watch.cancel()
            server.close()

    def connected(self, http: Http) -> smtplib.SMTP:
        """To the server's name, or to the address that the guard has looked at; TLS checks the name in any case."""
        where = self.host if http.guard is None else str(http.guard.address(self.host, self.port))
        server = (
            smtplib.SMTP_SSL(timeout=http.read, context=self.trust())
            if self.tls == "tls"
            else smtplib.SMTP(timeout=http.read)
        )
        # The name that smtplib has TLS check; given to its constructor it would be called at once.
        server._host = self.host  # type: ignore[attr-defined]
        code, said = server.connect(where, self.port)
        if code != 220:
            server.close()
            raise smtplib.SMTPConnectError(code, said)
        return server

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)


def cut(server: smtplib.SMTP) -> None:
    if isinstance(server.sock, socket.socket):
        try:
            server.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def reason(error: Exception) -> str:
    """What a server said, without what we said: a refused login quotes nothing of ours."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {line(text)[:200]}"
    return type(error).__name__ if not isinstance(error, OSError) else (error.strerror or type(error).__name__)


def deliver(server: smtplib.SMTP, message: EmailMessage, to: Sequence[str], sender: str) -> Json:
    """The three steps by hand, for only after the last one it is open whether the mail was taken."""
    try:
        code, said = server.mail(parseaddr(sender)[1])
        check(code, said)
        refused = {}
        for address in to:
            code, said = server.rcpt(address)
            if code not in (250, 251):
                refused[address] = f"{code} {line(said.decode('utf-8', 'replace'))[:200]}"
        if len(refused) == len(to):
            check(code, said)
        code, said = server.docmd("DATA")
        check(code, said, good=354)
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise LaterError(f"the mail server broke off: {reason(error)}") from None
    try:
        server.send(re.sub(rb"(?m)^\.", b"..", message.as_bytes(policy=WIRE)) + b".\r\n")
        code, said = server.getreply()
    except (OSError, smtplib.SMTPServerDisconnected):
        raise LaterError("the mail server broke off before it said whether it took the mail", unclear=True) from None
    check(code, said)
    return {"message_id": message["Message-ID"], "answer": line(said.decode("utf-8", "replace"))[:200]} | (
        {"refused": refused} if refused else {}
    )


def check(code: int, said: bytes, *, good: int = 250) -> None:
    text = said.decode("utf-8", "replace")
    told = f"the mail server answered {code} {line(text)[:200]}"
    if 400 <= code < 500:
        raise LaterError(told, blames=False)
    if code != good:
        raise RefusedError(told)


def compose(payload: Json, sender: str, attempt: Attempt) -> EmailMessage:
    """The mail; its Message-ID is made of our key, so that a copy is known as one."""
    name, address = parseaddr(sender)
    message = EmailMessage()
    message["From"] = formataddr((name, address)) if name else address
    message["To"] = ", ".join(payload["to"])
    message["Subject"] = payload["subject"]
    message["Date"] = format_datetime(attempt.now())
    message["Message-ID"] = f"<{attempt.key}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(payload["text"])
    if "hold" in payload:
        held = {name: dt.datetime.fromisoformat(moment) for name, moment in payload["hold"].items()}
        calendar = invitation(
            uid=f"{attempt.key}@telltale",
            organizer=address,
            attendees=payload["to"],
            stamp=attempt.at,
            summary=payload["subject"],
            text=payload["text"],
            **held,
        )
        message.add_alternative(calendar, subtype="calendar", params={"method": "REQUEST"})
    return message


def read(options: Options) -> Mail:
    tls = options.one_of("tls", ("starttls", "tls", "none"), "starttls")
    sender = options.text("from")
    if sender and not is_address(parseaddr(sender)[1]):
        options.table.bad(
            "from", f'"{sender[:80]}" is no mail address', 'Write from = "Telltale <telltale@us.example>".'
        )
    user = options.optional("user")
    password = options.secret("password") if user else options.optional_secret("password")
    if tls == "none" and user:
        options.table.bad("tls", "a password would be sent in the open", 'Write tls = "starttls" or leave out user.')
    always = options.table.texts("always_to")
    for each in always:
        if not is_address(each):
            options.table.bad("always_to", f'"{each[:80]}" is no mail address', 'Write always_to = ["ops@us.example"].')
    return Mail(
        host=options.text("host"),
        port=options.whole("port", {"tls": 465, "none": 25}.get(tls, 587), low=1, high=65535),
        tls=tls,
        user=user,
        password=password,
        sender=sender,
        always=always,
        ca_file=options.file("ca_file"),
    )
