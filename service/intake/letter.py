"""One e-mail put together from what its format tells: the Conversation, and the Envelope beside it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.intake.envelope import Envelope, Identity, KnownPerson, Received, Role
from service.intake.given import Given, dated
from service.intake.htmltext import MOST_TEXT
from service.intake.mail_headers import Address, mailbox
from signals import Conversation, DecodeError

__all__ = ["MOST_PEOPLE", "Letter", "People", "conversation_id", "received", "tidy"]

MOST_PEOPLE = 500
# Longer ones are no keys for a database's index.
LONGEST_ID = 250

BLANKS = re.compile(r"[ \t\u00a0\u200b]{2,}")
BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Those who take part in the conversation; the others are only known.
PARTAKING = (Role.FROM, Role.TO, Role.CC)


@dataclass(slots=True)
class Person:
    id: str
    identity: Identity
    address: str | None
    name: str | None
    side: str | None = None
    roles: list[Role] = field(default_factory=list)

    @property
    def partakes(self) -> bool:
        return any(role in PARTAKING for role in self.roles)


class People:
    """Everybody on a mail, each once, by mailbox; one without an address by name."""

    def __init__(self) -> None:
        self.found: dict[str, Person] = {}

    def add(
        self, address: Address, role: Role, *, identity: Identity = Identity.GIVEN, side: str | None = None
    ) -> str | None:
        """The person's id: the mailbox in lower case. None for one of whom nothing is told."""
        id = mailbox(address.address) if address.address else (address.name or "").casefold()
        if not id or CONTROL.search(id):
            return None
        if id not in self.found and len(self.found) >= MOST_PEOPLE:
            raise DecodeError(role.value, f"more than {MOST_PEOPLE} people", f"at most {MOST_PEOPLE} people")
        person = self.found.setdefault(id, Person(id, identity, address.address, address.name))
        person.name = person.name or address.name
        person.side = person.side or side
        if role not in person.roles:
            person.roles.append(role)
        return id

    def add_all(self, addresses: Iterable[Address], role: Role, *, side: str | None = None) -> tuple[str, ...]:
        ids = (self.add(address, role, side=side) for address in addresses)
        return tuple(dict.fromkeys(id for id in ids if id))

    def participants(self) -> list[dict[str, Any]]:
        return [
            {"id": person.id, "name": person.name, "side": person.side}
            | ({"email": person.id} if person.address and "@" in person.address else {})
            for person in self.found.values()
            if person.partakes
        ]

    def known(self) -> tuple[KnownPerson, ...]:
        return tuple(
            KnownPerson(
                participant=person.id if person.partakes else None,
                identity=person.identity,
                roles=tuple(person.roles),
                address=person.address,
                name=person.name,
            )
            for person in self.found.values()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a reader found. `envelope` lacks the people, who are in `people`; `wordless` says what there is where
    `body` is empty; `deal` is the one deal that the payload names."""

    envelope: Envelope
    people: People
    writer: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str | None
    occurred_at: dt.datetime | None
    body: str
    wordless: str = ""
    id: str | None = None
    deal: Mapping[str, Any] | None = None


def received(letter: Letter, given: Given) -> Received:
    """Raises DecodeError for a mail without words or without a date."""
    body = tidy(letter.body)
    if not body.strip():
        raise DecodeError("body", letter.wordless, "the text of the e-mail")
    if len(body) > MOST_TEXT:
        raise DecodeError("body", f"{len(body)} characters", f"at most {MOST_TEXT} characters")
    occurred_at = letter.occurred_at or dated(given)
    source: dict[str, Any] = {
        "kind": "email",
        "occurred_at": occurred_at.isoformat(),
        "participants": letter.people.participants(),
        "subject": letter.subject or None,
        "from": letter.writer,
        "to": list(letter.to),
        "cc": list(letter.cc),
        "body": body,
    }
    id = letter.id or conversation_id(letter.envelope.message_id)
    if id:
        source["id"] = id
    if letter.deal:
        source["deal"] = dict(letter.deal)
    conversation = given.complete(Conversation.from_json(source))
    envelope = dataclasses.replace(letter.envelope, people=letter.people.known())
    return Received(conversation=conversation, envelope=envelope)


def conversation_id(message_id: str | None) -> str | None:
    """A mail is known by its Message-ID, whichever system sends it; one that is too long by its digest."""
    if not message_id or CONTROL.search(message_id):
        return None
    if len(message_id) <= LONGEST_ID:
        return message_id
    return "message-" + hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()[:32]


def tidy(text: str) -> str:
    """Line ends of one kind; runs of blanks, which take readers of replies ages, made short."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    text = BLANKS.sub(" ", text)
    return BLANK_LINES.sub("\n\n", text).strip("\n")
