"""What a workspace keeps of a person, for whoever asks what is kept of them."""

from __future__ import annotations

from typing import Any

from service.flows.context import Context
from service.flows.find_person import Known, address_of, find_person
from service.store import traces

__all__ = ["export_person"]

Json = dict[str, Any]


def export_person(context: Context, person: object) -> Json:
    """Their words in each conversation, what deals know of them, and what was concluded from what they said or from
    what others said of them. Raises DecodeError for what is no address."""
    address, workspace = address_of(person), context.workspace
    with context.database.connect() as connection:
        known = find_person(connection, workspace, address)
        rows = traces.person_rows(connection, workspace, address, known.names)
        found = traces.signals_in(connection, workspace, known.contents)
    return {
        "person": address,
        "names": sorted(known.names),
        "deals": rows,
        "conversations": [part(known, id) for id in sorted(known.spoke)],
        "signals": [
            {"conversation": conversation, **content}
            for conversation, content in found
            if concerns(known, conversation, content)
        ],
    }


def part(known: Known, id: str) -> Json:
    content, spoke = known.contents[id], known.spoke[id]
    words = [segment["text"] for place, segment in enumerate(content.get("segments") or []) if place in spoke.segments]
    if spoke.wrote:
        words = [text for text in (content.get("subject"), content.get("body")) if text]
    return {
        "id": id,
        "kind": content["kind"],
        "occurred_at": content["occurred_at"],
        "participant": [each for each in content["participants"] if each["id"] in spoke.ids],
        "words": words,
    }


def concerns(known: Known, conversation: str, content: Json) -> bool:
    """Whether they said it, or it was said of them."""
    spoke = known.spoke.get(conversation)
    pieces = content.get("evidence") or []
    if spoke is not None and any(spoke.said([piece.get("segment")], content.get("speaker")) for piece in pieces):
        return True
    folded = {name.casefold() for name in known.names}
    return any(isinstance(value, str) and value.casefold() in folded for value in content.values())
