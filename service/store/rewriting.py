"""Every table with a workspace, row by row, for what has to be taken out of all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.access_tables import api_keys, kept_answers
from service.store.schema import every_table

__all__ = ["drop_kept_answers", "erasable", "revoke_keys", "rewrite", "unlock_audit_log"]

Row = Mapping[str, Any]

# Columns by which rows find each other, and those that a fixed set of words fills.
IDS = {
    "workspace", "id", "conversation", "deal", "event", "signal", "cause", "content_hash", "key", "kind", "state",
    "type", "role", "side", "stage", "action", "request",
}  # fmt: skip
# What holds addresses all the same.
KEYS_TOO = {"conversation_keys", "routing_choices"}


def erasable() -> Iterator[tuple[sa.Table, list[sa.Column[Any]]]]:
    """Each table that may name a person, with the columns that may. Kept answers are not rewritten but dropped."""
    for table in every_table():
        if "workspace" not in table.c or table is kept_answers:
            continue
        columns = [each for each in table.columns if holds_words(table, each)]
        if columns:
            yield table, columns


def holds_words(table: sa.Table, column: sa.Column[Any]) -> bool:
    if isinstance(column.type, sa.Text) and column.name in IDS:
        return column.name == "key" and table.name in KEYS_TOO
    return isinstance(column.type, sa.Text | sa.JSON | sa.ARRAY)


def rewrite(
    connection: Connection,
    workspace: str,
    table: sa.Table,
    columns: Sequence[sa.Column[Any]],
    *,
    needles: Sequence[str],
    deals: Collection[str],
    conversations: Collection[str],
    change: Callable[[Row], Row],
) -> int:
    """Change the workspace's rows that hold one of the `needles` (patterns of ILIKE, anywhere) or are of these deals or
    conversations; how many became others. `change` gets a row's columns and gives them as they are to be."""
    row = sa.literal_column(f'"{table.name}"::text', sa.Text)
    wanted = [row.ilike(f"%{needle}%") for needle in needles]
    deal = table.c.id if table.name == "deals" else table.c.get("deal")
    conversation = table.c.id if table.name == "conversations" else table.c.get("conversation")
    if deal is not None and deals:
        wanted.append(deal.in_(sorted(deals)))
    if conversation is not None and conversations:
        wanted.append(conversation.in_(sorted(conversations)))
    place = sa.literal_column(f'"{table.name}".ctid::text', sa.Text).label("place")
    beside = [each for each in (deal, conversation) if each is not None]
    shown = list(dict.fromkeys([*columns, *beside]))
    statement = sa.select(place, *shown).where(table.c.workspace == workspace, sa.or_(*wanted))
    changed = 0
    for found in connection.execute(statement.with_for_update()).mappings().all():
        before = {name: value for name, value in found.items() if name != "place"}
        after = change(before)
        new = {each.name: after[each.name] for each in columns if after[each.name] != before[each.name]}
        if new:
            here = sa.text("ctid = CAST(:place_of_row AS tid)").bindparams(place_of_row=found["place"])
            connection.execute(sa.update(table).where(table.c.workspace == workspace, here).values(new))
            changed += 1
    return changed


def drop_kept_answers(connection: Connection, workspace: str, needles: Sequence[str]) -> int:
    """Answers that are kept for repeated requests and name somebody: they would be forgotten within a day anyway."""
    text = sa.func.convert_from(kept_answers.c.body, "UTF8")
    here = (kept_answers.c.workspace == workspace) & sa.or_(*(text.ilike(f"%{needle}%") for needle in needles))
    return connection.execute(sa.delete(kept_answers).where(here)).rowcount


def revoke_keys(connection: Connection, workspace: str, person: str, at: object) -> int:
    """Keys that prove this person."""
    c = api_keys.c
    here = (c.workspace == workspace) & (sa.func.lower(c.person) == person) & c.revoked_at.is_(None)
    return connection.execute(sa.update(api_keys).where(here).values(revoked_at=at)).rowcount


def unlock_audit_log(connection: Connection) -> None:
    """For this transaction, names in lines of the audit log can be replaced; by the tables' owner alone."""
    connection.execute(sa.text("SELECT set_config('telltale.erasing', 'on', true)"))
