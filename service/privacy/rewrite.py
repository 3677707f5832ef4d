"""Rows rewritten: names and addresses become others, what the person said becomes unreadable. Shapes, numbers, ids and
times stay as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from service.privacy.masks import Said, masked
from service.privacy.person import Person

__all__ = ["Eraser", "Spoke", "spoke_in"]

Json = dict[str, Any]

# A word out of a fixed set, such as a status or a rule's name: no first name alone.
WORD_OF_OURS = re.compile(r"[a-z][a-z0-9_.-]*")

# By these, rows and events find each other.
IDS = frozenset({"id", "event", "events", "deal", "deal_id", "conversation", "conversations", "signal", "key"})


@dataclass(frozen=True)
class Spoke:
    """A person's part in a conversation: their ids there, the segments that they said, whether they wrote the mail."""

    ids: frozenset[str]
    segments: frozenset[int]
    wrote: bool

    def said(self, segments: object, speaker: object) -> bool:
        """Whether a quote of these segments, by this speaker, is of their words."""
        if isinstance(speaker, str) and speaker in self.ids:
            return True
        some = [each for each in segments if isinstance(each, int)] if isinstance(segments, list) else []
        return any(each in self.segments for each in some) or (self.wrote and not some)


def spoke_in(content: Json, is_them: Callable[[Json], bool]) -> Spoke | None:
    """None for a conversation that the person is no part of. `is_them` knows a participant."""
    people = content.get("participants") or []
    ids = frozenset(str(each["id"]) for each in people if is_them(each))
    if not ids:
        return None
    segments = content.get("segments") or []
    theirs = frozenset(place for place, each in enumerate(segments) if each.get("speaker") in ids)
    return Spoke(ids=ids, segments=theirs, wrote=content.get("from") in ids)


@dataclass(frozen=True)
class Eraser:
    """`spoke` is by conversation. `theirs`: what is rewritten is of one of the person's deals or conversations."""

    person: Person
    said: Said
    spoke: Mapping[str, Spoke]
    theirs: bool = False
    conversation: str | None = None

    def of(self, *, theirs: bool, conversation: str | None) -> Eraser:
        return replace(self, theirs=theirs, conversation=conversation)

    @cached_property
    def ids(self) -> frozenset[str]:
        """What conversations call the person, which may be a name."""
        return frozenset(id for spoke in self.spoke.values() for id in spoke.ids)

    def text(self, value: str) -> str:
        theirs = self.theirs and (value in self.ids or WORD_OF_OURS.fullmatch(value) is None)
        return self.person.renamed(self.said.masked_in(value), theirs=theirs)

    def value(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.value(each) for each in value]
            case dict():
                return self.record(value)
            case _:
                return value

    def record(self, record: Json) -> Json:
        quoted = self.is_quote(record)
        out: Json = {}
        for name, value in record.items():
            if name == "participants" and isinstance(value, list):
                out[name] = [self.participant(each) for each in value]
            elif name in IDS:
                out[name] = value
            elif name == "text" and quoted and isinstance(value, str):
                out[name] = masked(value)
            else:
                out[self.text(name)] = self.value(value)
        return out

    def participant(self, value: Any) -> Any:
        """Here an id is what others call the person by within the conversation, and may be a name."""
        if not isinstance(value, dict):
            return self.value(value)
        return {name: self.value(each) for name, each in value.items()}

    def is_quote(self, record: Json) -> bool:
        conversation = record.get("conversation", self.conversation)
        spoke = self.spoke.get(conversation) if isinstance(conversation, str) else None
        if spoke is None or not isinstance(record.get("text"), str):
            return False
        segments = record.get("segments")
        if segments is None and "segment" in record:
            segments = [record["segment"]]
        return spoke.said(segments, record.get("speaker"))

    def content(self, content: Json) -> Json:
        """A conversation as it was received: what they said or wrote is masked, names in others' words replaced."""
        spoke = self.spoke.get(self.conversation or "")
        out: Json = {}
        for name, value in content.items():
            if name == "segments" and isinstance(value, list):
                out[name] = [self.segment(place, each, spoke) for place, each in enumerate(value)]
            elif name in ("body", "subject") and isinstance(value, str) and spoke is not None and spoke.wrote:
                out[name] = masked(value)
            else:
                out |= self.record({name: value})
        return out

    def segment(self, place: int, segment: Json, spoke: Spoke | None) -> Json:
        """In a call others say the same words by chance: only names go from theirs."""
        out = {name: self.value(value) for name, value in segment.items() if name != "text"}
        theirs = spoke is not None and place in spoke.segments
        text = str(segment["text"])
        words = masked(text) if theirs else self.person.renamed(text, theirs=self.theirs)
        return {name: words if name == "text" else out[name] for name in segment}

    def row(self, row: Mapping[str, Any], *, is_conversation: bool) -> Json:
        """A row of a table, column by column."""
        return {
            name: self.content(value) if is_conversation and name == "content" else self.value(value)
            for name, value in row.items()
        }
