"""How connectors do, as all workers know it: after some failures nothing is sent for a while, then one tries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.action_tables import connector_circuits

__all__ = ["Circuit", "all_of", "lock", "put"]

C = connector_circuits.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """`failures` in a row; until `closed_until` nothing is sent."""

    connector: str
    failures: int = 0
    closed_until: dt.datetime | None = None
    error: str | None = None


COLUMNS = [C[field] for field in Circuit.__dataclass_fields__]


def lock(connection: Connection, workspace: str, connector: str, at: dt.datetime) -> Circuit:
    """The connector's circuit for this transaction alone; a row is made where there is none."""
    made = insert(connector_circuits).values(workspace=workspace, connector=connector, changed_at=at)
    connection.execute(made.on_conflict_do_nothing())
    statement = sa.select(*COLUMNS).where(C.workspace == workspace, C.connector == connector).with_for_update()
    return Circuit(**connection.execute(statement).mappings().one())


def put(connection: Connection, workspace: str, circuit: Circuit, at: dt.datetime) -> None:
    values = {"failures": circuit.failures, "closed_until": circuit.closed_until, "error": circuit.error}
    here = (C.workspace == workspace) & (C.connector == circuit.connector)
    connection.execute(sa.update(connector_circuits).where(here).values(**values, changed_at=at))


def all_of(connection: Connection, workspace: str) -> dict[str, Circuit]:
    rows = connection.execute(sa.select(*COLUMNS).where(C.workspace == workspace)).mappings()
    return {row["connector"]: Circuit(**row) for row in rows}
