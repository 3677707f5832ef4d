"""The state of one deal, as its events have made it. Only the fold changes it; `state.py` shows it to the world."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from engine.events import DealFacts, Quote
from engine.ranks import Rank
from signals import (
    BudgetStatus,
    ChampionStatus,
    DateRole,
    Element,
    MilestoneKind,
    Money,
    Period,
    PricingStatus,
    Relation,
)


class Topic:
    """What a condition looks at, as bits: only conditions about what an event touched are looked at again."""

    ACTIVITY = 1
    PEOPLE = 2
    BUDGET = 4
    PRICING = 8
    DATES = 16
    COMPETITORS = 32
    MILESTONES = 64
    ELEMENTS = 128
    DOCUMENTS = 256
    CRM = 512
    TIME = 1024
    GATES = 2048
    RISKS = 4096
    ALL = 8191


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """Someone of the buyer's, or the seller's, by their full name (or title, where nobody named them)."""

    name: str
    side_buyer: bool = True
    contact: bool = True
    title: str | None = None
    role: str | None = None
    rank: Rank = Rank.OTHER
    left: bool = False
    unresponsive: bool = False
    engaged: bool = False
    last_active: dt.datetime | None = None
    champion: ChampionStatus | None = None
    champion_at: int = 0
    points: int = 0
    counted: bool = False


@dataclass(slots=True, kw_only=True)
class Departure:
    """Someone has left. `settled` once it has cost its stage, was stopped, or somebody replaced them."""

    person: str
    settled: bool


@dataclass(slots=True, kw_only=True)
class Scheduled:
    """A regression that waits for its time."""

    rule: str
    key: str
    person: str
    role: str | None
    due: dt.datetime
    event: str
    events: tuple[str, ...]
    points: int
    to: str | None
    champion: bool


@dataclass(slots=True, kw_only=True)
class Approval:
    """Something that waits for a person; `kind` says what a grant does. `event` is the id that an answer names.

    `since` is set where time asked: the events since then, any of which an answer may name as well. Which of them
    brought the time there depends on the clocks, and an answer must not.
    """

    kind: str
    event: str
    since: set[str] | None = None
    rule: str
    to: int = -1
    day: dt.date | None = None
    stated: bool = False
    at: dt.datetime
    reason: str | None = None
    by: str | None = None


@dataclass(slots=True, kw_only=True)
class CloseDate:
    """The close date in force, and what it was made of.

    `stated` is the buyer's day; `rep` the CRM's; `original` what the first promise was. While `frozen`, the date in
    force waits for a manager; otherwise it is the stated day, or moves with today (`offset` days from now).
    """

    original: dt.date | None = None
    rep: dt.date | None = None
    stated: dt.date | None = None
    stated_event: str | None = None
    frozen: dt.date | None = None
    refused: tuple[object, ...] | None = None
    offset: int = 0
    last_stated: dt.date | None = None
    rep_since: dt.datetime | None = None
    changes: int = 0
    automatic_alerted: bool = False
    stated_alerted: bool = False
    past_alerted: dt.date | None = None
    # What the date was made of when it was last followed.
    followed: tuple[object, ...] | None = None
    real: dt.date | None = None
    accuracy: dict[str, int | None] | None = None


@dataclass(slots=True, kw_only=True)
class Deal:
    id: str
    created_at: dt.datetime
    created_event: str
    now: dt.datetime
    currency: str | None = None
    facts: dict[str, object] = field(default_factory=dict)
    expected: Decimal | None = None

    stage: int = 0
    entered_at: dt.datetime
    entered_event: str = ""
    entries: int = 0
    entered_by: str = ""
    # Actions of the stage whose condition does not hold yet.
    pending_actions: list[str] = field(default_factory=list)
    waits_for_gate: bool = False
    gates: list[bool] = field(default_factory=list)
    gate_events: list[str] = field(default_factory=list)
    held: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    justified: bool = False
    paused_at: dt.datetime | None = None
    resumed_at: dt.datetime | None = None

    people: dict[str, Person] = field(default_factory=dict)
    champion_words: int = 0
    departures: dict[str, Departure] = field(default_factory=dict)

    touches: list[dt.datetime] = field(default_factory=list)
    from_14: int = 0
    from_28: int = 0
    inbound: int = 0
    outbound: int = 0
    calls_with_contact: int = 0
    meetings_held: int = 0
    longest_minutes: float = 0.0
    demo_attendees: int = 0
    last_touch: dt.datetime
    last_touch_event: str
    last_activity: dt.datetime
    last_activity_event: str
    booked: dict[str, dt.datetime] = field(default_factory=dict)
    booking_ended_at: dt.datetime | None = None

    budget: BudgetStatus | None = None
    budget_amount: Money | None = None
    budget_field: dict[str, object] | None = None
    pricing: PricingStatus | None = None
    quote: Money | None = None
    counter: Money | None = None
    agreed: Money | None = None
    dates: dict[DateRole, Period] = field(default_factory=dict)
    next_step_until: dt.date | None = None
    competitors: dict[str, tuple[str, Relation]] = field(default_factory=dict)
    milestones: dict[MilestoneKind, str] = field(default_factory=dict)
    elements: dict[Element, str] = field(default_factory=dict)
    proposal_sent: bool = False
    proposal_viewed: bool = False
    contract_sent: bool = False
    signed: bool = False
    words: dict[str, tuple[Quote, ...]] = field(default_factory=dict)

    increments: dict[int, int] = field(default_factory=dict)
    executives: dict[tuple[int, str], int] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    alerted: dict[str, dt.datetime] = field(default_factory=dict)
    scheduled: list[Scheduled] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)
    close: CloseDate = field(default_factory=CloseDate)
    lost_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    loss_due: dt.datetime | None = None

    components: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    health: int = 0
    probability: int | float = 0
    stale: bool = False
    touched: int = Topic.ALL
    contact_expiry: dt.datetime | None = None
    # Nothing is due before the one, and no window slides before the other; None where nothing ever is.
    next_due: dt.datetime | None = None
    next_window: dt.datetime | None = None

    def told(self, name: str) -> object:
        """A fact of the CRM by its name, None where nobody told it."""
        return self.facts.get(name)


@lru_cache(maxsize=65536)
def key_of(name: str) -> str:
    """People are the same where their names are, whatever the case and the spaces."""
    return " ".join(name.split()).casefold()


def merge(deal: Deal, facts: DealFacts) -> set[str]:
    """Takes over what the CRM said, and returns the names of the fields that changed (the stage is not among them)."""
    changed: set[str] = set()
    for name in facts.said & CRM_FIELDS:
        value = getattr(facts, name)
        if deal.facts.get(name) != value:
            deal.facts[name] = value
            changed.add(name)
    if "currency" in changed:
        deal.currency = facts.currency
    if "expected_amount" in changed:
        deal.expected = facts.expected_amount
    return changed


CRM_FIELDS = frozenset(
    {
        "name",
        "account",
        "owner",
        "manager",
        "amount",
        "currency",
        "expected_amount",
        "rep_probability",
        "fiscal_year_start_month",
        "industry",
        "size",
        "lead_score",
        "loss_reason",
        "lost_to",
        "lessons",
    }
)
