"""Sessions of people of an identity provider, idle ends, and webhooks and settings of each workspace."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.alter_column("page_sessions", "key", nullable=True)
    op.add_column("page_sessions", sa.Column("seen_at", MOMENT))
    op.execute("UPDATE page_sessions SET seen_at = made_at")
    op.alter_column("page_sessions", "seen_at", nullable=False)
    op.add_column("page_sessions", sa.Column("issuer", sa.Text))
    op.add_column("page_sessions", sa.Column("person", sa.Text))
    op.add_column("page_sessions", sa.Column("role", sa.Text))
    op.add_column("page_sessions", sa.Column("team", ARRAY(sa.Text)))
    op.create_check_constraint(
        "page_sessions_whose",
        "page_sessions",
        "(key IS NULL) = (person IS NOT NULL AND issuer IS NOT NULL AND role IS NOT NULL AND team IS NOT NULL)",
    )
    op.create_table(
        "used_sign_ins",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("state", sa.LargeBinary, primary_key=True),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    op.create_index("used_sign_ins_expired", "used_sign_ins", ["expires_at"])
    op.create_table(
        "webhook_sources",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
    )
    op.create_table(
        "workspace_settings",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    for table in ("workspace_settings", "webhook_sources", "used_sign_ins"):
        op.drop_table(table)
    op.drop_constraint("page_sessions_whose", "page_sessions", type_="check")
    # Earlier versions know no session without a key.
    op.execute("DELETE FROM page_sessions WHERE key IS NULL")
    for column in ("team", "role", "person", "issuer", "seen_at"):
        op.drop_column("page_sessions", column)
    op.alter_column("page_sessions", "key", nullable=False)
