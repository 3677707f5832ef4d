"""A workspace takes up another version of its pipeline, and its deals are folded anew under it.

A deal's state is the fold of its events, so under another pipeline it is another one. What was decided stays on record;
where the deal stands elsewhere now, one decision says so. What the new stages would have set off in the past is not
made up for: no mail goes out because of an adoption.
"""

from __future__ import annotations

import dataclasses
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from service.flows.append_events import taken
from service.flows.context import Context
from service.flows.deal_card import card_of
from service.flows.fold import fold
from service.flows.losses_alike import losses_alike
from service.flows.make_events import iso
from service.flows.review_errors import UnknownError
from service.store import audit, deal_cards, deals, decisions, events, pipelines

__all__ = ["RULE", "adopt_version", "refold_all", "refold_everywhere"]

Json = dict[str, Any]

RULE = "pipeline.adopted"
# So many deals are looked for at a time; one sweep does so many batches at most.
BATCH = 200
BATCHES_A_SWEEP = 5


def adopt_version(context: Context, version: UUID, *, by: str, comment: str) -> None:
    """Raises UnknownError. The deals follow by `refold_all`, and each with its next event."""
    with context.database.begin() as connection:
        if pipelines.get(connection, context.workspace, version) is None:
            raise UnknownError("version of the pipeline", str(version))
        audit.about(pipeline_version=str(version))
        pipelines.adopt(connection, context.workspace, version, by=by, at=context.now(), comment=comment)


def refold_all(context: Context, *, batches: int | None = None) -> int:
    """Every deal of the workspace that was folded under another pipeline, each in a transaction of its own; how many.

    Nothing happens where no version was adopted: there a deal follows the settings' pipeline from its next event on.
    """
    done = 0
    with context.database.connect() as connection:
        if pipelines.following(connection, context.workspace) is None:
            return 0
    while batches is None or batches > 0:
        with context.database.connect() as connection:
            waiting = pipelines.others(connection, context.workspace, context.pipeline.version, BATCH)
        for deal in waiting:
            with context.database.begin() as connection:
                refold(context, connection, deal)
        done += len(waiting)
        if len(waiting) < BATCH:
            break
        batches = None if batches is None else batches - 1
    return done


def refold_everywhere(context: Context) -> int:
    """For sweeps: a job that was lost, or a process that followed a moment too late, leaves no deal behind."""
    with context.database.connect() as connection:
        found = pipelines.workspaces(connection)
    return sum(refold_all(dataclasses.replace(context, workspace=each), batches=BATCHES_A_SWEEP) for each in found)


def refold(context: Context, connection: Connection, deal: str) -> None:
    """The same events under the pipeline that holds now."""
    at, workspace, pipeline = context.now(), context.workspace, context.pipeline
    before = deals.lock(connection, workspace, deal, at)
    if before.state is None or before.pipeline == pipeline.version:
        return
    old = [stored.content for stored in events.of_deal(connection, workspace, deal)]
    folded = fold(pipeline, deal, old, (), at=at)
    if folded.loss is not None:
        losses = losses_alike(pipeline, connection, workspace, folded.loss)
        folded = fold(pipeline, deal, old, (), at=at, losses=losses)
    state = folded.state
    if state is None:
        # The new pipeline cannot follow even its creation: the deal stays as it was.
        deals.update(connection, workspace, dataclasses.replace(before, pipeline=pipeline.version))
        return
    told = [] if state["stage"] == before.stage else [moved(context, deal, before, state)]
    decisions.add(
        connection, workspace, [taken(each, deal, before.decisions + n, at) for n, each in enumerate(told, start=1)]
    )
    after = dataclasses.replace(
        before,
        decisions=before.decisions + len(told),
        stage=state["stage"],
        pipeline=pipeline.version,
        updated_at=at,
        due_at=folded.due_at,
        state=state,
    )
    deals.update(connection, workspace, after)
    deal_cards.put(connection, workspace, card_of(deal, state, at))


def moved(context: Context, deal: str, before: deals.StoredDeal, state: Json) -> Json:
    """In the shape of the engine's corrections: what was said before no longer holds."""
    label = context.pipeline.label
    change = {"from": before.stage, "to": state["stage"]}
    return {
        "type": "correction",
        "deal_id": deal,
        "at": iso(context.now()),
        "rule": RULE,
        **change,
        "events": [],
        "why": f"The pipeline {label} was adopted: under it the deal's events lead to {state['stage']}.",
        "data": {
            "withdrawn": [],
            "shifted": [],
            "added": [],
            "changed": {"stage": change},
            "pipeline": label,
            "quotes": [],
        },
    }
