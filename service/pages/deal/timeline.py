"""The timeline: every decision with its rule, its reason, its events and the words, in pages from the newest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, assert_never

from sqlalchemy import Connection

from engine import DecisionType
from service.flows.timeline import told
from service.pages.deal.figures import range_of
from service.pages.deal.wording import day, deal_url, number, plain
from service.pages.deal.words import Words, conversation_url
from service.store import deal_history
from signals import Money

__all__ = ["KINDS", "Cause", "Day", "Entry", "KindChoice", "Timeline", "timeline_of"]

Json = dict[str, Any]
Type = DecisionType

A_PAGE = 25
KINDS: Mapping[str, tuple[str, tuple[DecisionType, ...]]] = {
    "moves": ("Moves", (Type.STAGE_ADVANCED, Type.STAGE_REGRESSED, Type.ADVANCE_HELD)),
    "gates": ("Gates", (Type.GATE_MET, Type.GATE_LOST)),
    "regressions": ("Regressions", (Type.STAGE_REGRESSED, Type.REGRESSION_SCHEDULED, Type.REGRESSION_CANCELLED)),
    "facts": ("Facts and dates", (Type.FIELD_UPDATED, Type.CLOSE_DATE_MOVED)),
    "alerts": ("Flags and alerts", (Type.FLAGGED, Type.ALERT)),
    "approvals": ("Approvals", (Type.APPROVAL_REQUESTED,)),
    "actions": ("Actions", (Type.WORKFLOW_TRIGGERED,)),
    "probability": ("Probability", (Type.PROBABILITY_CHANGED,)),
    "corrections": ("Corrections", (Type.CORRECTION,)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """An event that a decision rests on, with its words where anybody said some."""

    what: str
    when: str
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    seq: int
    time: str
    title: str
    label: str
    tone: str
    rule: str
    why: str
    causes: tuple[Cause, ...]
    recorded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindChoice:
    name: str
    url: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """`here` is the address of this page of it; `older` and `newer` those of others, where there are some."""

    here: str
    days: tuple[Day, ...]
    kinds: tuple[KindChoice, ...]
    older: str | None
    newer: str | None


def timeline_of(connection: Connection, workspace: str, deal: str, *, kind: str | None, before: int | None) -> Timeline:
    """A page of the timeline; an unknown kind shows everything."""
    types = {type.value for type in KINDS[kind][1]} if kind is not None and kind in KINDS else None
    found = deal_history.newest(connection, workspace, deal, types=types, before=before, most=A_PAGE + 1)
    page = found[:A_PAGE]
    entries = [entry(decision) for decision in told(connection, workspace, page)]
    by_day = groupby(entries, key=itemgetter(0))
    counts = deal_history.counts(connection, workspace, deal)
    return Timeline(
        here=address(deal, kind, before).removesuffix("#timeline"),
        days=tuple(Day(name=name, entries=tuple(each for _, each in some)) for name, some in by_day),
        kinds=choices(deal, kind, counts),
        older=address(deal, kind, page[-1].seq) if len(found) > A_PAGE else None,
        newer=None if before is None else address(deal, kind, None),
    )


def address(deal: str, kind: str | None, before: int | None) -> str:
    asked = "&".join([f"kind={kind}"] * (kind in KINDS) + [f"before={before}"] * (before is not None))
    return deal_url(deal) + (f"?{asked}" if asked else "") + "#timeline"


def choices(deal: str, kind: str | None, counts: Mapping[str, int]) -> tuple[KindChoice, ...]:
    """Everything, then each kind of which there is something."""
    whole = sum(counts.values())
    first = KindChoice(name="Everything", url=address(deal, None, None), count=whole, chosen=kind not in KINDS)
    rest = []
    for id, (name, types) in KINDS.items():
        count = sum(counts.get(type.value, 0) for type in types)
        if count or id == kind:
            rest.append(KindChoice(name=name, url=address(deal, id, None), count=count, chosen=id == kind))
    return (first, *rest)


def entry(decision: Json) -> tuple[str, Entry]:
    """The day, and the decision on it."""
    at = dt.datetime.fromisoformat(decision["at"])
    type = DecisionType(decision["type"])
    label, tone = LABELS[type]
    return day(at), Entry(
        seq=decision["seq"],
        time=f"{at:%H:%M}",
        title=title(type, decision),
        label=label,
        tone=tone,
        rule=decision["rule"],
        why=decision["why"],
        causes=causes(decision),
        recorded=recorded(decision, at),
    )


def recorded(decision: Json, at: dt.datetime) -> str:
    """When it was concluded, where that was on another day than the one that it is about."""
    known = dt.datetime.fromisoformat(decision["recorded_at"])
    return "" if known.date() == at.date() else day(known)


LABELS: Mapping[DecisionType, tuple[str, str]] = {
    Type.STAGE_ADVANCED: ("Moved on", "good"),
    Type.ADVANCE_HELD: ("Held", "warn"),
    Type.STAGE_REGRESSED: ("Fell back", "bad"),
    Type.REGRESSION_SCHEDULED: ("Will fall back", "warn"),
    Type.REGRESSION_CANCELLED: ("Stays", "good"),
    Type.PROBABILITY_CHANGED: ("Probability", "none"),
    Type.CLOSE_DATE_MOVED: ("Close date", "none"),
    Type.FIELD_UPDATED: ("Fact", "none"),
    Type.FLAGGED: ("Flag", "warn"),
    Type.ALERT: ("Alert", "warn"),
    Type.APPROVAL_REQUESTED: ("Approval", "warn"),
    Type.GATE_MET: ("Gate met", "good"),
    Type.GATE_LOST: ("Gate lost", "bad"),
    Type.WORKFLOW_TRIGGERED: ("Action", "none"),
    Type.CORRECTION: ("Correction", "warn"),
}


def title(type: DecisionType, decision: Json) -> str:
    """What was decided, in a few words."""
    source, to, data = decision["from"], decision["to"], decision["data"]
    match type:
        case Type.STAGE_ADVANCED | Type.STAGE_REGRESSED:
            return f"{plain(str(source))} → {plain(str(to))}"
        case Type.ADVANCE_HELD:
            lacking = ", ".join(plain(gate).lower() for gate in data.get("missing", ()))
            return f"On the way to {plain(str(to)).lower()}: still lacks {lacking}"
        case Type.REGRESSION_SCHEDULED:
            there = f"To {plain(str(to)).lower()}" if to else "One stage down"
            return f"{there} on {day(dt.datetime.fromisoformat(data['due']))}: {data.get('person', '')} has left"
        case Type.REGRESSION_CANCELLED:
            return f"The regression for {data.get('person', 'somebody')} is dropped"
        case Type.PROBABILITY_CHANGED:
            return f"{shown(source)} → {shown(to)} %"
        case Type.CLOSE_DATE_MOVED:
            return f"{date(source)} → {date(to)}"
        case Type.FIELD_UPDATED:
            return f"{plain(str(data.get('field', decision['rule'])))}: {shown(to)}"
        case Type.FLAGGED:
            return plain(str(to))
        case Type.ALERT:
            return plain(decision["rule"].removeprefix("alert."))
        case Type.APPROVAL_REQUESTED:
            return (
                f"A move to {plain(str(to)).lower()}" if data.get("kind") == "move" else f"A close date of {date(to)}"
            )
        case Type.GATE_MET | Type.GATE_LOST:
            return f"{plain(data['gate'])} ({plain(data['stage']).lower()})"
        case Type.WORKFLOW_TRIGGERED:
            return str(data["title"])
        case Type.CORRECTION:
            return "What was told before has changed"
        case _:
            assert_never(type)


def shown(value: Any) -> str:
    """A value of any kind, briefly."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, Mapping) and {"low", "high", "currency"} <= set(value):
        return range_of(Money.from_json(value))
    if isinstance(value, Mapping):
        return ", ".join(shown(each) for each in value.values() if each is not None)
    return str(value)


def date(value: Any) -> str:
    try:
        return day(dt.date.fromisoformat(value))
    except (TypeError, ValueError):
        return shown(value)


def causes(decision: Json) -> tuple[Cause, ...]:
    quotes: dict[str, list[Words]] = {}
    for quote in decision["quotes"]:
        speaker = quote.get("speaker") or {}
        who = ", ".join(filter(None, [speaker.get("name"), speaker.get("title")])) or speaker.get("id", "")
        url = conversation_url(quote["conversation"], quote["segments"]) if quote["conversation"] else None
        words = Words(text=" ".join(quote["text"].split()), who=who, day="", url=url)
        quotes.setdefault(quote["event"], []).append(words)
    return tuple(
        Cause(
            what=plain(cause["type"]),
            when=day(dt.datetime.fromisoformat(cause["occurred_at"])),
            words=tuple(quotes.get(cause["id"], ())),
        )
        for cause in decision["caused_by"]
    )
