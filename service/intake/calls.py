"""A call as a Conversation, out of what its format tells; and payloads of which several may come at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from service.intake.canonical import is_lines
from service.intake.envelope import CrmObject, Envelope, Identity, KnownPerson, Received
from service.intake.given import Given, dated
from service.intake.jsontext import UnreadableError, loads
from service.intake.refusal import Refusal
from service.intake.speakers import is_label
from signals import Conversation, DecodeError, Participant, Segment

__all__ = ["MOST_CONTAINERS", "MOST_REFUSALS", "batch", "call", "one_value", "payloads", "people_of_names"]

# Objects and lists take memory far beyond their text; a recording of ten hours, word for word, has fewer.
MOST_CONTAINERS = 1_000_000
MOST_REFUSALS = 1000
MOST_PEOPLE = 2000


def call(
    given: Given,
    *,
    source: str,
    segments: Iterable[Segment],
    people: Iterable[Participant] = (),
    identities: Mapping[str, Identity] | None = None,
    id: str | None = None,
    at: str | None = None,
    deal: Mapping[str, Any] | None = None,
    objects: Iterable[CrmObject] = (),
    field: str = "segments",
) -> Received:
    """The conversation in order of time, and who its people are known to be.

    `id` is the vendor's, to which the source is put before; without one the content makes it. Without `at` the time
    must be given. Speakers that nobody described are added. `identities` are those (by participant) that are not
    simply given by the payload. Raises DecodeError, under `field` where nobody says anything.
    """
    spoken = [segment for segment in segments if segment.text]
    if not spoken:
        raise DecodeError(field, None, "at least one utterance with words")
    if all(segment.start is not None for segment in spoken):
        spoken.sort(key=lambda segment: segment.start or 0.0)
    known = merged(people)
    for segment in spoken:
        if segment.speaker is not None and segment.speaker not in known:
            known[segment.speaker] = Participant(id=segment.speaker)
    if len(known) > MOST_PEOPLE:
        raise DecodeError("participants", f"{len(known)} people", f"at most {MOST_PEOPLE}")
    content: dict[str, Any] = {
        "kind": "call",
        "occurred_at": at or dated(given).isoformat(),
        "participants": [person.to_json() for person in known.values()],
        "segments": [segment.to_json() for segment in spoken],
    }
    if id is not None:
        content["id"] = f"{source}-{id}"
    if deal:
        content["deal"] = deal
    conversation = given.complete(Conversation.from_json(content))
    envelope = Envelope(
        source=source,
        source_id=id,
        people=tuple(described(conversation.participants, identities or {})),
        objects=tuple(dict.fromkeys(objects)),
    )
    return Received(conversation=conversation, envelope=envelope)


def described(people: Iterable[Participant], identities: Mapping[str, Identity]) -> Iterator[KnownPerson]:
    """Those who are more than a label such as `spk_0`."""
    for person in people:
        if person.name or person.email:
            yield KnownPerson(
                participant=person.id,
                identity=identities.get(person.id, Identity.GIVEN),
                roles=(),
                address=person.email,
                name=person.name,
            )


def merged(people: Iterable[Participant]) -> dict[str, Participant]:
    """By id; what one entry does not tell of a person another may."""
    found: dict[str, Participant] = {}
    for person in people:
        before = found.setdefault(person.id, person)
        missing = {
            field: getattr(person, field)
            for field in ("name", "email", "title", "side")
            if getattr(before, field) is None and getattr(person, field) is not None
        }
        if missing:
            found[person.id] = dataclasses.replace(before, **missing)
    return found


def people_of_names(names: Iterable[str | None]) -> dict[str, Participant]:
    """By name, with ids p1, p2, ... in the order in which they first speak; a label ("Speaker 2") is only an id."""
    told = [name for name in dict.fromkeys(names) if name]
    return {
        name: Participant(id=name) if is_label(name) else Participant(id=f"p{n}", name=name)
        for n, name in enumerate(told, start=1)
    }


def one_value(data: bytes) -> Any:
    """The JSON value of a payload that is bounded before it is parsed."""
    containers = data.count(b"{") + data.count(b"[")
    if containers > MOST_CONTAINERS:
        raise DecodeError("", f"{containers} objects and lists", f"at most {MOST_CONTAINERS}")
    return loads(data)


def batch(
    data: bytes,
    file: str,
    given: Given,
    one: Callable[[Any, Given], Received],
    split: Callable[[Any], Iterable[tuple[str, Any]]] = lambda payload: [("", payload)],
) -> Iterator[Received | Refusal]:
    """The conversations of one payload, of a list of payloads, or of one a line; a bad one costs the others nothing.

    `split` gives the records of a payload, each with its place in it; `one` makes a record a conversation.
    """
    refusals = 0
    for place, payload in payloads(data, file):
        for found in records(place, payload, given, one, split):
            yield found
            refusals += isinstance(found, Refusal)
            if refusals >= MOST_REFUSALS:
                yield Refusal.of(place, DecodeError("", f"{refusals} bad ones", "fewer; the rest was not looked at"))
                return


def payloads(data: bytes, file: str) -> Iterator[tuple[str, Any]]:
    """(place, payload); a line is still bytes."""
    try:
        value = one_value(data)
    except UnreadableError:
        if not is_lines(data):
            raise
        yield from ((f"{file}:{number}", line) for number, line in numbered_lines(data))
        return
    if isinstance(value, list):
        yield from ((f"{file}[{index}]", item) for index, item in enumerate(value))
    else:
        yield file, value


def numbered_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            yield number, line


def records(
    place: str,
    payload: Any,
    given: Given,
    one: Callable[[Any, Given], Received],
    split: Callable[[Any], Iterable[tuple[str, Any]]],
) -> Iterator[Received | Refusal]:
    try:
        found = list(split(loads(payload) if isinstance(payload, bytes) else payload))
    except DecodeError as error:
        yield Refusal.of(place, error, unreadable=isinstance(error, UnreadableError))
        return
    for field, record in found:
        try:
            yield one(record, given)
        except DecodeError as error:
            yield Refusal.of(place, error.under(field) if field else error)
