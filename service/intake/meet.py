"""Google Meet: transcript entries with the conference's participants, whose names they leave out.

One object, or a list of the API's answers: pages of `transcriptEntries`, pages of `participants`, and the
`conferenceRecord`, which tells when the meeting began. Times are moments, not offsets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.intake.calls import call, one_value
from service.intake.envelope import Identity, Received
from service.intake.fields import at, entries, mapping, some, spoken
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.turns import joined
from signals import DecodeError, Participant, Segment
from signals.decode import instant

__all__ = ["read", "recognises"]

KINDS = ("signedinUser", "anonymousUser", "phoneUser")


@dataclass(slots=True)
class Conference:
    """What the pages hold of one conference."""

    id: str
    began: list[dt.datetime] = field(default_factory=list)
    people: list[tuple[Participant, Identity]] = field(default_factory=list)
    entries: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    if isinstance(value.get("transcriptEntries"), list):
        return True
    people = value.get("participants")
    first = people[0] if isinstance(people, list) and people else None
    named = (some(first, "name") or "").startswith("conferenceRecords/")
    return named and any(at(first, kind) is not None for kind in KINDS)


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    value = one_value(data)
    conferences: dict[str, Conference] = {}
    for place, page in [(f"[{n}]", page) for n, page in enumerate(value)] if isinstance(value, list) else [("", value)]:
        try:
            gather(mapping(page, "an object with transcriptEntries"), conferences)
        except DecodeError as error:
            raise error.under(place) if place else error from None
    check_complete(value if isinstance(value, list) else [value])
    spoken_in = [each for each in conferences.values() if each.entries]
    if not spoken_in:
        raise DecodeError("transcriptEntries", None, "entries: GET conferenceRecords/{id}/transcripts/{id}/entries")
    for conference in spoken_in:
        try:
            yield one(conference, given)
        except DecodeError as error:
            yield Refusal.of(file, error)


def check_complete(pages: Sequence[Mapping[str, Any]]) -> None:
    """Of pages that follow one another only the last has no token; a part of a call would pass for the whole."""
    for kind in ("transcriptEntries", "participants"):
        of_kind = [page for page in pages if kind in page]
        following = sum(1 for page in of_kind if some(page, "nextPageToken"))
        if of_kind and following == len(of_kind):
            expected = f"all pages of {kind}: fetch the rest with this token, and send the pages in one list"
            raise DecodeError("nextPageToken", of_kind[-1]["nextPageToken"], expected)


def gather(page: Mapping[str, Any], conferences: dict[str, Conference]) -> None:
    def of(source: Mapping[str, Any]) -> Conference:
        parts = (some(source, "name") or "").split("/")
        id = parts[1] if parts[0] == "conferenceRecords" and len(parts) > 1 else ""
        return conferences.setdefault(id, Conference(id))

    record = page.get("conferenceRecord")
    if isinstance(record, Mapping) and record.get("startTime") is not None:
        of(record).began.append(instant(record, "startTime"))
    for place, person in entries(page, "participants"):
        source = mapping(person, f"{place}: an object with name")
        of(source).people.append(known(source))
    for place, entry in entries(page, "transcriptEntries"):
        source = mapping(entry, f"{place}: an object with participant, text, startTime")
        of(source).entries.append((place, source))


def known(source: Mapping[str, Any]) -> tuple[Participant, Identity]:
    """Whoever is not signed in has typed a name, or called from a phone, whose hidden number is no name."""
    kind = next((kind for kind in KINDS if isinstance(source.get(kind), Mapping)), "")
    name = some(at(source, kind), "displayName")
    if name is not None and not any(letter.isalpha() for letter in name):
        name = None
    identity = Identity.GIVEN if kind == "signedinUser" else Identity.GUESSED
    return Participant(id=short(some(source, "name") or "") or "participant", name=name), identity


def short(name: str) -> str:
    return name.rpartition("/")[2]


def one(conference: Conference, given: Given) -> Received:
    found = list(timed(conference.entries))
    starts = [start for start, _, _ in found if start is not None]
    began = min([*conference.began, *starts], default=None)
    transcripts = dict.fromkeys(
        short((some(each, "name") or "").rpartition("/entries/")[0]) for _, each in conference.entries
    )
    ids = [conference.id, *filter(None, transcripts)] if conference.id else []
    return call(
        given,
        source="meet",
        id="-".join(ids[:2]) or None,
        at=None if began is None else began.isoformat(),
        people=[person for person, _ in conference.people],
        identities={person.id: identity for person, identity in conference.people},
        segments=joined(segments(found, began)),
        field="transcriptEntries",
    )


Timed = tuple[dt.datetime | None, dt.datetime | None, Mapping[str, Any]]


def timed(found: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Timed]:
    for place, entry in found:
        try:
            start, end = (None if entry.get(key) is None else instant(entry, key) for key in ("startTime", "endTime"))
        except DecodeError as error:
            raise error.under(place) from None
        yield start, end, entry


def segments(found: Iterable[Timed], began: dt.datetime | None) -> Iterator[Segment]:
    for start, end, entry in found:
        participant = some(entry, "participant")
        yield Segment(
            speaker=short(participant) or None if participant else None,
            start=offset(start, began),
            end=offset(end, began),
            text=spoken(entry, "text"),
        )


def offset(at: dt.datetime | None, began: dt.datetime | None) -> float | None:
    return None if at is None or began is None else max(0.0, round((at - began).total_seconds(), 3))
