"""Conversations as they come in, many in one transaction: a statement for all of them, whatever came with them too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

__all__ = ["Arrival", "add", "known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """`content` and `envelope` (what carried it; None: nothing told) are JSON. `found_by` are the (kind, key) under
    which it is found again, `read_in` in how many seconds it is to be read."""

    workspace: str
    id: str
    kind: str
    deal: str | None
    occurred_at: dt.datetime
    received_at: dt.datetime
    content_hash: str
    content: str
    envelope: str | None = None
    found_by: tuple[tuple[str, str], ...] = ()
    read_in: int = 0


# In one order for everybody, so that two writers of the same conversations never wait for each other.
ADD = """
WITH fresh AS (
    INSERT INTO conversations
           (workspace, id, kind, deal, occurred_at, received_at, state, content_hash, content)
    SELECT %(workspace)s, id, kind, deal, occurred_at, received_at, 'received', content_hash, content::json
      FROM unnest(%(id)s::text[], %(kind)s::text[], %(deal)s::text[], %(occurred_at)s::timestamptz[],
                  %(received_at)s::timestamptz[], %(content_hash)s::text[], %(content)s::text[])
           AS given (id, kind, deal, occurred_at, received_at, content_hash, content)
     ORDER BY id
        ON CONFLICT DO NOTHING
    RETURNING id
), carried AS (
    INSERT INTO conversation_envelopes (workspace, conversation, content)
    SELECT %(workspace)s, given.id, given.content::json
      FROM unnest(%(id)s::text[], %(envelope)s::text[]) AS given (id, content) JOIN fresh USING (id)
     WHERE given.content IS NOT NULL
), found_by AS (
    INSERT INTO conversation_keys (workspace, conversation, kind, key)
    SELECT %(workspace)s, given.id, given.kind, given.key
      FROM unnest(%(key_of)s::text[], %(key_kind)s::text[], %(key)s::text[]) AS given (id, kind, key)
      JOIN fresh USING (id)
)
SELECT id FROM fresh
"""
KNOWN = """
SELECT id, content_hash, state FROM conversations WHERE workspace = %(workspace)s AND id = ANY(%(ids)s::text[])
"""


def add(connection: Connection, workspace: str, arrivals: Sequence[Arrival]) -> set[str]:
    """Store those whose ids are not known, each id once, with what came with them; the ids that were not known."""
    keys = [(each.id, kind, key) for each in arrivals for kind, key in sorted(set(each.found_by))]
    values = {
        "workspace": workspace,
        "id": [each.id for each in arrivals],
        "kind": [each.kind for each in arrivals],
        "deal": [each.deal for each in arrivals],
        "occurred_at": [each.occurred_at for each in arrivals],
        "received_at": [each.received_at for each in arrivals],
        "content_hash": [each.content_hash for each in arrivals],
        "content": [each.content for each in arrivals],
        "envelope": [each.envelope for each in arrivals],
        "key_of": [id for id, _, _ in keys],
        "key_kind": [kind for _, kind, _ in keys],
        "key": [key for _, _, key in keys],
    }
    return {row.id for row in connection.exec_driver_sql(ADD, values)}


def known(connection: Connection, workspace: str, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """(hash of the content, state) of each of these conversations that there is."""
    rows = connection.exec_driver_sql(KNOWN, {"workspace": workspace, "ids": sorted(ids)})
    return {row.id: (row.content_hash, row.state) for row in rows}
