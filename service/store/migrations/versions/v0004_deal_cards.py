"""A narrow row for each deal, for boards and lists; those of the deals that are there are made from their states."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "deal_cards",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("deal", sa.Text, primary_key=True),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("amount", sa.Numeric),
        sa.Column("currency", sa.Text),
        sa.Column("probability", sa.Double, nullable=False),
        sa.Column("health", sa.Integer, nullable=False),
        sa.Column("close_date", sa.Date),
        sa.Column("marks", ARRAY(sa.Text), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_index("deal_cards_of_stage", "deal_cards", ["workspace", "stage", "close_date", "deal"])
    op.create_index("deal_cards_of_owner", "deal_cards", ["workspace", "owner", "deal"])


def downgrade() -> None:
    op.drop_table("deal_cards")
