"""The people of a deal: who they are to the decision, what changed, and what proves it; rivals; the MEDDIC card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine import Event
from engine.deal import Deal, Person, key_of
from engine.events import ContactAdded, SignalHeard
from service.flows.deal_now import DealNow
from service.pages.deal.wording import day, plain
from service.pages.deal.words import Speakers, Words, words_of
from signals import Champion, ChampionStatus, Competitor, Element, Qualification, Stakeholder

__all__ = ["Change", "Letter", "PersonView", "Rival", "changes_of", "letters_of", "people_of", "rivals_of"]

CHAMPIONS = {
    ChampionStatus.ADVOCATING: ("champion", "good"),
    ChampionStatus.AT_RISK: ("champion at risk", "warn"),
    ChampionStatus.LOST: ("champion lost", "bad"),
}
ECONOMIC_BUYER = "economic_buyer"
ADVICE = {
    "Metrics": "Ask which figure has to change, from what to what, and by when.",
    "Economic buyer": "Find out who signs for this money, and bring them into a call.",
    "Decision criteria": "Ask what they will compare, and what would rule somebody out.",
    "Decision process": "Ask for the steps from a yes to a signature, with names and dates.",
    "Identify pain": "Ask what goes wrong today, and what that costs them.",
    "Champion": "Find who gains most by it, and whether they speak for it when you are not there.",
}
ELEMENTS = {
    "Metrics": Element.METRICS,
    "Decision criteria": Element.DECISION_CRITERIA,
    "Decision process": Element.DECISION_PROCESS,
    "Identify pain": Element.PAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """`standing` is what a badge says of them (champion, left, silent), with its `tone`; `row` is their level in the
    decision, 0 the highest."""

    key: str
    name: str
    title: str
    role: str
    side: str
    standing: str
    tone: str
    engaged: bool
    left: bool
    row: int
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that was told of a person, with the words."""

    day: str
    who: str
    what: str
    tone: str
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A competitor with where it stands now, the newest words first."""

    name: str
    relation: str
    tone: str
    words: tuple[Words, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter of MEDDIC: what is known, with its newest words; or what to do about the gap."""

    letter: str
    name: str
    met: bool
    said: str
    words: tuple[Words, ...]
    advice: str


ROWS = {
    "economic_buyer": 0,
    "decision_maker": 0,
    "executive_sponsor": 0,
    "user": 2,
}


def people_of(deal: Deal) -> tuple[PersonView, ...]:
    """The buyer's people first, those who decide before those who use; then the seller's."""
    views = [person_view(person) for person in deal.people.values()]
    return tuple(sorted(views, key=lambda view: (view.side, view.left, view.row, view.name.casefold())))


def person_view(person: Person) -> PersonView:
    standing, tone = standing_of(person)
    row = 3 if not person.side_buyer else ROWS.get(person.role or "", 1 if person.role or person.champion else 2)
    return PersonView(
        key=key_of(person.name),
        name=person.name,
        title=person.title if person.title and person.title != person.name else "",
        role=plain(person.role) if person.role else "",
        side="buyer" if person.side_buyer else "seller",
        standing=standing,
        tone=tone,
        engaged=person.engaged,
        left=person.left,
        row=row,
        seen=day(person.last_active) if person.last_active else "",
    )


def standing_of(person: Person) -> tuple[str, str]:
    if person.left:
        return ("champion, has left" if person.champion else "has left"), "bad"
    if person.champion is not None:
        return CHAMPIONS[person.champion]
    if person.unresponsive:
        return "does not answer", "warn"
    return "", "none"


def changes_of(now: DealNow, speakers: Speakers) -> tuple[Change, ...]:
    """What was told of people, the newest first; who was merely on a call is in the list of people."""
    return tuple(reversed([change for event in now.events for change in told(event, speakers)]))


def told(event: Event, speakers: Speakers) -> Iterator[Change]:
    body = event.body
    if isinstance(body, ContactAdded) and body.role is not None:
        yield Change(
            day=day(event.occurred_at),
            who=body.person,
            what=f"added as {plain(body.role).lower()}",
            tone="none",
            words=words_of(event, speakers),
        )
    elif isinstance(body, SignalHeard) and isinstance(body.signal, Stakeholder | Champion):
        signal = body.signal
        what, tone = said_of_champion(signal) if isinstance(signal, Champion) else said_of_stakeholder(signal)
        who = signal.person or (signal.title if isinstance(signal, Stakeholder) else "") or ""
        yield Change(day=day(event.occurred_at), who=who, what=what, tone=tone, words=words_of(event, speakers))


def said_of_champion(signal: Champion) -> tuple[str, str]:
    what = {
        ChampionStatus.ADVOCATING: "advocates",
        ChampionStatus.AT_RISK: "is at risk as a champion",
        ChampionStatus.LOST: "is lost as a champion",
    }
    return what[signal.status], CHAMPIONS[signal.status][1]


def said_of_stakeholder(signal: Stakeholder) -> tuple[str, str]:
    role = "" if signal.role is None else f" as {plain(signal.role.value).lower()}"
    what = f"{plain(signal.change.value).lower()}{role}"
    if signal.successor is not None:
        what += f"; {signal.successor} takes over"
    tone = {"left": "bad", "unresponsive": "warn", "joined": "good"}.get(signal.change.value, "none")
    return what, tone


def rivals_of(now: DealNow, speakers: Speakers) -> tuple[Rival, ...]:
    tones = {"selected": "bad", "favored": "bad", "evaluating": "warn", "incumbent": "warn", "rejected": "good"}
    heard = list(signals(now.events, Competitor))
    out = []
    for key, (name, relation) in now.deal.competitors.items():
        theirs = [event for event, signal in heard if key_of(signal.name) == key or signal.name == name]
        words = tuple(words for event in reversed(theirs) for words in words_of(event, speakers))
        out.append(
            Rival(
                name="Built in-house" if name == "in-house" else name,
                relation=plain(relation.value).lower(),
                tone=tones.get(relation.value, "none"),
                words=words[:2],
                more=max(0, len(words) - 2),
            )
        )
    return tuple(out)


def signals(events: Iterable[Event], kind: type[Competitor]) -> Iterator[tuple[Event, Competitor]]:
    for event in events:
        if isinstance(event.body, SignalHeard) and isinstance(event.body.signal, kind):
            yield event, event.body.signal


def letters_of(now: DealNow, speakers: Speakers) -> tuple[Letter, ...]:
    by_name = {
        **{name: element_letter(name, element, now, speakers) for name, element in ELEMENTS.items()},
        "Economic buyer": buyer_letter(now, speakers),
        "Champion": champion_letter(now, speakers),
    }
    return tuple(by_name[name] for name in ADVICE)


def element_letter(name: str, element: Element, now: DealNow, speakers: Speakers) -> Letter:
    heard = [
        event
        for event in now.events
        if isinstance(event.body, SignalHeard)
        and isinstance(event.body.signal, Qualification)
        and event.body.signal.element is element
    ]
    return letter(name, heard, speakers, met=element in now.deal.elements, said="")


def buyer_letter(now: DealNow, speakers: Speakers) -> Letter:
    """Known and taking part is met; known only is a gap that has a name."""
    people = [p for p in now.deal.people.values() if p.role == ECONOMIC_BUYER and not p.left]
    keys = {key_of(person.name) for person in people}
    heard = [event for event in now.events if about(event, Stakeholder) in keys]
    engaged = [person.name for person in people if person.engaged]
    known = ", ".join(person.name for person in people)
    said = ", ".join(engaged) if engaged else f"{known}: not in a call or mail yet" if known else ""
    return letter("Economic buyer", heard, speakers, met=bool(engaged), said=said)


def champion_letter(now: DealNow, speakers: Speakers) -> Letter:
    people = [p for p in now.deal.people.values() if p.champion is not None]
    there = [p for p in people if p.champion is ChampionStatus.ADVOCATING and not p.left]
    keys = {key_of(person.name) for person in (there or people)}
    heard = [event for event in now.events if about(event, Champion) in keys]
    said = ", ".join(f"{p.name} ({standing_of(p)[0]})" for p in (there or people))
    return letter("Champion", heard, speakers, met=bool(there), said=said)


def about(event: Event, kind: type[Stakeholder] | type[Champion]) -> str | None:
    """The person whom such a signal is about, as a key."""
    body = event.body
    if not isinstance(body, SignalHeard) or not isinstance(body.signal, kind):
        return None
    signal = body.signal
    return key_of(signal.person or (signal.title if isinstance(signal, Stakeholder) else "") or "")


def letter(name: str, heard: list[Event], speakers: Speakers, *, met: bool, said: str) -> Letter:
    words = tuple(words for event in reversed(heard) for words in words_of(event, speakers))
    return Letter(
        letter=name.removeprefix("Identify ")[:1].upper() if name != "Identify pain" else "I",
        name=name,
        met=met,
        said=said,
        words=words[:2],
        advice="" if met else ADVICE[name],
    )
