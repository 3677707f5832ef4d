"""The first tables, and those of the queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Migrations are history: they spell their tables out and never import today's.
MOMENT = sa.DateTime(timezone=True)


def run_script(text: str) -> None:
    """Several statements at once, percent signs and all: without parameters the driver takes them as they are."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(text)


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("deal", sa.Text),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.CheckConstraint("state IN ('received', 'read', 'failed')", name="conversations_state"),
        sa.CheckConstraint("(state = 'failed') = (reason IS NOT NULL)", name="conversations_reason"),
    )
    op.create_index("conversations_of_deal", "conversations", ["workspace", "deal", "occurred_at"])
    op.create_index(
        "conversations_unread", "conversations", ["received_at"], postgresql_where=sa.text("state = 'received'")
    )
    op.create_table(
        "signals",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("deal", sa.Text),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.UniqueConstraint("workspace", "conversation", "position", name="signals_once"),
        sa.ForeignKeyConstraint(["workspace", "conversation"], ["conversations.workspace", "conversations.id"]),
        sa.CheckConstraint("state IN ('pending', 'accepted', 'corrected', 'dismissed')", name="signals_state"),
    )
    op.create_index("signals_of_deal", "signals", ["workspace", "deal", "id"])
    op.create_index("signals_of_state", "signals", ["workspace", "state", "id"])
    op.create_table(
        "events",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("deal", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("conversation", sa.Text),
        sa.Column("content", sa.JSON, nullable=False),
        sa.UniqueConstraint("workspace", "id", name="events_id"),
    )
    op.create_index("events_of_conversation", "events", ["workspace", "conversation"])
    op.create_table(
        "deals",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("decisions", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("stage", sa.Text),
        sa.Column("pipeline", sa.Text),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("state", sa.JSON),
    )
    op.create_index("deals_due", "deals", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "decisions",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("deal", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
    )
    op.create_index("decisions_by_rule", "decisions", ["workspace", "rule", "at"])
    run_script(SchemaManager.get_schema())


def downgrade() -> None:
    for table in ("decisions", "deals", "events", "signals", "conversations"):
        op.drop_table(table)
    # The queue's own objects all carry its name.
    run_script(
        """
        DO $$ DECLARE each record; BEGIN
          FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema()
                       AND tablename LIKE 'procrastinate_%' LOOP
            EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', each.tablename);
          END LOOP;
          FOR each IN SELECT p.oid::regprocedure AS name FROM pg_proc p
                       WHERE p.pronamespace = current_schema()::regnamespace
                         AND p.proname LIKE 'procrastinate_%' LOOP
            EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', each.name);
          END LOOP;
          FOR each IN SELECT t.typname FROM pg_type t WHERE t.typnamespace = current_schema()::regnamespace
                       AND t.typname LIKE 'procrastinate_%' AND t.typtype IN ('e', 'c') LOOP
            EXECUTE format('DROP TYPE IF EXISTS %I CASCADE', each.typname);
          END LOOP;
        END $$
        """
    )
