"""A deal's timeline: each decision with its rule, its reason, its events and the words that were said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from service.store import events, routing
from service.store.decisions import StoredDecision
from service.store.events import StoredEvent, evidence_of

__all__ = ["told"]

Json = dict[str, Any]


def told(connection: Connection, workspace: str, taken: Sequence[StoredDecision]) -> list[Json]:
    """Decisions as the engine gave them, with `seq`, `quotes` (whose words, in which conversation) and `caused_by`."""
    ids = {id for decision in taken for id in decision.content.get("events") or ()}
    known = events.by_id(connection, workspace, ids)
    names = speakers(connection, workspace, known.values())
    return [
        {
            **decision.content,
            "seq": decision.seq,
            "recorded_at": decision.recorded_at.isoformat(),
            "quotes": [quote(known[id], names) for id in decision.content.get("events") or () if quotable(known, id)],
            "caused_by": [
                {"id": id, "type": known[id].type, "occurred_at": known[id].content["occurred_at"]}
                for id in decision.content.get("events") or ()
                if id in known
            ],
        }
        for decision in taken
    ]


def quotable(known: dict[str, StoredEvent], id: str) -> bool:
    return id in known and isinstance(evidence_of(known[id].content).get("text"), str)


def quote(event: StoredEvent, names: dict[tuple[str, str], Json]) -> Json:
    evidence = evidence_of(event.content)
    out = {"event": event.id, "conversation": event.conversation, "segments": evidence.get("segments") or []}
    out["text"] = evidence["text"]
    speaker = evidence.get("speaker")
    if isinstance(speaker, str):
        out["speaker"] = names.get((event.conversation or "", speaker), {"id": speaker})
    return out


def speakers(connection: Connection, workspace: str, quoted: Iterable[StoredEvent]) -> dict[tuple[str, str], Json]:
    """(conversation, participant) → who that is, with the side if it counts."""
    ids = {event.conversation for event in quoted if event.conversation}
    return {
        (id, person["participant"]): shown(person)
        for id, people in routing.sides(connection, workspace, ids).items()
        for person in people
    }


def shown(person: Json) -> Json:
    out = {"id": person["participant"], "name": person["name"], "title": person["title"]}
    out["side"] = person["side"] if person["counts"] else None
    return {key: value for key, value in out.items() if value is not None}
