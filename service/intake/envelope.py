"""What a message tells beside its words: its thread, its people, its files, and whether a person wrote it at all.

A Conversation is what was said. An Envelope is what carried it: it decides to which thread, and so to which deal, the
words belong, and whether they are anybody's words. Readers of messages yield both as one `Received`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from signals import Conversation, decode

__all__ = ["Attachment", "Calendar", "CrmObject", "Envelope", "Identity", "KnownPerson", "Nature", "Received", "Role"]


class Nature(StrEnum):
    """Who or what wrote the message, as far as its headers and parts say it.

    `autoreply` is a machine's answer (absences, receipts); a `bounce` reports that nothing arrived; an `invitation`
    carries a calendar entry, or an answer to one; a `list` message went to many (newsletters, notifications).
    """

    HUMAN = "human"
    AUTOREPLY = "autoreply"
    BOUNCE = "bounce"
    INVITATION = "invitation"
    LIST = "list"


class Identity(StrEnum):
    """How it is known who a participant is, the surest first.

    `given`: the payload itself says it. `email`, `name`: joined to another record of the payload by address or name.
    `guessed`: concluded, such as the writer of a message that a list sent on under its own address.
    """

    GIVEN = "given"
    EMAIL = "email"
    NAME = "name"
    GUESSED = "guessed"


class Role(StrEnum):
    """A header in which a person stands. `sender` sent it for the one in `from`: an assistant, a shared mailbox."""

    FROM = "from"
    SENDER = "sender"
    REPLY_TO = "reply_to"
    TO = "to"
    CC = "cc"
    BCC = "bcc"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """`participant` is the id in the conversation where the person is one of its participants (those who are only in
    `sender`, `reply_to` or `bcc` are not). `address` is as it was written, a tag (`dana+crm@`) included."""

    participant: str | None
    identity: Identity
    roles: tuple[Role, ...]
    address: str | None = None
    name: str | None = None

    @classmethod
    def from_json(cls, value: object) -> KnownPerson:
        source = decode.as_object(value)
        return cls(
            participant=decode.optional_text(source, "participant"),
            identity=decode.choice(source, "identity", Identity),
            roles=decode.items(source, "roles", lambda role: decode.choice({"": role}, "", Role)),
            address=decode.optional_text(source, "address"),
            name=decode.optional_text(source, "name"),
        )

    def to_json(self) -> dict[str, Any]:
        return present(
            participant=self.participant,
            identity=self.identity.value,
            roles=[role.value for role in self.roles],
            address=self.address,
            name=self.name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came along and was not read. `size` in bytes, None where the payload does not tell."""

    name: str | None
    content_type: str | None = None
    size: int | None = None

    @classmethod
    def from_json(cls, value: object) -> Attachment:
        source = decode.as_object(value)
        size = source.get("size")
        return cls(
            name=decode.optional_text(source, "name"),
            content_type=decode.optional_text(source, "content_type"),
            size=None if size is None else decode.whole(source, "size", 0, 1 << 53),
        )

    def to_json(self) -> dict[str, Any]:
        return present(name=self.name, content_type=self.content_type, size=self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The calendar entry of an invitation. `method` in capitals as RFC 5546 has it (REQUEST, REPLY, CANCEL, COUNTER);
    `answer` is the participation status of a reply: accepted, declined, tentative."""

    method: str
    uid: str | None = None
    summary: str | None = None
    starts_at: dt.datetime | None = None
    answer: str | None = None

    @classmethod
    def from_json(cls, value: object) -> Calendar:
        source = decode.as_object(value)
        return cls(
            method=decode.name(source, "method"),
            uid=decode.optional_text(source, "uid"),
            summary=decode.optional_text(source, "summary"),
            starts_at=None if source.get("starts_at") is None else decode.instant(source, "starts_at"),
            answer=decode.optional_text(source, "answer"),
        )

    def to_json(self) -> dict[str, Any]:
        starts_at = None if self.starts_at is None else self.starts_at.isoformat()
        return present(method=self.method, uid=self.uid, summary=self.summary, starts_at=starts_at, answer=self.answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmObject:
    """A record that the payload itself ties the message to: `hubspot`, `deal`, `9001`. Ids are text."""

    system: str
    kind: str
    id: str

    @classmethod
    def from_json(cls, value: object) -> CrmObject:
        source = decode.as_object(value)
        return cls(system=decode.name(source, "system"), kind=decode.name(source, "kind"), id=decode.name(source, "id"))

    def to_json(self) -> dict[str, Any]:
        return {"system": self.system, "kind": self.kind, "id": self.id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """`source` is the format (`eml`, `gmail`); `source_id` the vendor's own id of the message.

    Message ids stand without angle brackets; `references` are the messages before this one, the oldest first, and
    the one that it answers last. `thread` is the vendor's own thread with the vendor's name (`gmail:18e09`).
    `because` is the header or part that tells the nature. `undelivered_to` are the addresses that a bounce names.
    """

    source: str
    source_id: str | None = None
    message_id: str | None = None
    references: tuple[str, ...] = ()
    thread: str | None = None
    nature: Nature = Nature.HUMAN
    because: str | None = None
    people: tuple[KnownPerson, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    calendar: Calendar | None = None
    undelivered_to: tuple[str, ...] = ()
    objects: tuple[CrmObject, ...] = ()

    @property
    def thread_keys(self) -> tuple[str, ...]:
        """Keys of the thread: messages that share one are of one thread. The vendor's own first, then the oldest."""
        own = () if self.message_id is None else (self.message_id,)
        keys = [f"message:{id}" for id in (*self.references, *own)]
        return tuple(dict.fromkeys([*([self.thread] if self.thread else []), *keys]))

    @classmethod
    def from_json(cls, value: object) -> Envelope:
        """Raises DecodeError for what `to_json` has not written."""
        source = decode.as_object(value)
        calendar = source.get("calendar")
        return cls(
            source=decode.name(source, "source"),
            source_id=decode.optional_text(source, "source_id"),
            message_id=decode.optional_text(source, "message_id"),
            references=decode.items(source, "references", text),
            thread=decode.optional_text(source, "thread"),
            nature=decode.choice(source, "nature", Nature),
            because=decode.optional_text(source, "because"),
            people=decode.items(source, "people", KnownPerson.from_json),
            attachments=decode.items(source, "attachments", Attachment.from_json),
            calendar=None if calendar is None else decode.within(source, "calendar", Calendar.from_json),
            undelivered_to=decode.items(source, "undelivered_to", text),
            objects=decode.items(source, "objects", CrmObject.from_json),
        )

    def to_json(self) -> dict[str, Any]:
        return present(
            source=self.source,
            source_id=self.source_id,
            message_id=self.message_id,
            references=list(self.references),
            thread=self.thread,
            nature=self.nature.value,
            because=self.because,
            people=[person.to_json() for person in self.people],
            attachments=[file.to_json() for file in self.attachments],
            calendar=None if self.calendar is None else self.calendar.to_json(),
            undelivered_to=list(self.undelivered_to),
            objects=[each.to_json() for each in self.objects],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One conversation as it came, with its envelope where its format has one."""

    conversation: Conversation
    envelope: Envelope | None = None


def text(value: object) -> str:
    return decode.text({"": value}, "")


def present(**fields: Any) -> dict[str, Any]:
    """The fields that hold something."""
    return {key: value for key, value in fields.items() if value is not None and value != []}
