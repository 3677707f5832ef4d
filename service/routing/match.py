"""Which deals a conversation may belong to, why, and whether one of them is clear enough to be taken.

A candidate's score is its strongest reason, and 10 more where the conversation falls into the time of the open deal.
One is taken where its reason decides and nobody else has as high a score. All points are in `POINTS`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from service.routing.clues import Clues, Kind, Object

__all__ = ["POINTS", "WINDOW", "Candidate", "Choice", "KnownDeal", "Reason", "Verdict", "Why", "decide", "match"]

WINDOW = dt.timedelta(days=14)


class Why(StrEnum):
    """What ties a conversation to a deal, the strongest first."""

    NAMED = "named"
    OBJECT = "crm_object"
    CHOSEN_THREAD = "thread_choice"
    THREAD = "thread"
    CHOSEN_EMAIL = "email_choice"
    CHOSEN_DOMAIN = "domain_choice"
    CONTACT = "contact"
    CONTACT_THEN = "contact_outside"
    DOMAIN = "domain"
    TIME = "time"


# Fifteen apart, so that the ten of the time never turn a weaker reason into a stronger one; but a company's domain in
# the time of an open deal says more than a person who was a contact when that other deal was not open.
POINTS: Mapping[Why, int] = {
    Why.NAMED: 100,
    Why.OBJECT: 90,
    Why.CHOSEN_THREAD: 90,
    Why.THREAD: 75,
    Why.CHOSEN_EMAIL: 60,
    Why.CHOSEN_DOMAIN: 45,
    Why.CONTACT: 30,
    Why.CONTACT_THEN: 20,
    Why.DOMAIN: 15,
    Why.TIME: 10,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person taught: this key belongs to the deal, since they put `conversation` there."""

    kind: Kind
    key: str
    conversation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDeal:
    """A deal as far as it touches a conversation's clues.

    `threads` has for each key a conversation of the deal, `contacts` the buyer's mailboxes with their names, `domains`
    the buyer's mail domains. `first_at` and `last_at` are its first and last activity, what is booked included.
    """

    id: str
    account: str | None = None
    stage: str | None = None
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    objects: frozenset[Object] = frozenset()
    threads: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, str | None] = field(default_factory=dict)
    domains: frozenset[str] = frozenset()
    choices: tuple[Choice, ...] = ()

    def open_at(self, moment: dt.datetime) -> bool:
        """Whether it had begun (or was about to) and was not closed."""
        begun = self.first_at is None or moment >= self.first_at - WINDOW
        return begun and (self.closed_at is None or moment <= self.closed_at)

    def timely(self, moment: dt.datetime) -> bool:
        """Whether it was open, and active within fourteen days."""
        if self.first_at is None or self.last_at is None or not self.open_at(moment):
            return False
        return moment <= self.last_at + WINDOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """`points` count only where it is the strongest or the time; `decides` tells that it may be enough by itself."""

    why: Why
    text: str
    decides: bool

    @property
    def points(self) -> int:
        return POINTS[self.why]

    def to_json(self) -> dict[str, Any]:
        return {"why": self.why.value, "text": self.text, "points": self.points, "decides": self.decides}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`reasons` are in order of strength; there is at least one beside the time."""

    deal: str
    account: str | None
    stage: str | None
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        timely = any(reason.why is Why.TIME for reason in self.reasons)
        return self.reasons[0].points + (POINTS[Why.TIME] if timely else 0)

    @property
    def decides(self) -> bool:
        return self.reasons[0].decides

    def to_json(self) -> dict[str, Any]:
        return {
            "deal": self.deal,
            "account": self.account,
            "stage": self.stage,
            "score": self.score,
            "reasons": [reason.to_json() for reason in self.reasons],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`deal` is None where it has to wait for a person; `reason` is a sentence either way."""

    deal: str | None
    reason: str
    candidates: tuple[Candidate, ...] = ()


def match(clues: Clues, deals: Iterable[KnownDeal]) -> tuple[Candidate, ...]:
    """The deals that something ties to the conversation, the highest score first; the order of `deals` is nothing."""
    found = []
    for deal in deals:
        reasons = sorted(reasons_for(clues, deal), key=lambda reason: (-reason.points, reason.why, reason.text))
        if any(reason.why is not Why.TIME for reason in reasons):
            found.append(Candidate(deal=deal.id, account=deal.account, stage=deal.stage, reasons=tuple(reasons)))
    return tuple(sorted(found, key=lambda candidate: (-candidate.score, candidate.deal)))


def decide(candidates: tuple[Candidate, ...]) -> Verdict:
    """Takes the first of `match`'s candidates if its reason decides and no other has as high a score."""
    if not candidates:
        return Verdict(deal=None, reason="nothing ties it to a deal that is known")
    first, *others = candidates
    because = first.reasons[0].text
    rivals = [other for other in others if other.score == first.score]
    if rivals:
        deals = ", ".join(each.deal for each in (first, *rivals))
        return Verdict(deal=None, reason=f"{deals} come equally near: {because}", candidates=candidates)
    if not first.decides:
        return Verdict(deal=None, reason=f"{first.deal} is possible, not sure: {because}", candidates=candidates)
    alone = "no other deal comes near" if not others else f"{others[0].deal}, the next, has {others[0].score} points"
    return Verdict(deal=first.deal, reason=f"{because} ({first.score} points; {alone})", candidates=candidates)


def reasons_for(clues: Clues, deal: KnownDeal) -> Iterator[Reason]:
    for system, id in sorted(clues.objects & deal.objects):
        yield Reason(why=Why.OBJECT, text=f"{system}'s record {id} is this deal", decides=True)
    yield from by_thread(clues, deal)
    yield from by_choice(clues, deal)
    yield from by_people(clues, deal)
    if deal.timely(clues.occurred_at):
        text = f"{day(clues.occurred_at)} is within 14 days of the open deal's activity ({span(deal)})"
        yield Reason(why=Why.TIME, text=text, decides=False)


def by_thread(clues: Clues, deal: KnownDeal) -> Iterator[Reason]:
    shared = [deal.threads[key] for key in clues.threads if key in deal.threads]
    if shared:
        yield Reason(why=Why.THREAD, text=f"it belongs to the thread of {min(shared)}", decides=True)


def by_choice(clues: Clues, deal: KnownDeal) -> Iterator[Reason]:
    """One reason for each kind; a person's word needs no proof of time."""
    told = {(choice.kind, choice.key): choice for choice in deal.choices}
    threads = [told[Kind.THREAD, key] for key in clues.threads if (Kind.THREAD, key) in told]
    if threads:
        text = f"a person put {threads[0].conversation}, which is of the same thread, into this deal"
        yield Reason(why=Why.CHOSEN_THREAD, text=text, decides=True)
    for kind, why, keys in (
        (Kind.EMAIL, Why.CHOSEN_EMAIL, sorted(clues.people)),
        (Kind.DOMAIN, Why.CHOSEN_DOMAIN, sorted(clues.domains)),
    ):
        found = [told[kind, key] for key in keys if (kind, key) in told]
        if found:
            text = f"a person said with {found[0].conversation} that {found[0].key} belongs to this deal"
            yield Reason(why=why, text=text, decides=True)


def by_people(clues: Clues, deal: KnownDeal) -> Iterator[Reason]:
    contacts = sorted(clues.people & deal.contacts.keys())
    if contacts:
        who = ", ".join(contacts[:3]) + (f" and {len(contacts) - 3} more" if len(contacts) > 3 else "")
        verb = "is a contact" if len(contacts) == 1 else "are contacts"
        if deal.open_at(clues.occurred_at):
            yield Reason(why=Why.CONTACT, text=f"{who} {verb} of this deal", decides=True)
        else:
            text = f"{who} {verb} of this deal, which was not open on {day(clues.occurred_at)}"
            yield Reason(why=Why.CONTACT_THEN, text=text, decides=False)
    domains = sorted(clues.domains.keys() & deal.domains)
    if domains:
        text = f"{domains[0]} is the mail domain of this deal's buyer"
        yield Reason(why=Why.DOMAIN, text=text, decides=deal.timely(clues.occurred_at))


def day(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).date().isoformat()


def span(deal: KnownDeal) -> str:
    first, last = deal.first_at, deal.last_at
    return "" if first is None or last is None else f"{day(first)} to {day(last)}"
