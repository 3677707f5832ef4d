"""Where a deal stands: its stages with how it came there, the gates with the words that met them, what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine import Decision, DecisionType, Event, Pipeline
from engine.conditions import All, Any, Condition, Leaf, Not, Trace, explain
from engine.deal import Scheduled
from engine.parts import Gate, Rule
from service.flows.deal_now import DealNow
from service.pages.deal.wording import ago, capital, day, days_between, due_in, moment, plain
from service.pages.deal.words import Speakers, Words, words_of

__all__ = [
    "ApprovalView",
    "GateView",
    "Need",
    "Regression",
    "Step",
    "Visit",
    "approvals_of",
    "gates_of",
    "regressions_of",
    "steps_of",
    "visits_of",
]

MOVES = (DecisionType.STAGE_ADVANCED, DecisionType.STAGE_REGRESSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stage of the stepper. `state` is done, here, ahead or skipped; `note` is what a reader hears beside."""

    id: str
    name: str
    state: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stay in a stage: since when, how long, by which rule, and why. `kind` is created, up or down."""

    stage: str
    kind: str
    since: str
    lasted: str
    rule: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One line of what a gate wants. `depth` indents what belongs to an "all of" or "one of" above it."""

    text: str
    met: bool
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GateView:
    """`what` is the gate in a sentence; a met one has `words` (or `met_by` where nobody said anything), an open one
    its `needs`."""

    id: str
    name: str
    met: bool
    what: str
    met_by: str
    words: tuple[Words, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A regression that waits: `id` names it to whoever stops it; `stops` are the ways in which it can end."""

    id: str
    person: str
    because: str
    to: str
    due: str
    left: str
    share: int
    stops: tuple[str, ...]
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView:
    id: str
    what: str
    asked: str
    by: str
    reason: str


def visits_of(now: DealNow, pipeline: Pipeline, at: dt.datetime) -> tuple[Visit, ...]:
    """Every stay, the newest first."""
    moves = [decision for decision in now.history if decision.type in MOVES]
    first = moves[0].source if moves else pipeline.stages[now.deal.stage].id
    ends = [*(move.at for move in moves), at if now.deal.closed_at is None else now.deal.closed_at]
    begun = now.deal.created_at
    stays = [visit(first, "created", begun, ends[0], "", "The deal began here.")]
    for move, end in zip(moves, ends[1:], strict=True):
        kind = "up" if move.type is DecisionType.STAGE_ADVANCED else "down"
        stays.append(visit(move.to, kind, move.at, end, move.rule, move.why))
    return tuple(reversed(stays))


def visit(stage: str, kind: str, begun: dt.datetime, end: dt.datetime, rule: str, why: str) -> Visit:
    lasted = ago(days_between(begun, end))
    return Visit(stage=plain(stage), kind=kind, since=day(begun), lasted=lasted, rule=rule, why=why)


def steps_of(now: DealNow, pipeline: Pipeline, at: dt.datetime) -> tuple[Step, ...]:
    """The stages that a deal can be in, in order; of the closed ones only the one that it is in, else the won one."""
    here, deal = now.deal.stage, now.deal
    entered: set[str] = {pipeline.stages[here].id}
    for decision in now.history:
        if decision.type in MOVES:
            entered |= {str(decision.source), str(decision.to)}
    out = []
    for n, stage in enumerate(pipeline.stages):
        if stage.closed is not None and n != here and (n != pipeline.won or here >= pipeline.won):
            continue
        if n == here:
            state, note = "here", f"here since {day(deal.entered_at)}, {ago(days_between(deal.entered_at, at))}"
        elif n < here:
            state, note = ("done", "passed") if stage.id in entered else ("skipped", "passed over")
        else:
            state, note = "ahead", "reached before, and left again" if stage.id in entered else "ahead"
        out.append(Step(id=stage.id, name=plain(stage.id), state=state, note=note))
    return tuple(out)


def gates_of(now: DealNow, pipeline: Pipeline, stage: int, speakers: Speakers) -> tuple[GateView, ...]:
    """The gates of a stage, each with what met it or what it still wants."""
    begin, end = pipeline.gate_span[stage]
    by_id = {event.id: event for event in now.events}
    return tuple(gate_view(now, n, pipeline.gates[n][1], by_id, speakers) for n in range(begin, end))


def gate_view(now: DealNow, place: int, gate: Gate, by_id: dict[str, Event], speakers: Speakers) -> GateView:
    met = now.deal.gates[place]
    event = by_id.get(now.deal.gate_events[place])
    trace = explain(gate.met_by, now.deal, now.events[-1])
    if not met:
        words: tuple[Words, ...] = ()
        how = ""
    elif event is None:
        words, how = (), "; ".join(trace.reasons())
    else:
        words, how = words_of(event, speakers), f"{plain(event.type)} on {day(event.occurred_at)}"
    return GateView(
        id=gate.id,
        name=plain(gate.id),
        met=met,
        what=gate.because,
        met_by=how,
        words=words,
        needs=() if met else tuple(needs(gate.met_by, trace, 0)),
    )


def needs(condition: Condition, trace: Trace, depth: int) -> Iterator[Need]:
    """The parts of a condition, each with its verdict; a part that leads to a choice says so."""
    match condition:
        case Leaf():
            yield Need(text=capital(trace.said), met=trace.holds, depth=depth)
        case All(of=parts) | Any(of=parts):
            if isinstance(condition, Any) or depth:
                said = "One of these" if isinstance(condition, Any) else "All of these"
                yield Need(text=f"{said}:", met=trace.holds, depth=depth)
                depth += 1
            for part, verdict in zip(parts, trace.parts, strict=True):
                yield from needs(part, verdict, depth)
        case Not(of=part):
            yield Need(text="Not so:", met=trace.holds, depth=depth)
            yield from needs(part, trace.parts[0], depth + 1)


def regressions_of(now: DealNow, pipeline: Pipeline, at: dt.datetime, speakers: Speakers) -> tuple[Regression, ...]:
    by_id = {event.id: event for event in now.events}
    return tuple(regression(now, pipeline, waiting, at, by_id, speakers) for waiting in now.deal.scheduled)


def regression(
    now: DealNow,
    pipeline: Pipeline,
    waiting: Scheduled,
    at: dt.datetime,
    by_id: dict[str, Event],
    speakers: Speakers,
) -> Regression:
    rule = pipeline.rule(waiting.rule)
    there = waiting.to or pipeline.stages[max(0, now.deal.stage - 1)].id
    told = [by_id[id] for id in waiting.events if id in by_id]
    since = told[0].occurred_at if told else waiting.due
    whole = max((waiting.due - since).total_seconds(), 1.0)
    passed = min(100, max(0, round(100 * (at - since).total_seconds() / whole)))
    return Regression(
        id=waiting.event,
        person=waiting.person,
        because=reason(rule),
        to=plain(there),
        due=day(waiting.due),
        left=due_in(waiting.due, at),
        share=passed,
        stops=tuple(stops(waiting)),
        words=tuple(words for event in told for words in words_of(event, speakers)),
    )


def reason(rule: Rule | None) -> str:
    return "" if rule is None else rule.because


def stops(waiting: Scheduled) -> Iterator[str]:
    """What the engine takes as an end of it: the same as `engine.departures` looks for."""
    yield f"{waiting.person} comes back"
    yield f"somebody says who takes over from {waiting.person}"
    if waiting.role is not None:
        yield f"somebody else becomes the {plain(waiting.role).lower()}"
    if waiting.champion:
        yield "another champion advocates"
    yield "you stop it, with a reason"


def approvals_of(now: DealNow, pipeline: Pipeline) -> tuple[ApprovalView, ...]:
    out = []
    for waiting in now.deal.approvals:
        if waiting.kind == "move":
            what = f"Move to {plain(pipeline.stages[waiting.to].id)}"
        elif waiting.stated:
            what = f"The close date {day(waiting.day)} that the buyer stated"
        else:
            what = f"A later close date, now {day(waiting.day)}"
        out.append(
            ApprovalView(
                id=waiting.event,
                what=what,
                asked=moment(waiting.at),
                by=waiting.by or f"rule {waiting.rule}",
                reason=waiting.reason or latest_why(now.history, waiting.event),
            )
        )
    return tuple(out)


def latest_why(history: Sequence[Decision], approval: str) -> str:
    asked = DecisionType.APPROVAL_REQUESTED
    found = (each.why for each in reversed(history) if each.type is asked and each.data.get("approval") == approval)
    return next(found, "")
