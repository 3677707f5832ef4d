"""The tables. Every row belongs to a workspace; what was received or happened is only ever added to.

JSON columns are `json` and not `jsonb`: content comes back byte for byte, NUL characters included.
"""

from __future__ import annotations

import sqlalchemy as sa

__all__ = ["Moment", "conversations", "deals", "decisions", "events", "metadata", "signals"]

metadata = sa.MetaData()

Moment = sa.DateTime(timezone=True)

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("deal", sa.Text),
    sa.Column("occurred_at", Moment, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("read_at", Moment),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    # Since when all its words are masked, by retention, or some, because a person's data were erased. Its signals and
    # events stay; it is not read again.
    sa.Column("words_gone_at", Moment),
    sa.Column("masked_at", Moment),
    sa.CheckConstraint("state IN ('received', 'read', 'failed')", name="conversations_state"),
    sa.CheckConstraint("(state = 'failed') = (reason IS NOT NULL)", name="conversations_reason"),
    sa.Index("conversations_of_deal", "workspace", "deal", "occurred_at"),
    sa.Index("conversations_unread", "received_at", postgresql_where=sa.text("state = 'received'")),
    sa.Index("conversations_failed", "workspace", "received_at", postgresql_where=sa.text("state = 'failed'")),
    sa.Index("conversations_with_words", "workspace", "occurred_at", postgresql_where=sa.text("words_gone_at IS NULL")),
)

signals = sa.Table(
    "signals",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("conversation", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("deal", sa.Text),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("confidence", sa.Double, nullable=False),
    sa.Column("occurred_at", Moment, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("place", sa.Integer),
    sa.Column("said_at", Moment),
    sa.Column("pending_because", sa.Text),
    sa.UniqueConstraint("workspace", "conversation", "position", name="signals_once"),
    sa.ForeignKeyConstraint(["workspace", "conversation"], ["conversations.workspace", "conversations.id"]),
    sa.CheckConstraint("state IN ('pending', 'accepted', 'corrected', 'dismissed')", name="signals_state"),
    sa.Index("signals_of_deal", "workspace", "deal", "id"),
    sa.Index("signals_of_state", "workspace", "state", "id"),
    sa.Index("signals_pending", "workspace", "confidence", "id", postgresql_where=sa.text("state = 'pending'")),
)

# The primary key is also the guard against two writers: nobody can append a sequence number twice.
events = sa.Table(
    "events",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("deal", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("occurred_at", Moment, nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Column("conversation", sa.Text),
    sa.Column("content", sa.JSON, nullable=False),
    sa.UniqueConstraint("workspace", "id", name="events_id"),
    sa.Index("events_of_conversation", "workspace", "conversation"),
)

# `state` is null while events wait for the deal's creation; `version` is the number of its events.
deals = sa.Table(
    "deals",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("decisions", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("stage", sa.Text),
    sa.Column("pipeline", sa.Text),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("state", sa.JSON),
    sa.Index("deals_due", "due_at", postgresql_where=sa.text("due_at IS NOT NULL")),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("deal", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Index("decisions_by_rule", "workspace", "rule", "at"),
)
