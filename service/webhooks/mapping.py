"""A source that a mapping file describes: which of its records are which events, and where their fields stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from service.webhooks import cloudevents, crm
from service.webhooks.deal_fields import canonical
from service.webhooks.delivery import Delivery, Site
from service.webhooks.engine_fields import Kind
from service.webhooks.found import External, Found, Happening, Ignored, event_id
from service.webhooks.paths import Path
from service.webhooks.payload import any_identity, clean, each, loads, mail_address, millis, moment
from signals import DecodeError
from signals.decode import as_object

__all__ = ["Clock", "Envelope", "EventMap", "Mapped", "Value", "records_of"]

Json = dict[str, Any]


class Clock(StrEnum):
    """How a time is written: as ISO text, or in seconds or milliseconds since 1970."""

    ISO = "iso"
    SECONDS = "s"
    MILLISECONDS = "ms"


class Envelope(StrEnum):
    JSON = "json"
    CLOUDEVENTS = "cloudevents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """Where a field's value comes from: a constant, or a path with a table of other words for what stands there."""

    kind: Kind
    constant: Any = None
    path: Path | None = None
    words: Mapping[str, str] | None = None
    clock: Clock = Clock.ISO
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMap:
    """`when`: path → the texts that may stand there. `id` are paths whose values together are the event's own."""

    when: tuple[tuple[Path, tuple[str, ...]], ...]
    type: str
    id: tuple[Path, ...]
    at: Value
    deal: tuple[tuple[str, Path], ...]
    about: tuple[tuple[str, Path], ...]
    people: Path | None
    data: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    name: str
    envelope: Envelope
    records: Path | None
    events: tuple[EventMap, ...]

    def read(self, delivery: Delivery, site: Site) -> Iterator[Found]:
        def record(value: Mapping[str, Any], place: str) -> Iterator[Found]:
            yield self.one(value, place, site)

        yield from each(records_of(self, delivery), self.records.text if self.records else "body", record)

    def one(self, record: Mapping[str, Any], place: str, site: Site) -> Found:
        if self.envelope is Envelope.CLOUDEVENTS:
            cloudevents.checked(record)
        meant = next((event for event in self.events if fits(event, record)), None)
        if meant is None:
            return Ignored(place=place, reason="no [[events]] of the mapping file is meant for it")
        parts = [(path, any_identity(path.find(record))) for path in meant.id]
        for path, part in parts:
            if part is None:
                raise DecodeError(path.text, path.find(record), "an id: short text, or a whole number")
        when = value_of(meant.at, record, self.name, site)
        if when is None:
            raise DecodeError(meant.at.path.text if meant.at.path else "at", None, "the time when it happened")
        data = {field: value_of(value, record, field, site) for field, value in meant.data.items()}
        if isinstance(data.get("stage"), str):
            data["stage"] = crm.stage(site, self.name, data["stage"], "stage")
        return Happening(
            place=place,
            id=event_id(self.name, meant.type, *(part for _, part in parts)),
            type=meant.type,
            occurred_at=dt.datetime.fromisoformat(when),
            data={field: value for field, value in data.items() if value is not None},
            about=(*objects(meant.deal, record, names_deal=True), *objects(meant.about, record, names_deal=False)),
            people=tuple(people(meant.people, record)),
        )


def records_of(mapped: Mapped, delivery: Delivery) -> Any:
    if mapped.envelope is Envelope.CLOUDEVENTS:
        return [event for _, event in cloudevents.events(delivery)]
    body = loads(delivery.body)
    if mapped.records is not None:
        return mapped.records.find(body)
    return body if isinstance(body, list) else [as_object(body)]


def fits(event: EventMap, record: Mapping[str, Any]) -> bool:
    return all(any_identity(path.find(record)) in wanted for path, wanted in event.when)


def objects(places: tuple[tuple[str, Path], ...], record: Mapping[str, Any], *, names_deal: bool) -> Iterator[External]:
    for system, path in places:
        found = any_identity(path.find(record))
        if found:
            yield External(system=system, object_id=canonical(system, found), names_deal=names_deal)


def people(path: Path | None, record: Mapping[str, Any]) -> Iterator[str]:
    found = path.find(record) if path else []
    for value in found if isinstance(found, list) else [found]:
        address = mail_address(value)
        if address:
            yield address


def value_of(value: Value, record: Mapping[str, Any], field: str, site: Site) -> Any:
    """The field's value as the engine wants it; None where there is nothing. Raises DecodeError."""
    if value.path is None:
        return value.constant
    found = value.path.find(record)
    name = value.path.text
    if found is None or found == "":
        return None
    if value.words is not None:
        said = any_identity(found)
        found = value.words.get(said) if said is not None else None
        if found is None:
            raise DecodeError(name, said, f"one of {', '.join(value.words)}, as the mapping file has them")
    return converted(value, found, name)


def converted(value: Value, found: Any, name: str) -> Any:
    match value.kind:
        case Kind.TEXT:
            text = clean(found) or any_identity(found)
            if text is None or (value.options and text not in value.options):
                raise DecodeError(name, found, f"one of {', '.join(value.options)}" if value.options else "text")
            return text
        case Kind.NUMBER:
            return crm.figure(found, name)
        case Kind.WHOLE:
            figure = crm.figure(found, name)
            if not isinstance(figure, int):
                raise DecodeError(name, found, "a whole number")
            return figure
        case Kind.DAY:
            return crm.close_date(found, name)
        case Kind.TIME:
            return time(value.clock, found, name).isoformat()
        case Kind.TEXTS:
            return [text for each in (found if isinstance(found, list) else [found]) if (text := clean(each))]
        case _:
            assert_never(value.kind)


def time(clock: Clock, found: Any, name: str) -> dt.datetime:
    match clock:
        case Clock.ISO:
            return moment({name: found}, name)
        case Clock.SECONDS:
            seconds = crm.figure(found, name)
            return millis({name: seconds * 1000}, name)
        case Clock.MILLISECONDS:
            return millis({name: found}, name)
        case _:
            assert_never(clock)
