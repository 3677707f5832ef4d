"""Random deals: every type of event, with people and stages that meet again and again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from tests.engine.story import CREATED, START

STAGES = ["identified", "discovery", "qualified", "proposal", "negotiation", "closed_won", "closed_lost"]
people = st.sampled_from(["Tomas Berg", "Petra Lind", "Olaf Stein", "Mei Chen"])
contacts = st.lists(people, max_size=4)
roles = st.sampled_from([None, "economic_buyer", "decision_maker", "technical", "user"])
documents = st.sampled_from(["proposal", "contract"])
days = st.integers(-5, 160)
# Ids of events are "e-<place>"; a story may point to any of them, also to later ones and to none.
places = st.integers(0, 40).map(lambda n: f"e-{n}")
Data = dict[str, Any]


def told(kind: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Data]]:
    return st.fixed_dictionaries(fields).map(lambda data: (kind, data))


def heard(kind: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Data]]:
    return told("signal", type=st.just(kind), confidence=st.just(0.9), **fields)


def money() -> st.SearchStrategy[Data | None]:
    figures = st.integers(1, 12).map(lambda n: n * 10000)
    return st.none() | figures.map(lambda n: {"low": n, "high": n, "currency": "USD", "per": "total"})


def dates(draw: Any) -> tuple[str, Data]:
    first = (START + dt.timedelta(days=draw(days))).date()
    last = first + dt.timedelta(days=draw(st.sampled_from([0, 0, 0, 6, 100])))
    role = draw(st.sampled_from(["close", "close", "go_live", "next_step", "budget_cycle"]))
    return "signal", {"type": "date", "role": role, "start": first.isoformat(), "end": last.isoformat()}


moments = st.integers(0, 160).map(lambda n: (START + dt.timedelta(days=n, hours=3)).isoformat())
MILESTONES = [
    "demo_completed",
    "proposal_sent",
    "security_review_requested",
    "security_review_completed",
    "legal_review_requested",
    "legal_review_completed",
    "procurement_engaged",
    "reference_completed",
    "pilot_succeeded",
    "contract_sent",
    "implementation_plan_agreed",
    "next_step_agreed",
    "deal_paused",
    "deal_lost",
    "contract_signed",
]
BUDGETS = ["stated", "pending", "approved", "reduced", "cancelled", "none"]
PRICES = ["quoted", "objected", "countered", "agreed"]
minutes = st.integers(0, 60)
milestones = st.sampled_from(MILESTONES)
KEEPING = st.one_of(
    told("activity.email", direction=st.sampled_from(["inbound", "outbound"]), contacts=contacts),
    told("activity.call", minutes=minutes, contacts=contacts, purpose=st.sampled_from(["discovery", "other"])),
    told("activity.meeting", minutes=minutes, contacts=contacts, purpose=st.sampled_from(["demo", "other"])),
    told("meeting.scheduled", meeting=st.sampled_from("mn"), at=moments),
    told("meeting.cancelled", meeting=st.sampled_from("mn")),
    told("contact.added", person=people, title=st.sampled_from([None, "CFO", "VP IT", "Clerk"]), role=roles),
    heard(
        "budget",
        status=st.sampled_from(BUDGETS),
        amount=money(),
    ),
    heard("pricing", status=st.sampled_from(PRICES), amount=money()),
    heard(
        "competitor",
        name=st.sampled_from(["Qlik", "in-house"]),
        relation=st.sampled_from(["favored", "selected", "rejected"]),
    ),
    heard("champion", person=people, status=st.sampled_from(["advocating", "at_risk"])),
    heard(
        "stakeholder",
        person=people,
        change=st.sampled_from(["identified", "joined", "role_changed", "unresponsive"]),
        role=roles,
    ),
    heard("qualification", element=st.sampled_from(["metrics", "pain", "decision_criteria", "decision_process"])),
    st.composite(dates)(),
    told("milestone", kind=milestones),
    told("document.sent", document=documents),
    told("document.viewed", document=documents),
    told("esign.sent", envelope=st.just("v")),
    told("esign.declined", envelope=st.just("v")),
    told(
        "override.stage",
        to=st.sampled_from(STAGES),
        by=st.just("ana"),
        reason=st.just("so"),
        approved_by=st.sampled_from([None, "raj"]),
    ),
    told("deal.updated", rep_probability=st.integers(0, 100)),
    told("deal.updated", stage=st.sampled_from(STAGES[:5])),
    told("approval.granted", approval=places),
    told("approval.refused", approval=places),
    told("stage.justified", by=st.just("ana"), reason=st.just("so")),
    told("clock"),
)
LEAVING = st.one_of(
    heard("champion", person=people, status=st.just("lost")),
    heard("stakeholder", person=people, change=st.just("left"), role=roles),
    told("override.regression", regression=places, by=st.just("ana"), reason=st.just("so")),
)
RETRACTING = told("retraction", event=places, by=st.just("ana"), reason=st.just("so"))


@st.composite
def stories(draw: Any, kinds: st.SearchStrategy[tuple[str, Data]], size: int = 25) -> list[Data]:
    """The events of one deal in order of time, each at a moment of its own; the creation is e-0."""
    now = START
    events = [event(0, now, "deal.created", {**CREATED, "stage": draw(st.sampled_from(STAGES[:5]))})]
    for place, (kind, data) in enumerate(draw(st.lists(kinds, max_size=size)), start=1):
        now += dt.timedelta(hours=draw(st.sampled_from([1, 5, 24, 100, 24 * 14, 24 * 35])), seconds=place)
        events.append(event(place, now, kind, data))
    return events


def event(place: int, now: dt.datetime, kind: str, data: Data) -> Data:
    made = {"id": f"e-{place}", "deal_id": "D-1", "type": kind, "occurred_at": now.isoformat(), "data": data}
    if kind == "signal":
        made["evidence"] = {"conversation": "c-1", "segments": [place], "text": f"the words of e-{place}"}
    return made
