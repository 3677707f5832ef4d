"""Fireflies: a transcript of its GraphQL API (`sentences`, seconds as numbers or text), and its webhooks.

`text` is what people see and may have edited, `raw_text` what the recogniser heard: the first is taken. Speakers have
names only; one who has the same name as an attendee is that attendee.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.intake.calls import batch, call
from service.intake.envelope import Identity, Received
from service.intake.fields import address, entries, label, mapping, moment_text, numeric, seconds, some, spoken
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.turns import joined
from signals import DecodeError, Participant, Segment

__all__ = ["read", "recognises"]


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    data = value.get("data")
    if "event" not in value and isinstance(data, Mapping) and ("transcript" in data or "transcripts" in data):
        return True
    if isinstance(value.get("sentences"), list):
        return True
    event = some(value, "event") or ""
    return (event.startswith("meeting.") and "meeting_id" in value) or ("meetingId" in value and "eventType" in value)


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    yield from batch(data, file, given, one, transcripts)


def transcripts(payload: object) -> Iterable[tuple[str, Any]]:
    source = mapping(payload, "an object with data.transcript")
    data = source.get("data")
    if isinstance(data, Mapping):
        if isinstance(data.get("transcripts"), list):
            return [(f"data.{place}", transcript) for place, transcript in entries(data, "transcripts")]
        return [("data.transcript", data.get("transcript"))]
    id = some(source, "meeting_id", "meetingId")
    if "sentences" not in source and id is not None:
        query = "{ transcript(id) { id title dateString speakers { id name } meeting_attendees { displayName email } "
        query += "sentences { speaker_id speaker_name text start_time end_time } } }"
        raise DecodeError("sentences", None, f"the words, which the webhook does not hold: query {query} for id {id}")
    errors = source.get("errors")
    if isinstance(errors, list) and errors:
        raise DecodeError("errors", some(errors[0], "message"), "a transcript, and no error of Fireflies")
    return [("", source)]


def one(record: object, given: Given) -> Received:
    source = mapping(record, "a transcript with sentences")
    segments: list[Segment] = []
    speakers: dict[str, Participant] = {}
    names = {label(each, "id"): some(each, "name") for _, each in entries(source, "speakers")}
    for place, sentence in entries(source, "sentences"):
        try:
            segment, name = sentence_of(sentence, names)
        except DecodeError as error:
            raise error.under(place) from None
        segments.append(segment)
        if segment.speaker is not None:
            speakers.setdefault(segment.speaker, Participant(id=segment.speaker, name=name))
    attendees = list(attending(source))
    people, identities = matched(speakers, attendees)
    return call(
        given,
        source="fireflies",
        id=label(source, "id"),
        at=moment_text(source, "dateString", "date") or epoch(source.get("date")),
        people=people,
        identities=identities,
        segments=joined(segments),
        field="sentences",
    )


def sentence_of(value: object, names: Mapping[str | None, str | None]) -> tuple[Segment, str | None]:
    source = mapping(value, "an object with speaker_name, text, start_time")
    id = label(source, "speaker_id")
    name = some(source, "speaker_name") or names.get(id)
    segment = Segment(
        speaker=f"speaker-{id}" if id is not None else name,
        start=seconds(source, "start_time"),
        end=seconds(source, "end_time"),
        text=spoken(source, "text") or spoken(source, "raw_text"),
    )
    return segment, name


def attending(source: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    """(name or None, address) of each invited person, once."""
    seen = set()
    for _, each in entries(source, "meeting_attendees"):
        email = address(each, "email")
        if email is not None and email.lower() not in seen:
            seen.add(email.lower())
            yield some(each, "displayName", "name"), email
    listed = [each for field in ("participants", "fireflies_users") for _, each in entries(source, field)]
    # Some answers have one text with all addresses, separated by commas.
    for text in [*listed, source.get("organizer_email"), source.get("host_email")]:
        for email in text.split(",") if isinstance(text, str) else []:
            email = email.strip()
            if "@" in email and " " not in email and email.lower() not in seen:
                seen.add(email.lower())
                yield None, email


def matched(
    speakers: Mapping[str, Participant], attendees: Iterable[tuple[str | None, str]]
) -> tuple[list[Participant], dict[str, Identity]]:
    """Speakers with the address of the one attendee of the same name; the other attendees were there, or not.

    Where two could be meant, by a name that both have, it is nobody.
    """
    invited = list(attendees)
    emails_of: dict[str, set[str]] = {}
    for name, email in invited:
        emails_of.setdefault(key(name, email), set()).add(email)
    counts = Counter((person.name or "").casefold() for person in speakers.values())
    emails: dict[str, str] = {}
    for person in speakers.values():
        called = (person.name or "").casefold()
        found = emails_of.get(called, set())
        if called and len(found) == counts[called] == 1:
            emails[person.id] = next(iter(found))
    taken = set(emails.values())
    people = [dataclasses.replace(person, email=emails.get(person.id)) for person in speakers.values()]
    rest = [Participant(id=email.lower(), name=name, email=email) for name, email in invited if email not in taken]
    return [*people, *rest], dict.fromkeys(emails, Identity.NAME)


def key(name: str | None, email: str) -> str:
    """What a speaker must be called to be the attendee: the name, or else the words that the address is made of.

    dana.buyer@ is Dana Buyer; a first name alone (dana@) could be anybody's.
    """
    if name is not None:
        return name.casefold()
    words = re.split(r"[._-]", email.partition("@")[0].casefold())
    return " ".join(words) if len(words) > 1 else ""


def epoch(value: object) -> str | None:
    """Milliseconds since 1970."""
    number = numeric(value)
    if number is None or not 0 < number < 7_258_118_400_000:
        return None
    return dt.datetime.fromtimestamp(number / 1000, dt.UTC).isoformat()
