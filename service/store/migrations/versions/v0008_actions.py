"""What is to be done outside, and how each outside system does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "actions",
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
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("next_at", MOMENT),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("payload", sa.JSON),
        sa.Column("result", sa.JSON),
        sa.Column("error", sa.Text),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("done_by", sa.Text),
        sa.UniqueConstraint("workspace", "key", name="actions_once"),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'failed', 'done', 'dead', 'outbox', 'dry_run', 'conflict', 'cancelled')",
            name="actions_state",
        ),
        sa.CheckConstraint(
            "state NOT IN ('waiting', 'sending', 'failed') OR (connector IS NOT NULL AND next_at IS NOT NULL)",
            name="actions_sender",
        ),
    )
    op.create_index("actions_newest", "actions", ["workspace", "seq"])
    op.create_index("actions_of_state", "actions", ["workspace", "state", "seq"])
    op.create_index("actions_of_deal", "actions", ["workspace", "deal", "seq"])
    op.create_index(
        "actions_to_send",
        "actions",
        ["next_at"],
        postgresql_where=sa.text("state IN ('waiting', 'sending', 'failed')"),
    )
    op.create_table(
        "connector_circuits",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("connector", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("closed_until", MOMENT),
        sa.Column("error", sa.Text),
        sa.Column("changed_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("connector_circuits")
    op.drop_table("actions")
