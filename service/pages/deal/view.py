"""Everything that the page of a deal shows, put together from its events, its decisions and its card."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from engine import Pipeline
from engine.parts import Closed
from service.flows.context import Context
from service.flows.deal_now import DealNow, deal_now
from service.pages.deal import figures, next_steps, stages
from service.pages.deal import people as persons
from service.pages.deal.dates import DateLine, date_line
from service.pages.deal.map import Map, map_of
from service.pages.deal.timeline import Timeline, timeline_of
from service.pages.deal.wording import day, deal_url, money, plain, signed
from service.pages.deal.words import speakers_of
from service.pages.marks import Mark, marks_shown
from service.store import actions
from service.store.deal_cards import DealCard

__all__ = ["DealView", "Head", "StageChoice", "deal_view", "stage_choices"]

# Of the newest actions of a deal, more than one stay in a stage sets off.
RECENT = 200
FACTS = {"Industry": "industry", "Size": "size", "Lost because": "loss_reason", "Lost to": "lost_to"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`topic` is what the page listens to for changes; `late` where an open deal's close date has passed."""

    id: str
    title: str
    subtitle: str
    url: str
    topic: str
    stage: str
    closed: str | None
    amount: str
    expected: str
    budget: str
    owner: str
    manager: str
    facts: tuple[tuple[str, str], ...]
    marks: tuple[Mark, ...]
    as_of: str
    health: str
    health_tone: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChoice:
    """A stage to which a person may move the deal; `note` says what that asks for."""

    id: str
    name: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealView:
    head: Head
    steps: tuple[stages.Step, ...]
    visits: tuple[stages.Visit, ...]
    gates: tuple[stages.GateView, ...]
    gates_met: int
    later_gates: tuple[tuple[str, tuple[stages.GateView, ...]], ...]
    guidance: next_steps.Guidance
    actions: tuple[next_steps.ActionView, ...]
    approvals: tuple[stages.ApprovalView, ...]
    regressions: tuple[stages.Regression, ...]
    chance: figures.Chance
    close: figures.CloseDateView
    date_line: DateLine | None
    people: tuple[persons.PersonView, ...]
    changes: tuple[persons.Change, ...]
    map: Map
    rivals: tuple[persons.Rival, ...]
    letters: tuple[persons.Letter, ...]
    letters_met: int
    timeline: Timeline
    choices: tuple[StageChoice, ...]


def deal_view(
    context: Context,
    connection: Connection,
    card: DealCard,
    *,
    kind: str | None,
    before: int | None,
) -> DealView | None:
    """`kind` and `before` choose the timeline's page."""
    now, pipeline, at = deal_now(context, connection, card.deal), context.pipeline, context.now()
    if now is None:
        return None
    speakers = speakers_of(connection, context.workspace, now.events)
    stored = actions.find(connection, context.workspace, equal={"deal": card.deal}, most=RECENT)
    gates = stages.gates_of(now, pipeline, now.deal.stage, speakers)
    letters = persons.letters_of(now, speakers)
    everybody = persons.people_of(now.deal)
    return DealView(
        head=head(card, now, pipeline, at),
        steps=stages.steps_of(now, pipeline, at),
        visits=stages.visits_of(now, pipeline, at),
        gates=gates,
        gates_met=sum(gate.met for gate in gates),
        later_gates=tuple(
            (plain(stage.id), stages.gates_of(now, pipeline, n, speakers))
            for n, stage in enumerate(pipeline.stages)
            if n > now.deal.stage and stage.gates
        ),
        guidance=next_steps.guidance_of(now, pipeline, gates),
        actions=next_steps.actions_of(now, at, next_steps.states_of(stored)),
        approvals=stages.approvals_of(now, pipeline),
        regressions=stages.regressions_of(now, pipeline, at, speakers),
        chance=figures.chance_of(now.deal, pipeline),
        close=figures.close_date_of_deal(now, pipeline, at),
        date_line=date_line(now, pipeline, at),
        people=everybody,
        changes=persons.changes_of(now, speakers),
        map=map_of(now, everybody),
        rivals=persons.rivals_of(now, speakers),
        letters=letters,
        letters_met=sum(letter.met for letter in letters),
        timeline=timeline_of(connection, context.workspace, card.deal, kind=kind, before=before),
        choices=stage_choices(pipeline, now.deal.stage),
    )


def head(card: DealCard, now: DealNow, pipeline: Pipeline, at: dt.datetime) -> Head:
    told, deal = now.deal.facts, now.deal
    stage = pipeline.stages[deal.stage]
    amount, expected = told.get("amount"), deal.expected
    facts = [(label, str(told[name])) for label, name in FACTS.items() if told.get(name) is not None]
    return Head(
        id=deal.id,
        title=card.account or card.name or deal.id,
        subtitle=card.name if card.account else "",
        url=deal_url(deal.id),
        topic=f"deal:{deal.id}",
        stage=plain(stage.id),
        closed=closed_as(stage.closed),
        amount=money(card.amount, card.currency) if amount is not None else "not known",
        expected="" if expected is None else money(expected, deal.currency),
        budget=figures.budget_of(deal),
        owner=card.owner or "",
        manager=str(told.get("manager") or ""),
        facts=tuple(facts),
        marks=marks_shown(card.marks),
        as_of=day(deal.now),
        health=signed(card.health),
        health_tone="good" if card.health > 0 else "bad" if card.health < 0 else "",
        late=card.open and card.close_date is not None and card.close_date < pipeline.calendar.day(at),
    )


def closed_as(closed: Closed | None) -> str | None:
    return None if closed is None else closed.value


def stage_choices(pipeline: Pipeline, here: int) -> tuple[StageChoice, ...]:
    """Every other stage, with what a move to it asks for."""
    return tuple(
        StageChoice(id=stage.id, name=plain(stage.id), note=note(pipeline, here, n))
        for n, stage in enumerate(pipeline.stages)
        if n != here
    )


def note(pipeline: Pipeline, here: int, there: int) -> str:
    """The engine's rule in words: one stage on, back or out by oneself; further on with the manager's approval."""
    if there == pipeline.lost:
        return "closes the deal"
    if here >= pipeline.won:
        return "opens the deal again" if there < pipeline.won else "closes the deal"
    if there - here > 1:
        return "skips a stage: the manager is asked"
    return "one stage on" if there > here else "back"
