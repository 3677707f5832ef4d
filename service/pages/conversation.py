"""A conversation as a page shows it: its words with the signals in them, who spoke, and what may be mended."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection

from extractors.mail import BlockKind, blocks
from service.api.principal import Caller
from service.api.problems import not_found
from service.pages.formats import clock_time
from service.pages.highlights import Note, Run, Span, note_of, runs, spans_of
from service.store import conversations, deal_cards, routing, signals
from service.store.conversations import Stored
from service.store.routing import StoredRoute
from service.store.signals import StoredSignal

__all__ = ["ConversationView", "look", "seen_conversation", "url_of"]

Json = dict[str, Any]

# About two hours of talk: a page of it stays below 300 kB with all its marks.
PART = 80_000

SIDES = {"buyer": "buyer", "seller": "seller"}
HOW = {
    "given": "as it was given",
    "deal": "known from this deal",
    "email": "by the mail address",
    "title": "by the title",
    "other": "because everybody else is on the other side",
    "talk": "only by the way they talk",
    "person": "a person said so",
}
FOLDED = {
    BlockKind.QUOTED: "Earlier mail, quoted",
    BlockKind.FORWARDED: "Forwarded mail",
    BlockKind.SIGNATURE: "Signature",
    BlockKind.NOTICE: "Legal notice",
    BlockKind.HEADER: "Header of an earlier mail",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """`side` is buyer, seller or "" where nobody knows; `how` says how it is known."""

    id: str
    name: str
    title: str
    side: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """`head` is whether the speaker is named above it: at the first of several in a row."""

    index: int
    who: str
    side: str
    time: str
    head: bool
    runs: Sequence[Run]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A part of a mail's body; `folded` is what stands on the fold, "" for the writer's own words. `open` where it
    holds a signal."""

    folded: str
    open: bool
    runs: Sequence[Run]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """A signal in the list beside the words; `url` leads to the first of those that it rests on."""

    note: Note
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A page of a long call."""

    label: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A deal that the conversation may belong to, and why."""

    deal: str
    account: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where it belongs, where that is not clear."""

    state: str
    reason: str
    candidates: Sequence[Candidate]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """`utterances` of a call, `passages` of a mail. `kinds` are (type, how many) of its signals."""

    id: str
    url: str
    kind: str
    title: str
    subject: str
    occurred_at: dt.datetime
    state: str
    reason: str
    deal: str | None
    account: str
    people: Sequence[PersonView]
    sender: str
    recipients: Sequence[str]
    utterances: Sequence[Utterance]
    passages: Sequence[Passage]
    notes: Sequence[NoteView]
    kinds: Sequence[tuple[str, int]]
    pending: int
    parts: Sequence[Part]
    route: Route | None


def url_of(id: str) -> str:
    return f"/conversations/{quote(id, safe='')}"


def seen_conversation(connection: Connection, caller: Caller, id: str) -> Stored:
    """The conversation if the caller may see it; else as if there were none."""
    stored = conversations.get(connection, caller.context.workspace, id)
    if stored is None or not sees(connection, caller, stored.deal):
        raise not_found("conversation", id)
    return stored


def sees(connection: Connection, caller: Caller, deal: str | None) -> bool:
    owners = caller.principal.owners
    if owners is None:
        return True
    return deal is not None and deal_cards.get(connection, caller.context.workspace, deal, owners) is not None


def look(connection: Connection, caller: Caller, id: str, *, at: int) -> ConversationView:
    """The page that holds utterance `at`. Raises a problem 404 for what is not there or not the caller's to see."""
    workspace = caller.context.workspace
    stored = seen_conversation(connection, caller, id)
    found = in_order(signals.of_conversation(connection, workspace, id))
    notes = {each.id: note_of(each, number) for number, each in enumerate(found, start=1)}
    shown = [each for each in found if each.state != "dismissed"]
    route = routing.get(connection, workspace, id)
    people = people_of(stored.content, route)
    card = None if stored.deal is None else deal_cards.get(connection, workspace, stored.deal, None)
    account = card.account if card is not None and card.account else (stored.deal or "")
    first, last, parts = part_of(stored, at)
    by_id = {person.id: person for person in people}
    return ConversationView(
        id=id,
        url=url_of(id),
        kind=stored.content["kind"],
        title=account or subject_of(stored) or id,
        subject=subject_of(stored),
        occurred_at=dt.datetime.fromisoformat(stored.content["occurred_at"]),
        state=stored.state,
        reason=stored.reason or "",
        deal=stored.deal,
        account=account,
        people=people,
        sender=name_of(by_id, stored.content.get("from")),
        recipients=[name_of(by_id, each) for field in ("to", "cc") for each in stored.content.get(field) or ()],
        utterances=utterances(stored.content, by_id, spans(shown, notes), first, last),
        passages=passages(stored.content, by_id, spans(shown, notes).get(None, [])),
        notes=[
            NoteView(note=note, url=words_url(id, note, first, last))
            for note in (notes[each.id] for each in found)
            if on_page(note, first, last)
        ],
        kinds=sorted(Counter(each.type for each in shown).items()),
        pending=sum(each.state == "pending" for each in found),
        parts=parts,
        route=None if route is None or route.state not in ("waiting", "dismissed") else route_view(route),
    )


def on_page(note: Note, first: int, last: int) -> bool:
    return not note.said_in or any(first <= place < last for place in note.said_in)


def words_url(id: str, note: Note, first: int, last: int) -> str:
    elsewhere = bool(note.said_in) and not first <= note.said_in[0] < last
    return (f"{url_of(id)}?at={note.said_in[0]}" if elsewhere else "") + f"#h{note.number}"


def in_order(found: Sequence[StoredSignal]) -> list[StoredSignal]:
    """By where their words stand."""

    def place(signal: StoredSignal) -> tuple[int, int]:
        pieces = signal.content.get("evidence") or ()
        return (pieces[0]["segment"] or 0, pieces[0]["start"]) if pieces else (0, 0)

    return sorted(found, key=place)


def spans(found: Sequence[StoredSignal], notes: Mapping[Any, Note]) -> dict[int | None, list[Span]]:
    out: dict[int | None, list[Span]] = {}
    for signal in found:
        for place, span in spans_of(signal, notes[signal.id]):
            out.setdefault(place, []).append(span)
    return out


def subject_of(stored: Stored) -> str:
    return stored.content.get("subject") or ""


def people_of(content: Json, route: StoredRoute | None) -> list[PersonView]:
    """With the sides that were concluded, where the conversation was read."""
    concluded = {} if route is None else {each["participant"]: each for each in route.sides}
    return [person_view(each, concluded.get(each["id"], {})) for each in content.get("participants") or ()]


def person_view(person: Json, concluded: Json) -> PersonView:
    side = concluded.get("side") or person.get("side") or ""
    known = concluded.get("known") or ("given" if person.get("side") else "")
    return PersonView(
        id=person["id"],
        name=person.get("name") or person.get("email") or person["id"],
        title=person.get("title") or "",
        side=SIDES.get(side, ""),
        how=HOW.get(known, known),
    )


def name_of(people: Mapping[str, PersonView], id: str | None) -> str:
    person = people.get(id or "")
    return person.name if person is not None else (id or "Somebody")


def part_of(stored: Stored, at: int) -> tuple[int, int, list[Part]]:
    """The first utterance of the page that holds `at`, the one after its last, and the pages that there are."""
    segments = stored.content.get("segments") or ()
    starts, size = [0], 0
    for index, segment in enumerate(segments):
        if size and size + len(segment["text"]) > PART:
            starts.append(index)
            size = 0
        size += len(segment["text"])
    ends = [*starts[1:], max(len(segments), 1)]
    here = max(number for number, start in enumerate(starts) if start <= max(at, 0))
    if len(starts) == 1:
        return 0, ends[0], []
    parts = [
        Part(
            label=clock_time(segments[start].get("start")) or f"Part {number + 1}",
            url=f"{url_of(stored.id)}?at={start}",
            here=number == here,
        )
        for number, start in enumerate(starts)
    ]
    return starts[here], ends[here], parts


def utterances(
    content: Json, people: Mapping[str, PersonView], marked: Mapping[int | None, list[Span]], first: int, last: int
) -> list[Utterance]:
    out: list[Utterance] = []
    before: object = out  # no speaker, not even an unknown one
    for index, segment in enumerate((content.get("segments") or ())[first:last], start=first):
        speaker = segment.get("speaker")
        person = people.get(speaker or "")
        out.append(
            Utterance(
                index=index,
                who=name_of(people, speaker),
                side=person.side if person is not None else "",
                time=clock_time(segment.get("start")),
                head=speaker != before,
                runs=runs(segment["text"], marked.get(index, ())),
            )
        )
        before = speaker
    return out


def passages(content: Json, people: Mapping[str, PersonView], marked: Sequence[Span]) -> list[Passage]:
    """The body cut into its writer's own words and what is folded; nothing of it is lost, nor white space between."""
    if content["kind"] != "email":
        return []
    body = content["body"]
    sent_at = dt.datetime.fromisoformat(content["occurred_at"])
    found = blocks(body, subject=content.get("subject"), sender=name_of(people, content.get("from")), sent_at=sent_at)
    out: list[tuple[BlockKind, int, int]] = []
    for block in found:
        kind = joined(out[-1][0], block.kind) if out else None
        if kind is not None:
            out[-1] = (kind, out[-1][1], block.end)
        else:
            out.append((block.kind, out[-1][2] if out else 0, block.end))
    if not out:
        out = [(BlockKind.OWN, 0, len(body))]
    kind, start, _ = out[-1]
    out[-1] = (kind, start, len(body))
    return [
        Passage(
            folded=FOLDED.get(kind, ""),
            open=kind is BlockKind.FORWARDED or any(span.start < end and span.end > start for span in marked),
            runs=runs(body, marked, start=start, end=end),
        )
        for kind, start, end in out
    ]


def joined(before: BlockKind, kind: BlockKind) -> BlockKind | None:
    """What two blocks are together on the page; None where they stand apart. A header belongs to what it is over."""
    if before is BlockKind.HEADER and kind in (BlockKind.QUOTED, BlockKind.FORWARDED):
        return kind
    if kind is BlockKind.HEADER and before is BlockKind.QUOTED:
        return before
    return kind if before is kind else None


def route_view(route: StoredRoute) -> Route:
    candidates = [
        Candidate(
            deal=each["deal"],
            account=each.get("account") or each["deal"],
            why="; ".join(reason["text"] for reason in each.get("reasons") or ()),
        )
        for each in route.candidates
    ]
    return Route(state=route.state, reason=route.reason, candidates=candidates)
