"""Where conversations belong: envelopes, keys, routes, the people of deals, and what people taught."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "conversation_envelopes",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, primary_key=True),
        sa.Column("content", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(["workspace", "conversation"], ["conversations.workspace", "conversations.id"]),
    )

    op.create_table(
        "conversation_keys",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.ForeignKeyConstraint(["workspace", "conversation"], ["conversations.workspace", "conversations.id"]),
    )
    op.create_index("conversation_keys_by_key", "conversation_keys", ["workspace", "kind", "key"])
    op.create_table(
        "conversation_routes",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("deal", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("candidates", sa.JSON, nullable=False),
        sa.Column("sides", sa.JSON, nullable=False),
        sa.Column("headline", sa.JSON, nullable=False),
        sa.Column("looked_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.Column("settled_by", sa.Text),
        sa.ForeignKeyConstraint(["workspace", "conversation"], ["conversations.workspace", "conversations.id"]),
        sa.CheckConstraint(
            "state IN ('named', 'taken', 'waiting', 'assigned', 'dismissed')", name="conversation_routes_state"
        ),
        sa.CheckConstraint(
            "(state IN ('named', 'taken', 'assigned')) = (deal IS NOT NULL)", name="conversation_routes_deal"
        ),
    )
    op.create_index("conversation_routes_of_state", "conversation_routes", ["workspace", "state", "seq"])
    op.create_index(
        "conversation_routes_waiting",
        "conversation_routes",
        ["looked_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "deal_people",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("deal", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("address", sa.Text),
        sa.Column("domain", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("known", sa.Text, nullable=False),
        sa.Column("told_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint("side IN ('buyer', 'seller')", name="deal_people_side"),
    )
    op.create_index("deal_people_by_address", "deal_people", ["workspace", "address"])
    op.create_index("deal_people_by_domain", "deal_people", ["workspace", "domain"])
    op.create_table(
        "routing_choices",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("deal", sa.Text, nullable=False),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("told_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('thread', 'email', 'domain')", name="routing_choices_kind"),
    )


def downgrade() -> None:
    for table in (
        "routing_choices",
        "deal_people",
        "conversation_routes",
        "conversation_keys",
        "conversation_envelopes",
    ):
        op.drop_table(table)
