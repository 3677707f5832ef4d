"""Mapping files: TOML that says what another system's webhooks mean. Everything wrong is named with its line."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path as File
from typing import Any

from engine.errors import Mistake
from engine.lines import Lines
from engine.reader import Report, Table, near
from service.webhooks import cloudevents, verify
from service.webhooks.engine_fields import TYPES, Field, Kind
from service.webhooks.mapping import Clock, Envelope, EventMap, Mapped, Value
from service.webhooks.paths import Path, PathError, parse
from service.webhooks.source import Source
from service.webhooks.verify import Scheme

__all__ = ["MappingError", "load", "source_from_text"]

NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,80}")
LARGEST = 1 << 20
SCHEMES = ("token", "standard", "hmac")


class MappingError(ValueError):
    """A mapping file that cannot be followed: every mistake in it, each with its line and its mend."""

    def __init__(self, source: str, mistakes: tuple[Mistake, ...]) -> None:
        self.source, self.mistakes = source, mistakes
        super().__init__("\n".join(mistake.sentence(source) for mistake in mistakes))


def load(file: File) -> Source:
    """Raises MappingError, and OSError for a file that cannot be read."""
    data = file.read_bytes()
    if len(data) > LARGEST:
        raise one_mistake(str(file), f"{len(data)} bytes", f"A mapping file has at most {LARGEST}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise one_mistake(str(file), "it is not UTF-8", "Save it as UTF-8.") from None
    return source_from_text(text, source=str(file))


def one_mistake(source: str, problem: str, mend: str, line: int = 1) -> MappingError:
    return MappingError(source, (Mistake(line=line, field="the file", problem=problem, mend=mend),))


def source_from_text(text: str, *, source: str) -> Source:
    """The source that the file describes; raises MappingError with every mistake found."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise one_mistake(source, f"it is no TOML: {error}", "See toml.io.", int(line[1]) if line else 1) from None
    report = Report(Lines(text))
    table = Table(document, (), report)
    name = table.text("name")
    if name and not NAME.fullmatch(name):
        table.bad("name", f'"{name}" is no name', "Use small letters, digits and dashes: it is a part of the URL.")
    envelope = table.choice("envelope", Envelope, Envelope.JSON)
    scheme = read_verify(table.table("verify"), envelope)
    records = optional_path(table, "records")
    events = tuple(read_event(event, name) for event in table.tables("events"))
    if not events:
        table.bad("events", "no event is described", "Add at least one [[events]].")
    table.done()
    if report.mistakes:
        raise MappingError(source, tuple(sorted(report.mistakes, key=lambda mistake: mistake.line)))
    mapped = Mapped(name=name, envelope=envelope, records=records, events=events)
    beside = cloudevents.HEADERS if envelope is Envelope.CLOUDEVENTS else ()
    return Source(name=name, verify=scheme, read=mapped.read, beside=beside)


def read_verify(table: Table, envelope: Envelope) -> Scheme:
    scheme = table.text("scheme")
    if scheme and scheme not in SCHEMES:
        table.bad("scheme", f'"{scheme}" is no scheme', near(scheme, SCHEMES))
    if scheme != "hmac":
        table.done()
        beside = cloudevents.HEADERS if envelope is Envelope.CLOUDEVENTS else ()
        return verify.standard if scheme == "standard" else verify.token("authorization", beside=beside)
    header, encoding, prefix = table.text("header"), table.text("encoding", "hex"), table.raw("prefix") or ""
    timestamp, id = table.optional_text("timestamp"), table.optional_text("id")
    signed = table.text("signed", "{body}")
    for key, value in (("header", header), ("timestamp", timestamp), ("id", id)):
        if value and not HEADER.fullmatch(value):
            table.bad(key, f'"{value}" is no name of a header', "Use letters, digits and dashes.")
    if encoding not in ("hex", "base64"):
        table.bad("encoding", f'"{encoding}" is no encoding', near(encoding, ("hex", "base64")))
    if not isinstance(prefix, str):
        table.bad("prefix", "prefix should be a text", 'Write prefix = "sha256=" or leave it out.')
    if signed.count("{body}") != 1:
        table.bad("signed", "what is signed must hold the body once", 'Write signed = "{timestamp}.{body}".')
    for key, given in (("timestamp", timestamp), ("id", id)):
        if (f"{{{key}}}" in signed) != bool(given):
            mend = f'Name its header with {key} = "..." and put {{{key}}} into signed, or leave out both.'
            table.bad("signed", f"{key} and {{{key}}} go together", mend)
    table.done()
    return verify.timestamped(header, timestamp=timestamp, id=id, signed=signed, encoding=encoding, prefix=str(prefix))


def read_event(table: Table, name: str) -> EventMap:
    type = table.text("type")
    fields = TYPES.get(type, {})
    if type and type not in TYPES:
        table.bad("type", f'"{type}" is no event that other systems may send', near(type, TYPES))
    when = read_when(table)
    ids = tuple(path for text in table.texts("id") if (path := path_of(table, "id", text)))
    if not ids:
        table.bad("id", "nothing tells one event from another", 'Write id = ["path.to.its.id"].')
    at = read_value(table, "at", Field(Kind.TIME, required=True))
    if at.constant is not None:
        table.bad("at", "the time of an event is no constant", 'Write at = "path.to.it".')
    data = table.table("data")
    values = {
        field: read_value(data, field, fields.get(field, Field(Kind.TEXT)))
        for field in data.value
        if field in fields or not fields
    }
    for field in data.value:
        if fields and field not in fields:
            data.raw(field)
            data.bad(field, f"{type} has no {field}", near(field, fields))
    for field, what in fields.items():
        if what.required and field not in data.value:
            table.bad("data", f"{type} needs {field}", f'Add data.{field} = "path.to.it" or {{ value = ... }}.')
    out = EventMap(
        when=when,
        type=type,
        id=ids,
        at=at,
        deal=systems(table, "deal", name),
        about=systems(table, "about", name),
        people=optional_path(table, "people"),
        data=values,
    )
    data.done()
    table.done()
    return out


def read_when(table: Table) -> tuple[tuple[Path, tuple[str, ...]], ...]:
    out = []
    found = table.table("when")
    for key in found.value:
        wanted = found.raw(key)
        texts = wanted if isinstance(wanted, list) else [wanted]
        if not texts or not all(isinstance(each, str) for each in texts):
            found.bad(key, "a text or a list of texts is expected", f'Write "{key}" = "...".')
            continue
        path = path_of(found, key, key)
        if path:
            out.append((path, tuple(texts)))
    return tuple(out)


def systems(table: Table, key: str, name: str) -> tuple[tuple[str, Path], ...]:
    """System → path of an id there; `self` is the system that the file is about."""
    found = table.table(key)
    out = []
    for system in found.value:
        text = found.text(system)
        path = path_of(found, system, text) if text else None
        if not NAME.fullmatch(system):
            found.bad(system, f'"{system}" is no name of a system', "Use small letters, digits and dashes.")
        if path:
            out.append((name if system == "self" else system, path))
    return tuple(out)


def optional_path(table: Table, key: str) -> Path | None:
    text = table.optional_text(key)
    return path_of(table, key, text) if text else None


def path_of(table: Table, key: str, text: str) -> Path | None:
    try:
        return parse(text)
    except PathError as error:
        table.bad(key, f'"{text[:80]}" is no path: {error}', 'Write it as "proposal.signers[].name".')
        return None


def read_value(table: Table, key: str, field: Field) -> Value:
    """A path, `{ path = "...", words = {...}, unit = "ms" }`, or `{ value = ... }`."""
    raw = table.raw(key)
    if isinstance(raw, str):
        return Value(kind=field.kind, path=path_of(table, key, raw), options=field.options)
    if not isinstance(raw, Mapping):
        table.bad(
            key, f"{key} is missing" if raw is None else f"{key} should be a path", f'Write {key} = "path.to.it".'
        )
        return Value(kind=field.kind)
    spec = table.table(key)
    if spec.has("value"):
        constant = spec.raw("value")
        check_constant(spec, constant, field)
        spec.done()
        return Value(kind=field.kind, constant=plain(constant))
    path = path_of(spec, "path", spec.text("path"))
    clock = spec.choice("unit", Clock, Clock.ISO)
    if spec.has("unit") and field.kind is not Kind.TIME:
        spec.bad("unit", "only times have a unit", "Leave it out.")
    words = read_words(spec, field) if spec.has("words") else None
    spec.done()
    return Value(kind=field.kind, path=path, words=words, clock=clock, options=field.options)


def read_words(spec: Table, field: Field) -> Mapping[str, str] | None:
    table = spec.table("words")
    out = {key: table.text(key) for key in table.value}
    for key, word in out.items():
        if field.options and word and word not in field.options:
            table.bad(key, f'"{word}" is none of its values', near(word, field.options))
    return out


def check_constant(spec: Table, value: Any, field: Field) -> None:
    right: dict[Kind, type | tuple[type, ...]] = {
        Kind.TEXT: str,
        Kind.NUMBER: (int, float),
        Kind.WHOLE: int,
        Kind.DAY: dt.date,
        Kind.TIME: dt.datetime,
        Kind.TEXTS: list,
    }
    if isinstance(value, bool) or not isinstance(value, right[field.kind]):
        spec.bad("value", f"value should be of the kind {field.kind}", "Write it as TOML writes such a value.")
    elif field.options and value not in field.options:
        spec.bad("value", f'"{value}" is none of its values', near(value, field.options))


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
