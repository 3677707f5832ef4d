"""What the identity provider calls who signed in, and with what it is asked about them again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in ("subject", "sid", "refresh"):
        op.add_column("page_sessions", sa.Column(name, sa.Text))
    for name in ("named_at", "asked_at"):
        op.add_column("page_sessions", sa.Column(name, MOMENT))
    op.execute("UPDATE page_sessions SET named_at = made_at WHERE key IS NULL")


def downgrade() -> None:
    for name in ("asked_at", "named_at", "refresh", "sid", "subject"):
        op.drop_column("page_sessions", name)
