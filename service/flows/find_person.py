"""What is kept of a person: the conversations they are in, what they said there, the deals, the names they go by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from service.privacy.masks import Said
from service.privacy.person import escaped
from service.privacy.rewrite import Spoke, spoke_in
from service.routing.addresses import mailbox
from service.store import events, traces
from signals import DecodeError

__all__ = ["Known", "address_of", "find_person", "said_by"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """`contents` are the conversations that they are in or that are of their deals, by id; `spoke` their part in those
    that they are in; `others` are names of the other people there."""

    address: str
    names: frozenset[str]
    others: frozenset[str]
    deals: frozenset[str]
    contents: Mapping[str, Json]
    spoke: Mapping[str, Spoke]


def address_of(value: object) -> str:
    """Raises DecodeError for what is no mail address."""
    address = mailbox(value if isinstance(value, str) else None)
    if address is None:
        raise DecodeError("person", value, "a mail address such as dana@hollis.example")
    return address


def find_person(connection: Connection, workspace: str, address: str) -> Known:
    """By the address, and where a conversation of one of their deals knows a participant by name alone, by the name."""
    local, _, domain = map(escaped, address.partition("@"))
    by_address = traces.conversations_holding(connection, workspace, f"{local}%@{domain}")
    rows = traces.people(connection, workspace, address)
    names = {name for name, _ in rows if name}
    deals = {deal for _, deal in rows}
    for _, deal, content in by_address:
        theirs = [each for each in participants(content) if mailbox(each.get("email")) == address]
        names |= {each["name"] for each in theirs if each.get("name")}
        if theirs and deal is not None:
            deals.add(deal)
    contents = {id: content for id, _, content in by_address}
    contents |= {id: content for id, _, content in traces.conversations_of(connection, workspace, deals)}
    folded = {fold(name) for name in names}

    def is_them(participant: Json) -> bool:
        email = mailbox(participant.get("email"))
        return email == address or (email is None and fold(participant.get("name") or "") in folded)

    spoke = {id: part for id, content in contents.items() if (part := spoke_in(content, is_them)) is not None}
    people = [each for content in contents.values() for each in participants(content)]
    others = {each["name"] for each in people if each.get("name") and not is_them(each)}
    others |= {name for name in traces.names_in(connection, workspace, deals) if fold(name) not in folded}
    return Known(
        address=address,
        names=frozenset(names),
        others=frozenset(others),
        deals=frozenset(deals),
        contents=contents,
        spoke=spoke,
    )


def participants(content: Json) -> list[Json]:
    return [each for each in content.get("participants") or [] if isinstance(each, dict)]


def fold(name: str) -> str:
    return " ".join(name.split()).casefold()


def said_by(connection: Connection, workspace: str, known: Known) -> Said:
    """Their words as they stand in conversations, and the pieces that signals and events quote of them."""
    sayings: set[str] = set()
    for id, spoke in known.spoke.items():
        content = known.contents[id]
        sayings |= {content["segments"][place]["text"] for place in spoke.segments}
        if spoke.wrote:
            sayings |= {content.get("subject") or "", *str(content.get("body") or "").splitlines()}
    for conversation, content in traces.signals_in(connection, workspace, known.spoke):
        spoke = known.spoke[conversation]
        for piece in content.get("evidence") or []:
            if spoke.said([piece.get("segment")], content.get("speaker")):
                sayings.add(str(piece.get("text") or ""))
    sayings |= set(quoted(known, (each.content for each in events_of(connection, workspace, known.deals))))
    return Said(frozenset(saying for saying in sayings if saying.strip()))


def quoted(known: Known, contents: Iterable[Json]) -> Iterator[str]:
    for content in contents:
        evidence = events.evidence_of(content)
        spoke = known.spoke.get(str(evidence.get("conversation")))
        if spoke is not None and spoke.said(evidence.get("segments"), evidence.get("speaker")):
            yield from str(evidence.get("text") or "").split(" … ")


def events_of(connection: Connection, workspace: str, deals: Iterable[str]) -> Iterator[events.StoredEvent]:
    for deal in sorted(deals):
        yield from events.of_deal(connection, workspace, deal)
