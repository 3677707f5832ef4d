"""The words that were said, with who said them and where in the conversation they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection

from engine import Event
from service.flows.timeline import shown
from service.pages.deal.wording import day
from service.store import routing

__all__ = ["Words", "conversation_url", "speakers_of", "words_of"]

Json = dict[str, Any]
Speakers = Mapping[tuple[str, str], Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`url` leads to the sentence in its conversation; None for words that another system sent along."""

    text: str
    who: str
    day: str
    url: str | None


def conversation_url(conversation: str, segments: Iterable[int]) -> str:
    first = next(iter(segments), None)
    return f"/conversations/{quote(conversation, safe='')}" + ("" if first is None else f"?at={first}#s{first}")


def speakers_of(connection: Connection, workspace: str, events: Iterable[Event]) -> Speakers:
    """Who is who in the conversations that the events come from."""
    ids = {quote.conversation for event in events for quote in event.quotes if quote.conversation}
    found = routing.sides(connection, workspace, ids) if ids else {}
    return {(id, person["participant"]): shown(person) for id, people in found.items() for person in people}


def words_of(event: Event, speakers: Speakers) -> tuple[Words, ...]:
    """What the event carries along, each piece once."""
    out = []
    for said in event.quotes:
        speaker = said.speaker or carried_speaker(event)
        who = speakers.get((said.conversation or "", speaker or ""), {})
        named = ", ".join(filter(None, [who.get("name"), who.get("title")]))
        out.append(
            Words(
                text=" ".join(said.text.split()),
                who=named or speaker or "",
                day=day(occurred(event)),
                url=None if said.conversation is None else conversation_url(said.conversation, said.segments),
            )
        )
    return tuple(dict.fromkeys(out))


def carried_speaker(event: Event) -> str | None:
    evidence = event.json.get("evidence")
    speaker = evidence.get("speaker") if isinstance(evidence, Mapping) else None
    return speaker if isinstance(speaker, str) else None


def occurred(event: Event) -> dt.date:
    return event.occurred_at.date()
