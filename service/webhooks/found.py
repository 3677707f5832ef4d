"""What a delivery turns out to hold."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.intake.refusal import Refusal

__all__ = ["TELLTALE", "Announcement", "External", "Found", "Happening", "Ignored", "Review", "event_id"]

Json = dict[str, Any]

# The system of our own ids: `External(TELLTALE, "D-7")` is our deal D-7.
TELLTALE = "telltale"

LONGEST_ID = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """An object of another system. `names_deal` where the object is a deal there: ours may have the same id."""

    system: str
    object_id: str
    names_deal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened to a deal: `type` and `data` as the engine reads them, and an id that is always the same.

    `about` tells which deal it may be, `people` are mail addresses of those who took part. `marks` are how a write of
    our own would look when it comes back.
    """

    place: str
    id: str
    type: str
    occurred_at: dt.datetime
    data: Json
    about: tuple[External, ...] = ()
    people: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Something is ready elsewhere: `fetch` says how to get it and where to bring it. Nothing is fetched from here."""

    place: str
    id: str
    kind: str
    announced_at: dt.datetime
    fetch: Json
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A person accepts or dismisses a signal."""

    place: str
    id: str
    signal: UUID
    action: str
    by: str
    at: dt.datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A record that means nothing to a deal, and why."""

    place: str
    reason: str


Found = Happening | Announcement | Review | Ignored | Refusal


def event_id(source: str, *parts: object) -> str:
    """The same for the same parts; parts that are long or odd are hashed, so that any of them will do."""
    text = ":".join([source, *(str(part) for part in parts)])
    if len(text) <= LONGEST_ID and text.isprintable():
        return text
    return f"{source}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"
