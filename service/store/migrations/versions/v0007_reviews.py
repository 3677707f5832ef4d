"""Reviews: what people decided about signals, what they say is complete, whose side they say somebody is on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("signals", sa.Column("place", sa.Integer))
    op.add_column("signals", sa.Column("said_at", MOMENT))
    op.add_column("signals", sa.Column("pending_because", sa.Text))
    op.create_table(
        "reviews",
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
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.Text),
        sa.ForeignKeyConstraint(["workspace", "signal"], ["signals.workspace", "signals.id"]),
        sa.CheckConstraint("action IN ('add', 'accept', 'correct', 'dismiss')", name="reviews_action"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="reviews_undone"),
    )
    op.create_index("reviews_of_signal", "reviews", ["workspace", "signal", "seq"])
    op.create_index("reviews_in_order", "reviews", ["workspace", "seq"], unique=True)
    op.create_index("reviews_of_conversation", "reviews", ["workspace", "conversation", "seq"])
    op.create_table(
        "reviewed_conversations",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, primary_key=True),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "corrected_sides",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, primary_key=True),
        sa.Column("participant", sa.Text, primary_key=True),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("side IN ('buyer', 'seller')", name="corrected_sides_side"),
    )


def downgrade() -> None:
    op.drop_table("corrected_sides")
    op.drop_table("reviewed_conversations")
    op.drop_table("reviews")
    for column in ("pending_because", "said_at", "place"):
        op.drop_column("signals", column)
