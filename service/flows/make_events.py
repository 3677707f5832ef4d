"""The events that a conversation is to its deal: pure, and the same for the same conversation whenever it is read.

So that the deal's state depends on what was said and not on the order in which it came, each event has a time of its
own: the conversation's, the segment's start, the event's place in milliseconds, and a few microseconds that are the
conversation's own, for two that began at the same moment.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from service.flows.fold import FROM_WORDS
from service.intake.envelope import Nature
from service.routing.sides import Concluded, conclude
from signals import Conversation, ConversationKind, Participant, Side, Signal

__all__ = ["Made", "event_of_signal", "iso", "made_of", "make_events", "start_of"]

Json = dict[str, Any]

LONGEST_QUOTE = 240
SECONDS_TO_MINUTES = 60
WORDS_THAT_SAY_SOMETHING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """`beginnings` say that the deal exists, who is in it and that one talked or wrote; `signals[i]` is the event of
    the i-th signal that was found, and `places[i]` its place among all of them."""

    beginnings: tuple[Json, ...]
    signals: tuple[Json, ...]
    places: tuple[int, ...]


def make_events(
    conversation: Conversation,
    accepted: Sequence[Signal],
    *,
    concluded: Concluded | None = None,
    nature: Nature = Nature.HUMAN,
) -> list[Json]:
    """Events in the engine's JSON, in order of time; none for a conversation without a deal.

    Sides count as they are `concluded`, by default from the conversation alone. A mail that no person wrote (`nature`)
    may tell something, and is no activity.
    """
    made = made_of(conversation, accepted, concluded=concluded, nature=nature)
    in_order = sorted(zip(made.places, made.signals, strict=True), key=lambda each: each[0])
    return [*made.beginnings, *(event for _, event in in_order)]


def made_of(
    conversation: Conversation,
    found: Sequence[Signal],
    *,
    concluded: Concluded | None = None,
    nature: Nature = Nature.HUMAN,
) -> Made:
    """What `make_events` makes, apart. A signal's place and time do not depend on which of the others is accepted."""
    deal = conversation.deal
    if deal is None or deal.id is None:
        return Made(beginnings=(), signals=(), places=())
    conversation = (concluded or conclude(conversation)).conversation
    drafts = list(beginnings(conversation, nature))
    opening = tuple(
        {
            "id": base_id(conversation.id, place),
            "deal_id": deal.id,
            "type": type,
            "occurred_at": iso(moment_of(conversation, 0.0, place)),
            "source": FROM_WORDS,
            "data": data,
            "evidence": evidence,
        }
        for place, (type, data, evidence) in enumerate(drafts)
    )
    starts = [start_of(conversation, signal) for signal in found]
    in_order = sorted(range(len(found)), key=lambda index: (starts[index], index))
    places = {index: place for place, index in enumerate(in_order, start=len(drafts))}
    signals = tuple(
        event_of_signal(
            conversation.id,
            deal.id,
            signal.to_json(),
            place=places[index],
            said_at=moment_of(conversation, starts[index], places[index]),
        )
        for index, signal in enumerate(found)
    )
    return Made(beginnings=opening, signals=signals, places=tuple(places[index] for index in range(len(found))))


def event_of_signal(conversation: str, deal: str, content: Json, *, place: int, said_at: dt.datetime) -> Json:
    """The event that a signal is to its deal, from the signal's JSON."""
    pieces = content["evidence"]
    evidence = {
        "conversation": conversation,
        "segments": sorted({piece["segment"] for piece in pieces if piece["segment"] is not None}),
        "text": " … ".join(piece["text"] for piece in pieces),
        "speaker": content.get("speaker"),
    }
    return {
        "id": base_id(conversation, place),
        "deal_id": deal,
        "type": "signal",
        "occurred_at": iso(said_at),
        "source": FROM_WORDS,
        "data": content,
        "evidence": known_only(evidence),
    }


def base_id(conversation: str, place: int) -> str:
    return f"{conversation}:{place or 'deal'}"


def moment_of(conversation: Conversation, start: float, place: int) -> dt.datetime:
    """When the event in a place happened, of words said `start` seconds after the beginning."""
    shift = dt.timedelta(seconds=start, milliseconds=place, microseconds=own_microseconds(conversation.id))
    return conversation.occurred_at + shift


Draft = tuple[str, Json, Json]


def beginnings(conversation: Conversation, nature: Nature) -> Iterator[Draft]:
    """That the deal exists, who is in it, and that one talked or wrote."""
    opening = words_of(conversation, None)
    yield "deal.created", deal_data(conversation), opening
    for person in conversation.participants:
        if person.side is Side.BUYER and person.name:
            data = {"person": person.name, "title": person.title, "side": "buyer"}
            yield "contact.added", known_only(data), words_of(conversation, person)
    if conversation.kind is ConversationKind.CALL:
        spoke = {segment.speaker for segment in conversation.segments}
        buyers = [person for person in conversation.participants if person.side is Side.BUYER]
        present = [person for person in buyers if person.id in spoke] or buyers
        yield "activity.call", {"minutes": minutes(conversation), "contacts": names(present)}, opening
        return
    direction = mail_direction(conversation)
    if direction is not None and nature is Nature.HUMAN:
        on_it = {conversation.sender, *conversation.to, *conversation.cc}
        present = [each for each in conversation.participants if each.side is Side.BUYER and each.id in on_it]
        yield "activity.email", {"direction": direction, "contacts": names(present)}, opening


def start_of(conversation: Conversation, signal: Signal) -> float:
    """Seconds from the beginning; where the segment's own start is unknown, that of the last one before it with one."""
    first = min((piece.segment for piece in signal.evidence if piece.segment is not None), default=None)
    if first is None:
        return 0.0
    before = (segment.start for segment in reversed(conversation.segments[: first + 1]))
    return max(0.0, next((start for start in before if start is not None), 0.0))


def deal_data(conversation: Conversation) -> Json:
    deal = conversation.deal
    assert deal is not None
    return known_only(
        {
            "account": deal.account,
            "currency": deal.currency,
            "fiscal_year_start_month": deal.fiscal_year_start_month,
        }
    )


def minutes(conversation: Conversation) -> float | int:
    """The length of a call, never rounded up to what it was not; 1 where no segment has a time."""
    ends = [time for segment in conversation.segments for time in (segment.end, segment.start) if time is not None]
    length = math.floor(max(ends, default=0.0) / SECONDS_TO_MINUTES * 100) / 100
    return max(1, int(length) if length == int(length) else length)


def mail_direction(conversation: Conversation) -> str | None:
    """By the sender's side, or by the recipients' where the sender's is unknown; None where both are."""
    sender = conversation.participant(conversation.sender)
    if sender is not None and sender.side is not None:
        return "inbound" if sender.side is Side.BUYER else "outbound"
    written_to = [conversation.participant(id) for id in (*conversation.to, *conversation.cc)]
    sides = {person.side for person in written_to if person is not None and person.side is not None}
    if len(sides) != 1:
        return None
    return "outbound" if sides == {Side.BUYER} else "inbound"


def names(people: Iterable[Participant]) -> list[str]:
    return [person.name or person.email or person.id for person in people]


def words_of(conversation: Conversation, person: Participant | None) -> Json:
    """The first words of somebody (of the buyer's side, then of anybody, where None), as proof that they took part."""
    if conversation.kind is ConversationKind.EMAIL:
        lines = [line for line in conversation.body.splitlines() if line.strip()]
        text = next(filter(says_something, lines), conversation.subject or lines[0])
        quote: Json = {"conversation": conversation.id, "segments": [], "text": shortened(text)}
        return known_only(quote | {"speaker": conversation.sender})
    buyers = {each.id for each in conversation.participants if each.side is Side.BUYER}
    anybody: set[str | None] = {segment.speaker for segment in conversation.segments}
    wanted: list[set[str | None]] = [{person.id}] if person else [set(buyers), anybody]
    for speakers in wanted:
        theirs = [n for n, said in enumerate(conversation.segments) if said.speaker in speakers and said.text.strip()]
        if theirs:
            first = next((n for n in theirs if says_something(conversation.segments[n].text)), theirs[0])
            said = conversation.segments[first]
            quote = {"conversation": conversation.id, "segments": [first], "text": shortened(said.text)}
            return known_only(quote | {"speaker": said.speaker})
    on_list = ", ".join(filter(None, [person.name, person.title])) if person else ""
    return {"conversation": conversation.id, "segments": [], "text": on_list}


def says_something(text: str) -> bool:
    """More than a greeting; quoted lines of a mail are somebody else's words."""
    return len(text.split()) >= WORDS_THAT_SAY_SOMETHING and not text.lstrip().startswith(">")


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + "…"


def known_only(data: Json) -> Json:
    return {key: value for key, value in data.items() if value is not None}


def own_microseconds(id: str) -> int:
    return int.from_bytes(hashlib.sha256(id.encode("utf-8", "surrogatepass")).digest()[:4], "big") % 1000


def iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
