"""The tables of what other systems announce: deliveries, events without a deal, ids of deals elsewhere, own marks."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.tables import Moment, metadata

__all__ = [
    "announcements",
    "deliveries",
    "external_ids",
    "hook_secrets",
    "outgoing_marks",
    "review_intents",
    "unassigned",
    "unassigned_about",
]

# Which deal an object of another system belongs to: a CRM's deal, an envelope, a document, a booking.
external_ids = sa.Table(
    "external_ids",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("object_id", sa.Text, primary_key=True),
    sa.Column("deal", sa.Text, nullable=False),
    sa.Column("told_by", sa.Text, nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Index("external_ids_of_deal", "workspace", "deal"),
)

# Each delivery that was dealt with, until it expires: the same bytes again get the same answer and change nothing.
deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("outcome", sa.JSON, nullable=False),
    sa.Index("webhook_deliveries_expired", "expires_at"),
    sa.Index("webhook_deliveries_newest", "workspace", "received_at"),
)

# Events whose deal nobody knows yet. `content` is the event's JSON without a deal.
unassigned = sa.Table(
    "unassigned_events",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("occurred_at", Moment, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("people", sa.JSON, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("deal", sa.Text),
    sa.Column("settled_by", sa.Text),
    sa.Column("settled_at", Moment),
    sa.CheckConstraint("state IN ('waiting', 'assigned', 'dismissed')", name="unassigned_events_state"),
    sa.CheckConstraint("(state = 'assigned') = (deal IS NOT NULL)", name="unassigned_events_deal"),
    sa.Index("unassigned_events_of_state", "workspace", "state", "id"),
)

# What such an event says it is about; `names_deal` where the object is a deal and may have our own deal's id.
unassigned_about = sa.Table(
    "unassigned_event_ids",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("event", sa.Text, primary_key=True),
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("object_id", sa.Text, primary_key=True),
    sa.Column("names_deal", sa.Boolean, nullable=False),
    sa.ForeignKeyConstraint(["workspace", "event"], ["unassigned_events.workspace", "unassigned_events.id"]),
    sa.Index("unassigned_event_ids_of_object", "workspace", "system", "object_id"),
)

# What our own writes to other systems look like when they come back. One that expires is good for one event.
outgoing_marks = sa.Table(
    "outgoing_marks",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("mark", sa.Text, primary_key=True),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("used_by", sa.Text),
    sa.Index("outgoing_marks_expired", "expires_at", postgresql_where=sa.text("expires_at IS NOT NULL")),
)

# Secrets that a source made itself and handed over in its handshake: sealed, for they are needed as they are.
hook_secrets = sa.Table(
    "webhook_secrets",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("secret", sa.Text, primary_key=True),
    sa.Column("recorded_at", Moment, nullable=False),
)

# What is ready elsewhere and has to be fetched, by somebody who may.
announcements = sa.Table(
    "announcements",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("announced_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'fetched')", name="announcements_state"),
    sa.Index("announcements_of_state", "workspace", "state", "source", "id"),
)

# What a person decided about a signal in another system, as they said it.
review_intents = sa.Table(
    "review_intents",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("signal", sa.Uuid, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("at", Moment, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["workspace", "signal"], ["signals.workspace", "signals.id"]),
    sa.CheckConstraint("action IN ('accept', 'dismiss')", name="review_intents_action"),
    sa.CheckConstraint("state IN ('waiting', 'applied', 'refused')", name="review_intents_state"),
    sa.Index("review_intents_of_state", "workspace", "state", "id"),
)
