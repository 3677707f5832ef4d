"""Made-up deals that look like real ones: calls and mails with the words that signals rest on, and a CRM's events."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from signals import Conversation, Evidence, Signal, signal_from_json

__all__ = ["TOKEN", "Story", "story"]

Json = dict[str, Any]

# Every id of a story holds it, so that a copy under other ids is the story with this replaced.
TOKEN = "TPL"

FIRST = ["Dana", "Omar", "Priya", "Martin", "Nora", "Paul", "Greta", "Ben", "Mei", "Jonas", "Ana", "Tomas"]
LAST = ["Reyes", "Haddad", "Raman", "Hale", "Lindqvist", "Deering", "Marlow", "Osei", "Chen", "Page", "Ruiz", "Berg"]
TITLES = ["Chief Financial Officer", "VP Operations", "IT Manager", "Head of Procurement", "Plant Manager", "Analyst"]
ROLES = ["economic_buyer", "decision_maker", "technical", "procurement", "influencer", "user"]
COMPANIES = ["Brightwater Foods", "Hollis Freight", "Kestrel Robotics", "Marlow Dental", "Alder Mills", "Corvid Labs"]
RIVALS = ["Tableau", "Qlik", "Looker", "Power BI", "in-house"]
PLEASANTRIES = [
    "Thanks for making the time today, everybody.",
    "Let me share my screen and walk you through it.",
    "We run three plants and each of them does it in its own way.",
    "I will send the notes around after the call.",
    "Could you say a little more about how that works today?",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`events` are those of a CRM and a signature service; each conversation comes with the signals in it."""

    deal: str
    events: tuple[Json, ...]
    conversations: tuple[tuple[Conversation, list[Signal]], ...]


def story(number: int, *, now: dt.datetime, events: int) -> Story:
    """The same number always tells the same; it has about so many events when it is folded, and ends about `now`."""
    rng = random.Random(number)
    deal = f"{TOKEN}-{number:04}"
    people = cast(rng)
    reach = rng.choices([1, 2, 3, 4, 5, 6], [2, 3, 4, 4, 4, 2])[0]
    facts = list(told(rng, reach, people, now))
    calls = max(3, events // 14)
    start = now - dt.timedelta(days=rng.randrange(40, 150))
    step = (now - dt.timedelta(days=rng.choice([0, 1, 2, 3, 20])) - start) / calls
    crm = [event(deal, 0, "deal.created", start, created(rng, number))]
    talks = []
    for n in range(calls):
        at = start + step * (n + 0.6)
        mine = facts[len(facts) * n // calls : len(facts) * (n + 1) // calls]
        talks.append(talk(rng, f"{deal}-c{n}", deal, at, people, mine))
        crm += between_talks(rng, deal, n, at, reach, people, last=n == calls - 1)
    while len(crm) + 4 * calls + len(facts) < events:
        at = start + (now - start) * rng.random() * 0.99
        data = {"direction": rng.choice(["inbound", "outbound"]), "contacts": [rng.choice(people[:6])["name"]]}
        crm.append(event(deal, len(crm) + 1000, "activity.email", at, data))
    return Story(deal=deal, events=tuple(sorted(crm, key=lambda e: e["occurred_at"])), conversations=tuple(talks))


def cast(rng: random.Random) -> list[Json]:
    """Six of the buyer's people and one of ours."""
    names = [f"{one} {other}" for one, other in zip(rng.sample(FIRST, 6), rng.sample(LAST, 6), strict=True)]
    buyers = [{"id": f"b{n}", "name": name, "title": TITLES[n], "side": "buyer"} for n, name in enumerate(names)]
    return [*buyers, {"id": "s1", "name": "Sam Okoro", "title": "Account Executive", "side": "seller"}]


def created(rng: random.Random, number: int) -> Json:
    return {
        "name": rng.choice(["Fleet analytics", "Plant reporting", "Line monitoring", "Practice dashboards"]),
        "account": f"{COMPANIES[number % len(COMPANIES)]} {TOKEN}",
        "owner": f"rep{number % 20:02}@northstar.example",
        "manager": f"lead{number % 4}@northstar.example",
        "amount": rng.randrange(20, 400) * 1000,
        "currency": rng.choices(["USD", "EUR", "GBP"], [8, 3, 1])[0],
        "industry": "manufacturing",
        "size": "900",
    }


def told(rng: random.Random, reach: int, people: list[Json], now: dt.datetime) -> Iterator[tuple[Json, str]]:
    """What the buyer says on the way to the stage that is reached, each with its sentence."""
    close = (now + dt.timedelta(days=rng.randrange(5, 80))).date()
    amount = {"low": 120000, "high": 120000, "currency": "USD", "per": "total"}
    boss, champion = people[0]["name"], people[1]["name"]
    stages: list[list[tuple[Json, str]]] = [
        [({"type": "qualification", "element": "pain"}, "Every Monday we copy numbers by hand and they are wrong.")],
        [
            ({"type": "budget", "status": "stated", "amount": amount}, "We have a hundred and twenty thousand for it."),
            ({"type": "milestone", "kind": "next_step_agreed"}, "Next Thursday at ten works for all of us."),
            ({"type": "qualification", "element": "decision_process"}, "The team evaluates it and then it goes up."),
            (day("close", close), f"We want to sign by {close:%d %B}."),
        ],
        [
            ({"type": "qualification", "element": "metrics"}, "It costs us nineteen thousand a quarter, all in."),
            ({"type": "qualification", "element": "decision_criteria"}, "It must connect to SAP without code."),
            (stakeholder(boss, "economic_buyer"), f"{boss} signs anything above fifty thousand."),
            ({"type": "champion", "person": champion, "status": "advocating"}, "I told the board this is the one."),
        ],
        [
            ({"type": "milestone", "kind": "security_review_completed"}, "Security has signed it off."),
            ({"type": "pricing", "status": "agreed", "amount": amount}, "At a hundred and twenty we have a deal."),
            ({"type": "milestone", "kind": "legal_review_requested"}, "Send the contract to our lawyers, please."),
        ],
        [({"type": "milestone", "kind": "legal_review_completed"}, "The lawyers are through with it.")],
    ]
    for facts in stages[: reach + 1]:
        yield from facts
    for rival in rng.sample(RIVALS, rng.randrange(0, 3)):
        relation = rng.choice(["evaluating", "incumbent", "favored", "rejected"])
        yield {"type": "competitor", "name": rival, "relation": relation}, f"We are looking at {rival} as well."
    for person, role in zip(people[2:6], ROLES[2:], strict=True):
        if rng.random() < 0.6:
            yield stakeholder(person["name"], role), f"{person['name']} has a say in this."
    if rng.random() < 0.15:
        yield {"type": "champion", "person": champion, "status": "lost"}, f"{champion} has left us for good."
    if rng.random() < 0.08:
        yield {"type": "budget", "status": "cancelled", "amount": None}, "The money for this is gone, I am afraid."
    for _ in range(rng.randrange(4, 12)):
        yield {"type": "qualification", "element": "pain"}, rng.choice(["It breaks every month.", "Nobody trusts it."])


def day(role: str, on: dt.date) -> Json:
    return {"type": "date", "role": role, "start": on.isoformat(), "end": on.isoformat(), "change": "set"}


def stakeholder(person: str, role: str) -> Json:
    return {"type": "stakeholder", "person": person, "title": None, "change": "identified", "role": role}


def talk(
    rng: random.Random, id: str, deal: str, at: dt.datetime, people: list[Json], facts: list[tuple[Json, str]]
) -> tuple[Conversation, list[Signal]]:
    """A call in which the facts are said, among other sentences."""
    speakers = [*rng.sample(people[:6], 3), people[6]]
    lines = [(rng.choice(speakers)["id"], rng.choice(PLEASANTRIES)) for _ in range(8)]
    found = []
    for n, (fact, sentence) in enumerate(facts):
        speaker = speakers[n % 3]["id"]
        lines.append((speaker, sentence))
        evidence = Evidence(segment=len(lines) - 1, start=0, end=len(sentence), text=sentence)
        said = {"speaker": speaker, "side": "buyer", "confidence": rng.choice([0.97, 0.9, 0.82, 0.4])}
        found.append(signal_from_json({**fact, **said, "evidence": [evidence.to_json()]}))
    long = rng.choice([25, 45, 60]) * 60 / len(lines)
    segments = [
        {"speaker": speaker, "start": n * long, "end": (n + 1) * long, "text": text}
        for n, (speaker, text) in enumerate(lines)
    ]
    source = {"id": id, "kind": "call", "occurred_at": at.isoformat(), "deal": {"id": deal}}
    return Conversation.from_json({**source, "participants": speakers, "segments": segments}), found


def between_talks(
    rng: random.Random, deal: str, n: int, at: dt.datetime, reach: int, people: list[Json], *, last: bool
) -> Iterator[Json]:
    """What systems tell on the day after a call."""
    later = at + dt.timedelta(hours=3)
    contacts = [person["name"] for person in rng.sample(people[:6], 3)]
    if n == 0:
        yield event(
            deal, 1, "activity.email", at - dt.timedelta(hours=2), {"direction": "inbound", "contacts": contacts}
        )
    if n == 1 and reach >= 3:
        yield event(deal, 2, "activity.meeting", later, {"minutes": 50, "contacts": contacts, "purpose": "demo"})
        yield event(deal, 3, "document.sent", later, {"document": "proposal"})
        yield event(deal, 4, "document.viewed", later + dt.timedelta(hours=1), {"document": "proposal"})
    if last and reach >= 5:
        yield event(deal, 5, "esign.sent", later, {"envelope": f"{deal}-env"})
    if last and reach >= 6 and rng.random() < 0.7:
        yield event(deal, 6, "esign.completed", later + dt.timedelta(hours=2), {"envelope": f"{deal}-env"})
    elif last and rng.random() < 0.15:
        yield event(deal, 7, "milestone", later, {"kind": "deal_lost", "loss_reason": "price"})
    if last and reach < 4 and rng.random() < 0.2:
        data = {"to": "negotiation", "reason": "they asked for the contract", "by": "sam"}
        yield event(deal, 8, "override.stage", later, data)


def event(deal: str, n: int, kind: str, at: dt.datetime, data: Json) -> Json:
    source = {"id": f"{deal}-e{n}", "deal_id": deal, "type": kind, "occurred_at": at.isoformat(), "source": "crm"}
    return {**source, "data": data}
