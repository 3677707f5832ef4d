"""What vendors send, as files: good ones and broken ones, and beside them, in expected.toml, what is read in each.

A folder a source. `[[file]]` names a file and what comes out of it: `call` (each conversation in compact lines, as
`told` writes it) and `refused` (place, field, and words that the message must have).
"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from service.intake import Given
from service.intake.envelope import Received
from signals import Participant, Segment

HERE = Path(__file__).parent
AT = dt.datetime(2026, 3, 2, 14, tzinfo=dt.UTC)
GIVEN = Given(occurred_at=AT)


def cases(sources: list[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """(source, file, what is expected) for every file of the sources."""
    return [
        (source, entry["name"], entry)
        for source in sources
        for entry in tomllib.loads((HERE / source / "expected.toml").read_text())["file"]
    ]


def content(source: str, file: str) -> bytes:
    return (HERE / source / file).read_bytes()


def told(received: Received) -> dict[str, Any]:
    """A conversation in lines that people can check: who was there, how that is known, and who said what when."""
    conversation, envelope = received.conversation, received.envelope
    known = {person.participant: person.identity.value for person in envelope.people} if envelope else {}
    out: dict[str, Any] = {
        "id": "by content" if conversation.id.startswith("content-") else conversation.id,
        "at": "as given" if conversation.occurred_at == AT else conversation.occurred_at.isoformat(),
        "people": [person_line(person, known.get(person.id, "nobody knows")) for person in conversation.participants],
        "said": [segment_line(segment) for segment in conversation.segments],
    }
    if conversation.body:
        out["said"] = [f"{conversation.sender} to {', '.join(conversation.to)}", *conversation.body.split("\n")]
    if conversation.deal is not None:
        out["deal"] = f"{conversation.deal.id} of {conversation.deal.account}"
    if envelope is not None and envelope.objects:
        out["objects"] = [f"{each.system} {each.kind} {each.id}" for each in envelope.objects]
    return out


def person_line(person: Participant, known: str) -> str:
    mail = f"<{person.email}>" if person.email else None
    parts = [person.name, mail, person.title, person.side and person.side.value]
    return f"{person.id}: {', '.join(part for part in [*parts, known] if part)}"


def segment_line(segment: Segment) -> str:
    times = "" if segment.start is None else f" {segment.start:g}-{'' if segment.end is None else f'{segment.end:g}'}"
    return f"{segment.speaker or '?'}{times}: {segment.text}"
