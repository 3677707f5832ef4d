"""The tables of what people decided about signals. A review is never changed, but for that it was undone."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.tables import Moment, metadata

__all__ = ["corrected_sides", "reviewed_conversations", "reviews"]

# `before` and `after` are {"state", "signal"}; `before` of a signal's first review is what the machine made of it.
# `confidence` is the machine's at that time.
reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column("signal", sa.Uuid, nullable=False),
    sa.Column("conversation", sa.Text, nullable=False),
    sa.Column("deal", sa.Text),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.JSON, nullable=False),
    sa.Column("confidence", sa.Double, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("at", Moment, nullable=False),
    sa.Column("undone_at", Moment),
    sa.Column("undone_by", sa.Text),
    sa.ForeignKeyConstraint(["workspace", "signal"], ["signals.workspace", "signals.id"]),
    sa.CheckConstraint("action IN ('add', 'accept', 'correct', 'dismiss')", name="reviews_action"),
    sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="reviews_undone"),
    sa.Index("reviews_of_signal", "workspace", "signal", "seq"),
    sa.Index("reviews_in_order", "workspace", "seq", unique=True),
    sa.Index("reviews_of_conversation", "workspace", "conversation", "seq"),
)

# Conversations of which a person says that every signal in them is there, decided or added.
reviewed_conversations = sa.Table(
    "reviewed_conversations",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("conversation", sa.Text, primary_key=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

# Whose side a participant is on, where a person said so: it holds whenever the conversation is read.
corrected_sides = sa.Table(
    "corrected_sides",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("conversation", sa.Text, primary_key=True),
    sa.Column("participant", sa.Text, primary_key=True),
    sa.Column("side", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint("side IN ('buyer', 'seller')", name="corrected_sides_side"),
)
