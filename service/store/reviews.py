"""What people decided about signals, in the order in which they did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.review_tables import corrected_sides, reviewed_conversations, reviews
from service.store.sight import visible
from service.store.signals import StoredSignal
from service.store.tables import signals
from service.store.webhook_tables import review_intents

__all__ = [
    "Judged",
    "StoredReview",
    "add",
    "complete",
    "correct_side",
    "find",
    "firsts",
    "get",
    "judged",
    "mark_complete",
    "of_conversation",
    "of_signals",
    "sides",
    "touched",
    "undo",
    "unmark_complete",
    "unreviewed",
]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReview:
    """`action` is add, accept, correct or dismiss. `before` and `after` are `{"state", "signal"}`; the first review's
    `before` is what the machine made of the signal, and `confidence` the machine's. `seq` is None until it is stored.
    """

    id: UUID
    signal: UUID
    conversation: str
    deal: str | None
    action: str
    before: Json
    after: Json
    confidence: float
    by: str
    reason: str | None
    at: dt.datetime
    undone_at: dt.datetime | None = None
    undone_by: str | None = None
    seq: int | None = None


FIELDS = list(StoredReview.__dataclass_fields__)
COLUMNS = [reviews.c[field] for field in FIELDS]


def add(connection: Connection, workspace: str, review: StoredReview) -> None:
    values = {field: getattr(review, field) for field in FIELDS if field != "seq"}
    connection.execute(sa.insert(reviews).values(values | {"workspace": workspace}))


def get(connection: Connection, workspace: str, id: UUID) -> StoredReview | None:
    statement = sa.select(*COLUMNS).where(reviews.c.workspace == workspace, reviews.c.id == id)
    row = connection.execute(statement).mappings().first()
    return None if row is None else StoredReview(**row)


def undo(connection: Connection, workspace: str, id: UUID, *, by: str, at: dt.datetime) -> None:
    of = (reviews.c.workspace == workspace) & (reviews.c.id == id)
    connection.execute(sa.update(reviews).where(of).values(undone_at=at, undone_by=by))


def of_signals(connection: Connection, workspace: str, signals: Sequence[UUID]) -> dict[UUID, list[StoredReview]]:
    """The reviews of each of these signals, undone ones among them, in their order."""
    out: dict[UUID, list[StoredReview]] = {signal: [] for signal in signals}
    statement = sa.select(*COLUMNS).where(reviews.c.workspace == workspace, reviews.c.signal.in_(list(signals)))
    for row in connection.execute(statement.order_by(reviews.c.seq)).mappings():
        out[row["signal"]].append(StoredReview(**row))
    return out


def of_conversation(connection: Connection, workspace: str, conversation: str) -> dict[UUID, list[StoredReview]]:
    """The reviews of each of the conversation's signals that has any, in their order."""
    out: dict[UUID, list[StoredReview]] = {}
    statement = sa.select(*COLUMNS).where(reviews.c.workspace == workspace, reviews.c.conversation == conversation)
    for row in connection.execute(statement.order_by(reviews.c.seq)).mappings():
        out.setdefault(row["signal"], []).append(StoredReview(**row))
    return out


def find(
    connection: Connection,
    workspace: str,
    *,
    after: int = 0,
    most: int,
    signal: UUID | None = None,
    conversation: str | None = None,
    by: str | None = None,
    owners: frozenset[str] | None = None,
) -> list[StoredReview]:
    """In the order in which they were made, after a cursor (`seq`); with `owners`, of their deals only."""
    statement = sa.select(*COLUMNS).where(reviews.c.workspace == workspace, reviews.c.seq > after)
    for column, value in (("signal", signal), ("conversation", conversation), ("by", by)):
        if value is not None:
            statement = statement.where(reviews.c[column] == value)
    if owners is not None:
        theirs = sa.select(signals.c.id).where(
            signals.c.workspace == workspace, visible(workspace, signals.c.deal, owners)
        )
        statement = statement.where(reviews.c.signal.in_(theirs))
    rows = connection.execute(statement.order_by(reviews.c.seq).limit(most)).mappings()
    return [StoredReview(**row) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """So many signals (`times`) whose first review of all was this action, of this type as the machine read them, in
    this state now, and as sure as this tenth (0 to 9) says; `sure` adds up how sure of each the machine was."""

    action: str
    type: str
    state: str
    tenth: int
    times: int
    sure: float


def firsts(connection: Connection, workspace: str) -> list[Judged]:
    """All signals that have a review which stands, added up by the database."""
    type = reviews.c.before[("signal", "type")].as_string()
    tenth = sa.cast(sa.func.least(sa.func.floor(reviews.c.confidence * 10), 9), sa.Integer)
    by = [reviews.c.action.label("action"), type.label("type"), signals.c.state.label("state"), tenth.label("tenth")]
    sums = [sa.func.count().label("times"), sa.func.sum(reviews.c.confidence).label("sure")]
    found = connection.execute(of_firsts(workspace, *by, *sums).group_by(*by)).mappings()
    return [Judged(**row) for row in found]


def judged(connection: Connection, workspace: str, found_by: str) -> list[tuple[str, str, str, int]]:
    """(type, found_by, state, how many) of the signals with a review that stands, as the machine read them, by those
    whose `found_by` begins like this."""
    type, source = (reviews.c.before[("signal", name)].as_string() for name in ("type", "found_by"))
    statement = (
        of_firsts(workspace, type, source, signals.c.state, sa.func.count())
        .where(reviews.c.action != "add", source.startswith(found_by, autoescape=True))
        .group_by(type, source, signals.c.state)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(statement)]


def of_firsts(workspace: str, *columns: Any) -> sa.Select[Any]:
    """The first reviews of all signals that have one which stands, beside their signals."""
    first = (
        sa.select(reviews.c.signal, sa.func.min(reviews.c.seq).label("seq"))
        .where(reviews.c.workspace == workspace)
        .group_by(reviews.c.signal)
        .having(sa.func.bool_or(reviews.c.undone_at.is_(None)))
        .subquery()
    )
    on_signal = (signals.c.workspace == reviews.c.workspace) & (signals.c.id == reviews.c.signal)
    return (
        sa.select(*columns)
        # The number alone names a review; asked for the signal too, the planner believes that hardly any is there.
        .join_from(reviews, first, first.c.seq == reviews.c.seq)
        .join(signals, on_signal)
        .where(reviews.c.workspace == workspace)
    )


def touched(connection: Connection, workspace: str, conversation: str) -> set[UUID]:
    """Those of the conversation's signals about which a person has ever said something: machines leave them alone."""
    of = (signals.c.workspace == workspace) & (signals.c.conversation == conversation)
    said = [
        sa.exists().where(table.c.workspace == signals.c.workspace, table.c.signal == signals.c.id)
        for table in (reviews, review_intents)
    ]
    decided = signals.c.state.in_(["corrected", "dismissed"])
    return set(connection.execute(sa.select(signals.c.id).where(of, sa.or_(decided, *said))).scalars())


def unreviewed(
    connection: Connection, workspace: str, *, around: float, most: int, owners: frozenset[str] | None
) -> list[StoredSignal]:
    """Pending and accepted signals that nobody has reviewed, by how far their confidence is from `around`."""
    said = sa.exists().where(reviews.c.workspace == signals.c.workspace, reviews.c.signal == signals.c.id)
    columns = [signals.c[field] for field in StoredSignal.__dataclass_fields__]
    statement = sa.select(*columns).where(
        signals.c.workspace == workspace,
        signals.c.state.in_(["pending", "accepted"]),
        ~said,
        visible(workspace, signals.c.deal, owners),
    )
    nearest = sa.func.abs(signals.c.confidence - around)
    rows = connection.execute(statement.order_by(nearest, signals.c.id).limit(most)).mappings()
    return [StoredSignal(**row) for row in rows]


def mark_complete(connection: Connection, workspace: str, conversation: str, *, by: str, at: dt.datetime) -> None:
    statement = insert(reviewed_conversations).values(workspace=workspace, conversation=conversation, by=by, at=at)
    connection.execute(statement.on_conflict_do_nothing())


def unmark_complete(connection: Connection, workspace: str, conversation: str) -> None:
    table = reviewed_conversations.c
    connection.execute(
        sa.delete(reviewed_conversations).where(table.workspace == workspace, table.conversation == conversation)
    )


def complete(connection: Connection, workspace: str) -> list[str]:
    """Conversations whose labels can be learnt from: marked complete, or each signal of which a person decided."""
    standing = sa.exists().where(
        reviews.c.workspace == signals.c.workspace, reviews.c.signal == signals.c.id, reviews.c.undone_at.is_(None)
    )
    decided = (
        sa.select(signals.c.conversation)
        .where(signals.c.workspace == workspace)
        .group_by(signals.c.conversation)
        .having(sa.func.bool_and(standing))
    )
    marked = sa.select(reviewed_conversations.c.conversation).where(reviewed_conversations.c.workspace == workspace)
    both = sa.union(decided, marked).subquery()
    return list(connection.execute(sa.select(both.c[0]).order_by(both.c[0])).scalars())


def correct_side(
    connection: Connection, workspace: str, conversation: str, participant: str, side: str, *, by: str, at: dt.datetime
) -> None:
    statement = insert(corrected_sides).values(
        workspace=workspace, conversation=conversation, participant=participant, side=side, by=by, at=at
    )
    changed = {field: statement.excluded[field] for field in ("side", "by", "at")}
    keys = ["workspace", "conversation", "participant"]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def sides(connection: Connection, workspace: str, conversation: str) -> dict[str, str]:
    """Participant → side, as people corrected it."""
    table = corrected_sides.c
    statement = sa.select(table.participant, table.side).where(
        table.workspace == workspace, table.conversation == conversation
    )
    return {row.participant: row.side for row in connection.execute(statement)}
