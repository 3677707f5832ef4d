"""What other systems announce: ids of deals elsewhere, deliveries, events without a deal, and marks of our own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "external_ids",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("system", sa.Text, primary_key=True),
        sa.Column("object_id", sa.Text, primary_key=True),
        sa.Column("deal", sa.Text, nullable=False),
        sa.Column("told_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
    )
    op.create_index("external_ids_of_deal", "external_ids", ["workspace", "deal"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.JSON, nullable=False),
    )
    op.create_index("webhook_deliveries_expired", "webhook_deliveries", ["expires_at"])
    op.create_index("webhook_deliveries_newest", "webhook_deliveries", ["workspace", "received_at"])
    op.create_table(
        "unassigned_events",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("people", sa.JSON, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("deal", sa.Text),
        sa.Column("settled_by", sa.Text),
        sa.Column("settled_at", MOMENT),
        sa.CheckConstraint("state IN ('waiting', 'assigned', 'dismissed')", name="unassigned_events_state"),
        sa.CheckConstraint("(state = 'assigned') = (deal IS NOT NULL)", name="unassigned_events_deal"),
    )
    op.create_index("unassigned_events_of_state", "unassigned_events", ["workspace", "state", "id"])
    op.create_table(
        "unassigned_event_ids",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("event", sa.Text, primary_key=True),
        sa.Column("system", sa.Text, primary_key=True),
        sa.Column("object_id", sa.Text, primary_key=True),
        sa.Column("names_deal", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["workspace", "event"], ["unassigned_events.workspace", "unassigned_events.id"]),
    )
    op.create_index("unassigned_event_ids_of_object", "unassigned_event_ids", ["workspace", "system", "object_id"])
    op.create_table(
        "outgoing_marks",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("system", sa.Text, primary_key=True),
        sa.Column("mark", sa.Text, primary_key=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("used_by", sa.Text),
    )
    op.create_index(
        "outgoing_marks_expired", "outgoing_marks", ["expires_at"], postgresql_where=sa.text("expires_at IS NOT NULL")
    )
    op.create_table(
        "webhook_secrets",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("secret", sa.Text, primary_key=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
    )
    op.create_table(
        "announcements",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("announced_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'fetched')", name="announcements_state"),
    )
    op.create_index("announcements_of_state", "announcements", ["workspace", "state", "source", "id"])
    op.create_table(
        "review_intents",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("signal", sa.Uuid, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["workspace", "signal"], ["signals.workspace", "signals.id"]),
        sa.CheckConstraint("action IN ('accept', 'dismiss')", name="review_intents_action"),
        sa.CheckConstraint("state IN ('waiting', 'applied', 'refused')", name="review_intents_state"),
    )
    op.create_index("review_intents_of_state", "review_intents", ["workspace", "state", "id"])


def downgrade() -> None:
    for table in (
        "review_intents",
        "announcements",
        "webhook_secrets",
        "outgoing_marks",
        "unassigned_event_ids",
        "unassigned_events",
        "webhook_deliveries",
        "external_ids",
    ):
        op.drop_table(table)
