"""A conversation: a call transcript or one e-mail, as everything downstream reads it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from signals import decode
from signals.errors import DecodeError

__all__ = ["Conversation", "ConversationKind", "DealContext", "KnownCompetitor", "Participant", "Segment", "Side"]


class ConversationKind(StrEnum):
    CALL = "call"
    EMAIL = "email"


class Side(StrEnum):
    BUYER = "buyer"
    SELLER = "seller"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCompetitor:
    """An entry of the tenant's own catalogue of competitors."""

    name: str
    aliases: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: object) -> KnownCompetitor:
        source = decode.as_object(value)
        return cls(name=decode.name(source, "name"), aliases=decode.items(source, "aliases", plain_text))

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "aliases": list(self.aliases)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DealContext:
    """What is known of the deal when the conversation is read."""

    id: str | None = None
    account: str | None = None
    seller: str | None = None
    currency: str | None = None
    fiscal_year_start_month: int | None = None
    competitors: tuple[KnownCompetitor, ...] = ()

    @classmethod
    def from_json(cls, value: object) -> DealContext:
        source = decode.as_object(value)
        currency = decode.optional_text(source, "currency")
        if currency is not None and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            raise DecodeError("currency", currency, "an ISO 4217 code of three capital letters")
        month = source.get("fiscal_year_start_month")
        return cls(
            id=decode.optional_text(source, "id"),
            account=decode.optional_text(source, "account"),
            seller=decode.optional_text(source, "seller"),
            currency=currency,
            fiscal_year_start_month=None if month is None else decode.whole(source, "fiscal_year_start_month", 1, 12),
            competitors=decode.items(source, "competitors", KnownCompetitor.from_json),
        )

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "id": self.id,
            "account": self.account,
            "seller": self.seller,
            "currency": self.currency,
            "fiscal_year_start_month": self.fiscal_year_start_month,
        }
        out = {key: value for key, value in out.items() if value is not None}
        if self.competitors:
            out["competitors"] = [entry.to_json() for entry in self.competitors]
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Someone who speaks, writes or is written to. `side` is None where it is not known."""

    id: str
    name: str | None = None
    email: str | None = None
    title: str | None = None
    side: Side | None = None

    @classmethod
    def from_json(cls, value: object) -> Participant:
        source = decode.as_object(value)
        side = None if source.get("side") == "unknown" else decode.optional_choice(source, "side", Side)
        return cls(
            id=decode.name(source, "id"),
            name=decode.optional_text(source, "name"),
            email=decode.optional_text(source, "email"),
            title=decode.optional_text(source, "title"),
            side=side,
        )

    def to_json(self) -> dict[str, Any]:
        fields = {"id": self.id, "name": self.name, "email": self.email, "title": self.title, "side": self.side}
        return {key: str(value) for key, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One utterance. `speaker` is a participant's id or None; `start` and `end` are seconds from the beginning."""

    speaker: str | None
    text: str
    start: float | None = None
    end: float | None = None

    @classmethod
    def from_json(cls, value: object) -> Segment:
        source = decode.as_object(value)
        return cls(
            speaker=decode.optional_text(source, "speaker"),
            text=decode.text(source, "text"),
            start=decode.optional_number(source, "start"),
            end=decode.optional_number(source, "end"),
        )

    def to_json(self) -> dict[str, Any]:
        return {"speaker": self.speaker, "start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A call has `segments`; an e-mail has `subject`, `body`, `sender`, `to` and `cc` (participants' ids).

    `from_json` raises DecodeError, naming the field, for anything that is not a conversation: unknown speakers,
    no text at all, times without sense.
    """

    id: str
    kind: ConversationKind
    occurred_at: dt.datetime
    deal: DealContext | None = None
    participants: tuple[Participant, ...] = ()
    segments: tuple[Segment, ...] = ()
    subject: str | None = None
    body: str = ""
    sender: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()

    def participant(self, id: str | None) -> Participant | None:
        return next((person for person in self.participants if person.id == id), None)

    @classmethod
    def from_json(cls, value: object) -> Conversation:
        source = decode.as_object(value)
        kind = decode.choice(source, "kind", ConversationKind)
        occurred_at = decode.instant(source, "occurred_at")
        deal = None if source.get("deal") is None else decode.within(source, "deal", DealContext.from_json)
        participants = decode.items(source, "participants", Participant.from_json)
        known = unique_ids(participants)
        shared: dict[str, Any] = {
            "id": content_id(source) if source.get("id") is None else decode.name(source, "id"),
            "kind": kind,
            "occurred_at": occurred_at,
            "deal": deal,
            "participants": participants,
        }
        if kind is ConversationKind.CALL:
            return cls(segments=utterances(source, known), **shared)
        body = decode.text(source, "body")
        if not body.strip():
            raise DecodeError("body", body, "the text of the e-mail")
        sender = decode.optional_text(source, "from")
        if sender is not None and sender not in known:
            raise DecodeError("from", sender, participant_id(known))
        return cls(
            subject=decode.optional_text(source, "subject"),
            body=body,
            sender=sender,
            to=recipients(source, "to", known),
            cc=recipients(source, "cc", known),
            **shared,
        )

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"id": self.id, "kind": self.kind.value, "occurred_at": self.occurred_at.isoformat()}
        if self.deal is not None:
            out["deal"] = self.deal.to_json()
        out["participants"] = [person.to_json() for person in self.participants]
        match self.kind:
            case ConversationKind.CALL:
                out["segments"] = [segment.to_json() for segment in self.segments]
            case ConversationKind.EMAIL:
                out["subject"], out["from"] = self.subject, self.sender
                out["to"], out["cc"], out["body"] = list(self.to), list(self.cc), self.body
        return out


def plain_text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise DecodeError("", value, "text that is not blank")
    return value


def unique_ids(participants: tuple[Participant, ...]) -> set[str]:
    known: set[str] = set()
    for index, person in enumerate(participants):
        if person.id in known:
            raise DecodeError(f"participants[{index}].id", person.id, "an id that no other participant has")
        known.add(person.id)
    return known


def participant_id(known: set[str]) -> str:
    return "the id of a participant" + (f" ({', '.join(sorted(known)[:8])})" if known else ", and there are none")


def utterances(source: Mapping[str, Any], known: set[str]) -> tuple[Segment, ...]:
    segments = decode.items(source, "segments", Segment.from_json)
    for index, segment in enumerate(segments):
        if segment.speaker is not None and segment.speaker not in known:
            raise DecodeError(f"segments[{index}].speaker", segment.speaker, participant_id(known) + ", or null")
    if not any(segment.text.strip() for segment in segments):
        raise DecodeError("segments", source.get("segments"), "at least one utterance with text")
    return segments


def recipients(source: Mapping[str, Any], field: str, known: set[str]) -> tuple[str, ...]:
    value = source.get(field)
    ids = (plain_text(value),) if isinstance(value, str) else decode.items(source, field, plain_text)
    for index, id in enumerate(ids):
        if id not in known:
            raise DecodeError(f"{field}[{index}]", id, participant_id(known))
    return ids


def content_id(source: Mapping[str, Any]) -> str:
    """An id for a conversation that came without one: the same content has the same id, however often it is sent."""
    content = json.dumps({key: value for key, value in source.items() if key != "gold"}, sort_keys=True, default=str)
    return "content-" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:20]
