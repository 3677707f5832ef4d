"""What the pages of rules show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from engine import Pipeline
from engine.pipeline import pipeline_text
from service.flows.context import Context
from service.pages.deal.wording import deal_url, plain
from service.pages.formats import count_of
from service.pages.rules.diagram import Diagram, diagram_of
from service.pages.rules.sentences import BUILT_IN, condition_said, effect_of, triggers_said
from service.store import analytics, deal_cards, pipelines
from service.store.analytics import Scope
from service.store.pipelines import Adoption, StoredVersion

__all__ = ["A_PAGE", "RulesView", "Tested", "VersionView", "present_text", "rules_view", "version_view"]

A_PAGE = 50
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """`fired` and `held` over the deals that the reader sees."""

    id: str
    because: str
    effect: str
    waits_for: str
    when: str
    fired: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GateView:
    stage: str
    id: str
    because: str
    met_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    """`own`: nothing was adopted, and the settings' pipeline is followed. `never` are rules that have never fired."""

    name: str
    version: str
    policy: str
    own: bool
    diagram: Diagram
    rules: tuple[RuleView, ...]
    built_in: tuple[RuleView, ...]
    gates: tuple[GateView, ...]
    adoptions: tuple[Adoption, ...]
    versions: tuple[StoredVersion, ...]
    following: UUID | None
    never: str
    waiting: str


def rules_view(context: Context, connection: Connection, owners: frozenset[str] | None, waiting: int) -> RulesView:
    pipeline, workspace = context.pipeline, context.workspace
    counts = analytics.rules(connection, Scope(workspace=workspace, owners=owners))
    rules = tuple(rule_views(pipeline, counts))
    asleep = sum(1 for rule in rules if not rule.fired and not rule.held)
    following = pipelines.following(connection, workspace)
    return RulesView(
        name=pipeline.name,
        version=pipeline.version,
        policy=pipeline.gate_policy.value,
        own=following is None,
        diagram=diagram_of(pipeline),
        rules=rules,
        built_in=tuple(
            RuleView(id=id, because=said, effect="", waits_for="", when="", fired=fired, held=held)
            for id, said in BUILT_IN.items()
            for fired, held in (counts.get(id, (0, 0)),)
        ),
        gates=tuple(
            GateView(
                stage=plain(pipeline.stages[n].id),
                id=gate.id,
                because=gate.because,
                met_by=condition_said(gate.met_by),
            )
            for n, gate in pipeline.gates
        ),
        adoptions=tuple(pipelines.adoptions(connection, workspace, MOST_SHOWN)),
        versions=tuple(pipelines.find(connection, workspace, most=MOST_SHOWN)),
        following=following,
        never=f"{count_of(asleep, 'rule')} of {len(rules)} never fired yet." if asleep else "Every rule has fired.",
        waiting=f"{count_of(waiting, 'deal')} changed lately and will be counted within minutes." if waiting else "",
    )


def rule_views(pipeline: Pipeline, counts: Mapping[str, tuple[int, int]]) -> Iterator[RuleView]:
    for rule in pipeline.rules:
        fired, held = counts.get(rule.id, (0, 0))
        yield RuleView(
            id=rule.id,
            because=rule.because,
            effect=effect_of(rule, pipeline),
            waits_for=triggers_said(rule),
            when="" if rule.when is None else condition_said(rule.when),
            fired=fired,
            held=held,
        )


def present_text(connection: Connection, workspace: str, own: str) -> str:
    """The file that the workspace follows; `own` is the settings' pipeline."""
    following = pipelines.following(connection, workspace)
    return pipeline_text(own) if following is None else pipelines.text_of(connection, workspace, following)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    url: str
    title: str
    now: str
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A figure under the present pipeline and under the other."""

    name: str
    now: str
    then: str
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What a backtest found. `first` and `next` are how many differences to skip for other pages."""

    said: str
    shifts: str
    moved: tuple[Moved, ...]
    shown: str
    first: int | None
    next: int | None
    stages: tuple[Pair, ...]
    moves: tuple[Pair, ...]
    quality: tuple[Pair, ...]
    refused: tuple[str, ...]
    against: str
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """`done` is how far its backtest is, from 0 to 1."""

    id: UUID
    name: str
    hash: str
    made_by: str
    made_at: dt.datetime
    state: str
    done: float
    progress: str
    error: str | None
    followed: bool
    tested: Tested | None
    text: str


def version_view(context: Context, connection: Connection, version: StoredVersion, skip: int) -> VersionView:
    following = pipelines.following(connection, context.workspace)
    same = version.version == context.pipeline.version
    result = version.result if version.state == "tested" else None
    return VersionView(
        id=version.id,
        name=version.name,
        hash=version.version,
        made_by=version.made_by,
        made_at=version.made_at,
        state=version.state,
        done=version.deals_done / version.deals_all if version.deals_all else 0.0,
        progress=f"{version.deals_done:,} of {count_of(version.deals_all, 'deal')}",
        error=version.error,
        followed=version.id == following or (same and following is None),
        tested=None if result is None else tested(context, connection, result, skip),
        text=version.text,
    )


def tested(context: Context, connection: Connection, result: dict[str, Any], skip: int) -> Tested:
    all_moved = result["differences"]
    some = all_moved[skip : skip + A_PAGE]
    end = skip + len(some)
    count, deals = result["differing"], result["deals"]
    said = f"Of {count_of(deals, 'deal')} none would stand elsewhere."
    if count:
        said = f"Of {count_of(deals, 'deal')} {count:,} would stand elsewhere."
    return Tested(
        said=said,
        shifts=f"Stages would be reached sooner {result['sooner']:,} times and later {result['later']:,} times.",
        moved=tuple(moved(context, connection, each) for each in some),
        shown=f"{skip + 1:,} to {end:,} of {count:,}" if some else "",
        first=0 if skip else None,
        next=end if end < len(all_moved) else None,
        stages=tuple(pair(plain(stage), *both) for stage, both in result["stages"].items()),
        moves=tuple(pair(rule, *both) for rule, both in result["moves"].items()),
        quality=(
            pair("Alerts", *result["alerts"]),
            pair("Brier score (0 is perfect, 0.25 a coin)", *(score(each) for each in result["brier"])),
        ),
        refused=tuple(result["refused"]),
        against=result["pipelines"][0],
        stale=result["pipelines"][0] != context.pipeline.label,
    )


def score(value: float | None) -> str:
    return "no closed deal" if value is None else f"{value:.4f}"


def pair(name: str, now: int | str, then: int | str) -> Pair:
    shown = [f"{each:,}" if isinstance(each, int) else each for each in (now, then)]
    return Pair(name=name, now=shown[0], then=shown[1], changed=now != then)


def moved(context: Context, connection: Connection, each: dict[str, Any]) -> Moved:
    card = deal_cards.get(connection, context.workspace, each["deal"], None)
    title = each["deal"] if card is None else card.account or card.name or card.deal
    now, then = (plain(each[side]) if each[side] else "nowhere" for side in ("now", "then"))
    return Moved(url=deal_url(each["deal"]), title=title, now=now, then=then)
