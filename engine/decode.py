"""Events from JSON: one reader for each type, and errors that name the event, the field and what was expected."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine import events as e
from engine.errors import EventError
from signals import DecodeError, Milestone, MilestoneKind, StakeholderRole, decode, signal_from_json

CURRENCY = re.compile("[A-Z]{3}")
Data = Mapping[str, Any]


def event_from_json(value: object) -> e.Event:
    """An event from its JSON object; raises EventError."""
    name = "?"
    try:
        source = decode.as_object(value)
        if isinstance(source.get("id"), str):
            name = source["id"]
        identity, deal, kind = decode.name(source, "id"), decode.name(source, "deal_id"), decode.text(source, "type")
        reader = READERS.get(kind)
        if reader is None:
            raise DecodeError("type", kind, "one of " + ", ".join(READERS))
        data = {} if source.get("data") is None else decode.within(source, "data", decode.as_object)
        try:
            body = reader(data)
        except DecodeError as error:
            raise error.under("data") from None
        return e.Event(
            id=identity,
            deal_id=deal,
            type=kind,
            occurred_at=moment(source, "occurred_at"),
            source=decode.optional_text(source, "source"),
            body=body,
            quotes=quotes(source, data),
            json=source,
        )
    except DecodeError as error:
        raise EventError(name, error.field, error.value, error.expected) from None


def moment(source: Data, field: str) -> dt.datetime:
    return decode.instant(source, field).astimezone(dt.UTC)


def amount(source: Data, field: str) -> Decimal | None:
    value = decode.optional_decimal(source, field)
    if value is not None and value < 0:
        raise DecodeError(field, source.get(field), "a number that is not below 0")
    return value


def size(source: Data) -> str | int | float | None:
    value = source.get("size")
    if value is None or isinstance(value, str):
        return value
    return decode.number(source, "size")


def facts(data: Data) -> e.DealFacts:
    currency = decode.optional_text(data, "currency")
    if currency is not None and not CURRENCY.fullmatch(currency):
        raise DecodeError("currency", currency, "an ISO 4217 code of three capital letters")
    month = data.get("fiscal_year_start_month")
    chance = decode.optional_number(data, "rep_probability")
    if chance is not None and not 0 <= chance <= 100:
        raise DecodeError("rep_probability", chance, "a number from 0 to 100")
    return e.DealFacts(
        said=frozenset(data),
        name=decode.optional_text(data, "name"),
        account=decode.optional_text(data, "account"),
        owner=decode.optional_text(data, "owner"),
        manager=decode.optional_text(data, "manager"),
        amount=amount(data, "amount"),
        currency=currency,
        stage=decode.optional_text(data, "stage"),
        close_date=None if data.get("close_date") is None else decode.day(data, "close_date"),
        expected_amount=amount(data, "expected_amount"),
        rep_probability=chance,
        fiscal_year_start_month=None if month is None else decode.whole(data, "fiscal_year_start_month", 1, 12),
        industry=decode.optional_text(data, "industry"),
        size=size(data),
        lead_score=decode.optional_number(data, "lead_score"),
        loss_reason=decode.optional_text(data, "loss_reason"),
        lost_to=decode.optional_text(data, "lost_to"),
        lessons=decode.optional_text(data, "lessons"),
    )


def lost_facts(data: Data) -> e.DealFacts | None:
    told = {key: data[key] for key in ("loss_reason", "lost_to", "lessons") if data.get(key) is not None}
    return facts(told) if told else None


def contacts(data: Data) -> tuple[str, ...]:
    def one(value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise DecodeError("", value, "a person's full name")
        return value

    return decode.items(data, "contacts", one)


def minutes(data: Data) -> float:
    value = decode.optional_number(data, "minutes")
    if value is not None and value < 0:
        raise DecodeError("minutes", value, "a number of minutes that is not below 0")
    return value or 0.0


def conversation(meeting: bool) -> Callable[[Data], e.Body]:
    def read(data: Data) -> e.Body:
        purpose = decode.optional_choice(data, "purpose", e.Purpose)
        return e.Conversation(meeting=meeting, minutes=minutes(data), contacts=contacts(data), purpose=purpose)

    return read


def email(data: Data) -> e.Body:
    return e.Email(direction=decode.choice(data, "direction", e.Direction), contacts=contacts(data))


def scheduled(data: Data) -> e.Body:
    return e.MeetingScheduled(
        meeting=decode.name(data, "meeting"),
        at=moment(data, "at"),
        contacts=contacts(data),
        purpose=decode.optional_choice(data, "purpose", e.Purpose),
    )


def contact(data: Data) -> e.Body:
    role = decode.optional_choice(data, "role", StakeholderRole) if known_role(data) else decode.text(data, "role")
    return e.ContactAdded(
        person=decode.name(data, "person"),
        title=decode.optional_text(data, "title"),
        role=role,
        side=decode.optional_choice(data, "side", e.ContactSide) or e.ContactSide.BUYER,
    )


def known_role(data: Data) -> bool:
    """A CRM's own role names are kept as they are; they are known roles, without a meaning of ours."""
    return data.get("role") is None or not isinstance(data["role"], str) or data["role"] in set(StakeholderRole)


def signal(data: Data) -> e.Body:
    """The signal, without its evidence: the words come along as quotes and decide nothing."""
    heard = signal_from_json({key: data[key] for key in data if key != "evidence"})
    return e.SignalHeard(signal=heard, lost=lost_facts(data) if isinstance(heard, Milestone) else None)


def milestone(data: Data) -> e.Body:
    return e.MilestoneRecorded(kind=decode.choice(data, "kind", MilestoneKind), lost=lost_facts(data))


def document(data: Data) -> e.DocumentKind:
    return decode.choice(data, "document", e.DocumentKind)


def envelope(data: Data) -> dict[str, Any]:
    signed = decode.optional_choice(data, "document", e.DocumentKind) or e.DocumentKind.CONTRACT
    return {"envelope": decode.optional_text(data, "envelope") or "", "document": signed}


def said_by(data: Data) -> dict[str, str | None]:
    return {"by": decode.optional_text(data, "by"), "reason": decode.optional_text(data, "reason")}


READERS: dict[str, Callable[[Data], e.Body]] = {
    "deal.created": lambda data: e.DealCreated(facts=facts(data)),
    "deal.updated": lambda data: e.DealUpdated(facts=facts(data)),
    "activity.email": email,
    "activity.call": conversation(meeting=False),
    "activity.meeting": conversation(meeting=True),
    "meeting.scheduled": scheduled,
    "meeting.cancelled": lambda data: e.MeetingCancelled(meeting=decode.name(data, "meeting")),
    "contact.added": contact,
    "signal": signal,
    "milestone": milestone,
    "document.sent": lambda data: e.DocumentSent(document=document(data)),
    "document.viewed": lambda data: e.DocumentViewed(document=document(data)),
    "esign.sent": lambda data: e.EsignSent(**envelope(data)),
    "esign.completed": lambda data: e.EsignCompleted(**envelope(data)),
    "esign.declined": lambda data: e.EsignDeclined(**envelope(data)),
    "override.stage": lambda data: e.StageOverride(
        to=decode.name(data, "to"), approved_by=decode.optional_text(data, "approved_by"), **said_by(data)
    ),
    "override.regression": lambda data: e.RegressionOverride(
        regression=decode.name(data, "regression"), **said_by(data)
    ),
    "approval.granted": lambda data: e.ApprovalGranted(approval=decode.name(data, "approval"), **said_by(data)),
    "approval.refused": lambda data: e.ApprovalRefused(approval=decode.name(data, "approval"), **said_by(data)),
    "stage.justified": lambda data: e.StageJustified(**said_by(data)),
    "retraction": lambda data: e.Retraction(event=decode.name(data, "event"), **said_by(data)),
    "clock": lambda data: e.Clock(),
}


def quotes(source: Data, data: Data) -> tuple[e.Quote, ...]:
    """The words that came along, from the event's `evidence` or else the signal's own. Odd ones are left out: words
    decide nothing, so they cost no event its place."""
    speaker = data.get("speaker") if isinstance(data.get("speaker"), str) else None
    carried = source.get("evidence")
    if isinstance(carried, Mapping) and isinstance(carried.get("text"), str):
        conversation = carried.get("conversation")
        segments = carried.get("segments")
        return (
            e.Quote(
                conversation=conversation if isinstance(conversation, str) else None,
                segments=tuple(n for n in segments if isinstance(n, int)) if isinstance(segments, list) else (),
                text=carried["text"],
                speaker=speaker,
            ),
        )
    pieces = data.get("evidence")
    conversation = data.get("conversation") if isinstance(data.get("conversation"), str) else None
    return tuple(
        e.Quote(
            conversation=conversation,
            segments=(piece["segment"],) if isinstance(piece.get("segment"), int) else (),
            text=piece["text"],
            speaker=speaker,
        )
        for piece in (pieces if isinstance(pieces, list) else ())
        if isinstance(piece, Mapping) and isinstance(piece.get("text"), str)
    )
