"""Where each deal was and for how long, as its fold has it: rows that are replaced whole when the deal has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.figure_tables import deal_paths, deal_stays, deal_tallies
from service.store.tables import deals

__all__ = ["DealPath", "StoredStay", "Tally", "count_stale", "put", "stale", "stale_everywhere"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DealPath:
    """As of the deal's `version` under a `pipeline`. `off_…` are days from the real close, above 0: too late."""

    deal: str
    version: int
    pipeline: str
    created_at: dt.datetime
    closed_at: dt.datetime | None
    outcome: str | None
    loss_reason: str | None
    off_stated: int | None
    off_auto: int | None
    off_rep: int | None
    off_original: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStay:
    """`percent` is the probability on entering; None where it did not change then."""

    stage: str
    entered_at: dt.datetime
    left_at: dt.datetime | None
    to_stage: str | None
    rule: str | None
    percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    what: str
    name: str
    who: str
    times: int


def put(
    connection: Connection, workspace: str, path: DealPath, stays: Sequence[StoredStay], tallies: Sequence[Tally]
) -> None:
    """In place of what there was of the deal."""
    here = {"workspace": workspace, "deal": path.deal}
    for table in (deal_stays, deal_tallies, deal_paths):
        mine = (table.c.workspace == workspace) & (table.c.deal == path.deal)
        connection.execute(sa.delete(table).where(mine))
    connection.execute(sa.insert(deal_paths).values(asdict(path) | here))
    if stays:
        rows = [here | asdict(stay) | {"n": n} for n, stay in enumerate(stays)]
        connection.execute(sa.insert(deal_stays), rows)
    if tallies:
        connection.execute(sa.insert(deal_tallies), [here | asdict(tally) for tally in tallies])


D, P = deals.c, deal_paths.c
BESIDE = deals.outerjoin(deal_paths, (P.workspace == D.workspace) & (P.deal == D.id))
CHANGED = D.stage.is_not(None) & (P.version.is_(None) | (P.version != D.version) | (P.pipeline != D.pipeline))


def stale(connection: Connection, workspace: str, most: int) -> Sequence[str]:
    """Deals whose rows are missing or older than they are, those that wait longest first."""
    statement = sa.select(D.id).select_from(BESIDE).where(D.workspace == workspace, CHANGED)
    return connection.execute(statement.order_by(D.updated_at, D.id).limit(most)).scalars().all()


def count_stale(connection: Connection, workspace: str) -> int:
    statement = sa.select(sa.func.count()).select_from(BESIDE).where(D.workspace == workspace, CHANGED)
    return connection.execute(statement).scalar_one()


def stale_everywhere(connection: Connection, most: int) -> list[tuple[str, str]]:
    """(workspace, deal) of the same in all workspaces; needs a connection that sees them."""
    statement = sa.select(D.workspace, D.id).select_from(BESIDE).where(CHANGED)
    return [(row.workspace, row.id) for row in connection.execute(statement.order_by(D.updated_at, D.id).limit(most))]
