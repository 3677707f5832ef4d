"""What a language model is asked: the rules (`prompt.md`), and one window of a conversation as numbered lines.

Text of the conversation stands in JSON strings, so that no line break or quotation mark in it can look like a line or
an instruction of ours; what speaks to a machine is withheld.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from extractors.addressed import speaks_to_a_machine
from extractors.proposals import json_schema
from extractors.reading import Reading
from extractors.sides import Known
from service.readers.windows import Window, estimated_tokens
from signals import Participant, Signal

__all__ = ["Request", "prompt_version", "request_of", "rules"]

LONGEST_NAME = 100
MOST_PARTICIPANTS = 60
MOST_COMPETITORS = 100
MOST_KNOWN = 25
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a language model. `id` depends on everything that is asked and on nothing else."""

    id: str
    system: str
    user: str

    @property
    def messages(self) -> list[dict[str, str]]:
        return [{"role": "system", "content": self.system}, {"role": "user", "content": self.user}]

    @property
    def tokens(self) -> int:
        return estimated_tokens(self.system) + estimated_tokens(self.user)


@cache
def prompt_file() -> tuple[str, str]:
    """(the number that the file declares, the rules)."""
    raw = files("service.readers").joinpath("prompt.md").read_text(encoding="utf-8")
    head, _, body = raw.partition("\n---\n")
    return head.removeprefix("version:").strip(), body.strip()


def rules() -> str:
    return prompt_file()[1]


@cache
def prompt_version() -> str:
    """Such as `1-3fa9c2d1`: the declared number, and a hash of the rules and of the schema of answers."""
    number, body = prompt_file()
    schema = json.dumps(json_schema(), sort_keys=True)
    return f"{number}-{hashlib.sha256((body + schema).encode()).hexdigest()[:8]}"


def request_of(reading: Reading, window: Window, *, known: Sequence[Signal] = ()) -> Request:
    """`known`: what was found before the window."""
    user = "\n".join([*head(reading), *known_lines(known), "", "Lines:", *numbered(reading, window)])
    digest = hashlib.sha256(f"{prompt_version()}\n{user}".encode("utf-8", "surrogatepass")).hexdigest()
    return Request(id=f"telltale-{digest[:32]}", system=rules(), user=user)


def head(reading: Reading) -> Iterator[str]:
    conversation, deal = reading.conversation, reading.deal
    at = conversation.occurred_at
    yield f"{'E-mail' if reading.is_email else 'Call'} of {at:%A} {at:%Y-%m-%d}, {at:%H:%M}."
    yield (
        f"Deal: the buyer is {said(deal.account)}, the seller is {said(deal.seller)}, amounts without a currency are "
        f"{reading.currency}, the fiscal year starts in {MONTHS[(deal.fiscal_year_start_month or 1) - 1]}."
    )
    if deal.competitors:
        known = (
            said(entry.name) + (f" (also {', '.join(map(said, entry.aliases[:10]))})" if entry.aliases else "")
            for entry in deal.competitors[:MOST_COMPETITORS]
        )
        yield f"Known competitors: {', '.join(known)}."
    if conversation.participants:
        yield "Participants:"
        for person in conversation.participants[:MOST_PARTICIPANTS]:
            yield "- " + participant(reading, person)
    if reading.is_email:
        yield f"Subject: {said(conversation.subject)}"
        for label, ids in (("From", (conversation.sender,)), ("To", conversation.to), ("Cc", conversation.cc)):
            found = [conversation.participant(id) for id in ids[:MOST_PARTICIPANTS]]
            names = [said(each.name or each.id) for each in found if each is not None]
            if names:
                yield f"{label}: {', '.join(names)}"


def participant(reading: Reading, person: Participant) -> str:
    side = reading.sides.of(person.id)
    guessed = reading.sides.known.get(person.id) is Known.TALK
    told = "side unknown" if side is None else f"probably {side}" if guessed else str(side)
    return ", ".join([said(person.name or person.id), *([said(person.title)] if person.title else []), told])


def known_lines(known: Sequence[Signal]) -> Iterator[str]:
    if known:
        yield "Found in earlier lines by a simple reader, which may be wrong or miss things:"
        for signal in known[-MOST_KNOWN:]:
            yield "- " + json.dumps(facts(signal), ensure_ascii=False)


def facts(signal: Signal) -> dict[str, Any]:
    """The fact without its evidence, speaker and the rest."""
    left_out = {"evidence", "speaker", "side", "confidence", "found_by"}
    return {key: value for key, value in signal.to_json().items() if key not in left_out}


def numbered(reading: Reading, window: Window) -> Iterator[str]:
    for line in window.lines:
        turn = reading.turns[line.number]
        if turn.addressed:
            yield f"[{line.number}] (withheld)"
            continue
        notes = []
        if not turn.own:
            notes.append("context only")
        if turn.written_at.date() != reading.conversation.occurred_at.date():
            notes.append(f"written on {turn.written_at:%A} {turn.written_at:%Y-%m-%d}")
        if reading.is_email and (turn.speaker is None or turn.speaker.id == reading.conversation.sender):
            speaker = ""
        else:
            speaker = " " + (said(turn.speaker.name or turn.speaker.id) if turn.speaker else "unknown speaker")
            notes += [str(turn.side)] if turn.side else []
        told = f" ({', '.join(notes)})" if notes else ""
        yield f"[{line.number}]{speaker}{told}: {json.dumps(fit(line.text), ensure_ascii=False)}"


def said(text: str | None) -> str:
    """A name or subject of the conversation, on one line and of bounded length; nothing of one that speaks to a
    machine."""
    if text is None or not text.strip():
        return "unknown"
    plain = " ".join(fit(text).split())[:LONGEST_NAME]
    return "(withheld)" if speaks_to_a_machine(text[:2000]) else plain.replace('"', "'")


def fit(text: str) -> str:
    """Text that can be sent as UTF-8."""
    return text.encode("utf-8", "replace").decode()
