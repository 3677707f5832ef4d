"""The map of the people: who decides above who uses, our rep below, and a line where two were in contact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from engine import Event
from engine.deal import Deal, key_of
from engine.events import Conversation, Email, SignalHeard
from service.flows.deal_now import DealNow
from service.pages.deal.people import PersonView
from signals import Stakeholder

__all__ = ["Edge", "Map", "Node", "map_of"]

NARROWEST = 330
NODE_WIDTH, NODE_HEIGHT = 168, 62
GAP, ROW_GAP, TOP = 16, 46, 26
A_ROW = 4
MOST = 20
LEVELS = ("Decide", "Influence", "Use and advise", "Us")
LETTERS = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A person's box by its left upper corner. `tone` colours its edge; `gone` is drawn dashed."""

    x: int
    y: int
    name: str
    second: str
    third: str
    tone: str
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A line as an SVG path; `weight` from 1 to 4 is its width, `kind` contact, together or successor."""

    path: str
    weight: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The name of a row, and where it stands."""

    name: str
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """`lines` tells each edge in a sentence, for readers who do not see the drawing; `hidden` people are not drawn."""

    width: int
    height: int
    node_width: int
    node_height: int
    levels: tuple[Level, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    lines: tuple[str, ...]
    hidden: int


Place = tuple[int, int]


def map_of(now: DealNow, people: Sequence[PersonView]) -> Map:
    """The buyer's people in rows by their part in the decision, the deal's owner below them."""
    drawn = [view for view in people if view.side == "buyer"][:MOST]
    owner = owner_of(now.deal)
    rows = [[view for view in drawn if view.row == level] for level in range(3)]
    width = max(NARROWEST, 2 + breadth(min(A_ROW, max(len(row) for row in rows))))
    places: dict[str, Place] = {}
    levels, y = [], TOP
    for name, row in zip(LEVELS, rows, strict=False):
        if not row:
            continue
        levels.append(Level(name=name, y=y - 9))
        for line in range(0, len(row), A_ROW):
            some = row[line : line + A_ROW]
            places |= {view.key: (x, y) for view, x in zip(some, centred(len(some), width), strict=True)}
            y += NODE_HEIGHT + (ROW_GAP if line + A_ROW >= len(row) else GAP)
    us: Place = (centred(1, width)[0], y)
    levels.append(Level(name=LEVELS[3], y=y - 9))
    nodes = [node(view, places[view.key]) for view in drawn]
    nodes.append(our_node(owner, us))
    names = {view.key: view.name for view in drawn}
    told = list(drawn_edges(now, places, us, names, owner or "Our side"))
    return Map(
        width=width,
        height=y + NODE_HEIGHT + 12,
        node_width=NODE_WIDTH,
        node_height=NODE_HEIGHT,
        levels=tuple(levels),
        nodes=tuple(nodes),
        edges=tuple(edge for edge, _ in told),
        lines=tuple(line for _, line in told),
        hidden=sum(1 for view in people if view.side == "buyer") - len(drawn),
    )


def owner_of(deal: Deal) -> str | None:
    owner = deal.facts.get("owner")
    return owner if isinstance(owner, str) and owner else None


def breadth(count: int) -> int:
    """How wide so many boxes side by side are."""
    return count * NODE_WIDTH + (count - 1) * GAP


def centred(count: int, width: int) -> list[int]:
    """The left edges of so many boxes side by side in the middle."""
    left = (width - breadth(count)) // 2
    return [left + n * (NODE_WIDTH + GAP) for n in range(count)]


def node(view: PersonView, place: Place) -> Node:
    second = view.role or view.title
    third = view.standing or (view.title if view.role else "")
    return Node(
        x=place[0],
        y=place[1],
        name=fitted(view.name, LETTERS - 3),
        second=fitted(second, LETTERS),
        third=fitted(third, LETTERS),
        tone=view.tone,
        gone=view.left,
    )


def our_node(owner: str | None, place: Place) -> Node:
    second = "owns the deal" if owner else ""
    return Node(
        x=place[0],
        y=place[1],
        name=fitted(owner or "Our side", LETTERS - 3),
        second=second,
        third="",
        tone="us",
        gone=False,
    )


def fitted(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def drawn_edges(
    now: DealNow, places: dict[str, Place], us: Place, names: dict[str, str], owner: str
) -> Iterator[tuple[Edge, str]]:
    """Each line with the sentence that tells the same."""
    together: Counter[tuple[str, str]] = Counter()
    touched: Counter[str] = Counter()
    for group in groups(now.events):
        there = sorted(set(group) & set(places))
        touched.update(there)
        together.update(combinations(there, 2))
    for (one, other), times in sorted(together.items()):
        edge = Edge(path=between(places[one], places[other]), weight=min(4, times), kind="together")
        yield edge, f"{names[one]} and {names[other]} were together in {counted(times)}."
    for key, times in sorted(touched.items()):
        edge = Edge(path=between(places[key], us), weight=min(4, times), kind="contact")
        yield edge, f"{owner} was in contact with {names[key]} in {counted(times)}."
    for left, successor in successors(now.events):
        if left in places and successor in places:
            edge = Edge(path=between(places[left], places[successor]), weight=2, kind="successor")
            yield edge, f"{names[successor]} takes over from {names[left]}."


def counted(times: int) -> str:
    return "1 conversation" if times == 1 else f"{times} conversations"


def groups(events: Iterable[Event]) -> Iterator[list[str]]:
    """The people of each call, meeting and mail, as keys."""
    for event in events:
        if isinstance(event.body, Email | Conversation):
            yield [key_of(name) for name in event.body.contacts]


def successors(events: Iterable[Event]) -> Iterator[tuple[str, str]]:
    for event in events:
        body = event.body
        signal = body.signal if isinstance(body, SignalHeard) else None
        if isinstance(signal, Stakeholder) and signal.successor and (signal.person or signal.title):
            yield key_of(signal.person or signal.title or ""), key_of(signal.successor)


def between(one: Place, other: Place) -> str:
    """From box to box: straight from row to row, an arc above a row within it."""
    if one[1] == other[1]:
        left, right = sorted((one[0], other[0]))
        start, end = left + NODE_WIDTH // 2 + 8, right + NODE_WIDTH // 2 - 8
        lift = min(TOP - 4, 10 + (right - left) // 40)
        return f"M{start} {one[1]} C{start} {one[1] - lift} {end} {one[1] - lift} {end} {one[1]}"
    upper, lower = sorted((one, other), key=lambda place: place[1])
    return f"M{upper[0] + NODE_WIDTH // 2} {upper[1] + NODE_HEIGHT} L{lower[0] + NODE_WIDTH // 2} {lower[1]}"
