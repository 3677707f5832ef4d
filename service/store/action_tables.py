"""The outbox: what is to be done outside, and how each outside system does."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.tables import Moment, metadata

__all__ = ["OPEN", "STATES", "actions", "connector_circuits"]

# What is still to be sent; each of these has a time at which it is looked at next.
OPEN = ("waiting", "failed", "sending")
STATES = (*OPEN, "done", "dead", "outbox", "dry_run", "conflict", "cancelled")

# `key` is the idempotency key, made of workspace, deal, `cause` and connector. `unclear`: an attempt may have had its
# effect. `next_at` is when an action is sent next and, while it is being sent, until when its sender holds it.
actions = sa.Table(
    "actions",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("deal", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("decision_seq", sa.BigInteger),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("connector", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("unclear", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("at", Moment, nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("next_at", Moment),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("payload", sa.JSON(none_as_null=True)),
    sa.Column("result", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.Text),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("done_at", Moment),
    sa.Column("done_by", sa.Text),
    sa.UniqueConstraint("workspace", "key", name="actions_once"),
    sa.CheckConstraint(f"state IN ({', '.join(repr(each) for each in STATES)})", name="actions_state"),
    sa.CheckConstraint(
        "state NOT IN ('waiting', 'sending', 'failed') OR (connector IS NOT NULL AND next_at IS NOT NULL)",
        name="actions_sender",
    ),
    sa.Index("actions_newest", "workspace", "seq"),
    sa.Index("actions_of_state", "workspace", "state", "seq"),
    sa.Index("actions_of_deal", "workspace", "deal", "seq"),
    sa.Index("actions_dead", "workspace", "seq", postgresql_where=sa.text("state = 'dead'")),
    sa.Index("actions_to_send", "next_at", postgresql_where=sa.text("state IN ('waiting', 'sending', 'failed')")),
)

# One row for a connector that failed lately, shared by all workers. Until `closed_until` nothing is sent through it.
connector_circuits = sa.Table(
    "connector_circuits",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("connector", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("closed_until", Moment),
    sa.Column("error", sa.Text),
    sa.Column("changed_at", Moment, nullable=False),
)
