"""What analytics add up, made from each deal's fold: where the deal was, what it was given, who went round the rules.

A sweep makes the rows anew of each deal that has changed; whoever looks at figures does so for a few. History that was
corrected is in the fold as it ought to have been, and so is in the figures.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from service.flows.context import Context
from service.store import deal_paths, deals
from service.store.deal_paths import DealPath, StoredStay, Tally

if TYPE_CHECKING:
    from engine import Decision

__all__ = ["EXCEPTIONS", "FIRES", "refresh_all_paths", "refresh_paths"]

Json = dict[str, Any]

# What one look at the figures, and what one sweep, makes anew.
AT_A_LOOK, AT_A_SWEEP = 10, 400
# What people do against or beside the rules, in the order of a table.
EXCEPTIONS = ("override up", "override down", "skip approved", "signed with gates open", "regression stopped")
NOBODY = "(not known)"


def refresh_paths(context: Context, most: int = AT_A_LOOK) -> int:
    """How many deals of the workspace are still to be counted afterwards."""
    with context.database.connect() as connection:
        waiting = deal_paths.stale(connection, context.workspace, most)
    for deal in waiting:
        with context.database.begin() as connection:
            refresh(context, connection, deal)
    if len(waiting) < most:
        return 0
    with context.database.connect() as connection:
        return deal_paths.count_stale(connection, context.workspace)


def refresh_all_paths(context: Context) -> int:
    """Over all workspaces, those that wait longest; how many deals were made anew."""
    with context.database.connect() as connection:
        waiting = deal_paths.stale_everywhere(connection, AT_A_SWEEP)
    here = {workspace: dataclasses.replace(context, workspace=workspace) for workspace in {w for w, _ in waiting}}
    for workspace, deal in waiting:
        with here[workspace].database.begin() as connection:
            refresh(here[workspace], connection, deal)
    return len(waiting)


def refresh(context: Context, connection: Connection, deal: str) -> None:
    """The deal is held meanwhile, so that what is written belongs to the version that it is written for."""
    from service.flows.deal_now import deal_now

    stored = deals.lock(connection, context.workspace, deal, context.now())
    now = deal_now(context, connection, deal)
    if stored.state is None or now is None:
        return
    path = path_of(context, stored, stored.state)
    stays = tuple(stays_of(path, stored.state["stage"], now.history))
    deal_paths.put(connection, context.workspace, path, stays, tallies_of(now.history, stored.state["owner"]))


def path_of(context: Context, stored: deals.StoredDeal, state: Json) -> DealPath:
    pipeline, off = context.pipeline, state.get("close_date_accuracy") or {}
    outcomes = {pipeline.stages[pipeline.won].id: "won", pipeline.stages[pipeline.lost].id: "lost"}
    outcome = outcomes.get(state["stage"])
    return DealPath(
        deal=stored.id,
        version=stored.version,
        pipeline=stored.pipeline or "",
        created_at=dt.datetime.fromisoformat(state["created_at"]),
        closed_at=None if state["closed_at"] is None else dt.datetime.fromisoformat(state["closed_at"]),
        outcome=outcome,
        loss_reason=clean(state["loss_reason"]) if outcome == "lost" else None,
        off_stated=off.get("stated"),
        off_auto=off.get("automatic"),
        off_rep=off.get("rep"),
        off_original=off.get("original"),
    )


def clean(text: object) -> str | None:
    """One spelling for one reason, as PostgreSQL can hold it."""
    return " ".join(str(text).replace("\x00", "\ufffd").split()).casefold()[:200] or None if text else None


def stays_of(path: DealPath, last: str, history: Sequence[Decision]) -> Iterator[StoredStay]:
    """Every stay, the `last` one in the stage where the deal is now; with each that a move began, the last probability
    that was given at that moment."""
    from engine import DecisionType

    entered = path.created_at
    percent: float | None = None
    moved = False
    for decision in history:
        if decision.type in (DecisionType.STAGE_ADVANCED, DecisionType.STAGE_REGRESSED):
            yield StoredStay(
                stage=decision.source,
                entered_at=entered,
                left_at=decision.at,
                to_stage=decision.to,
                rule=decision.rule,
                percent=percent,
            )
            entered, percent, moved = decision.at, None, True
        elif moved and decision.type is DecisionType.PROBABILITY_CHANGED and decision.at == entered:
            percent = float(decision.to)
    yield StoredStay(stage=last, entered_at=entered, left_at=None, to_stage=None, rule=None, percent=percent)


def tallies_of(history: Sequence[Decision], owner: str | None) -> tuple[Tally, ...]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for decision in history:
        counts.update(counted(decision, owner))
    # What a rule brings about at one moment (a move, the new probability) is one firing.
    counts.update(("fired", rule, "") for rule, _ in {(d.rule, d.at) for d in history if d.type in FIRES})
    return tuple(
        Tally(what=what, name=name, who=who.replace("\x00", "\ufffd")[:250], times=times)
        for (what, name, who), times in counts.items()
    )


def counted(decision: Decision, owner: str | None) -> Iterator[tuple[str, str, str]]:
    """(what, name, who) of what is counted decision by decision: a rule that would have moved the deal but for its
    gates was held; and exceptions."""
    from engine import DecisionType

    if decision.type is DecisionType.ADVANCE_HELD:
        yield "held", decision.rule, ""
    data = decision.data
    moved = decision.type in (DecisionType.STAGE_ADVANCED, DecisionType.STAGE_REGRESSED)
    who = str(data.get("by") or owner or NOBODY)
    if moved and data.get("override"):
        yield "exception", "override up" if decision.type is DecisionType.STAGE_ADVANCED else "override down", who
    if moved and data.get("approved_by"):
        yield "exception", "skip approved", who
    if moved and data.get("exceptions"):
        yield "exception", "signed with gates open", owner or NOBODY
    if decision.type is DecisionType.REGRESSION_CANCELLED and data.get("by"):
        yield "exception", "regression stopped", who


# A rule that moved a deal, or set that up, touched a field or flagged it has fired.
FIRES = frozenset(
    {
        "stage_advanced",
        "stage_regressed",
        "regression_scheduled",
        "field_updated",
        "flagged",
        "probability_changed",
        "approval_requested",
    }
)
