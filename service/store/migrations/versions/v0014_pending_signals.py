"""An index of the signals that wait, by how sure the reading was: many are accepted at once from a confidence on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waiting = sa.text("state = 'pending'")
    op.create_index("signals_pending", "signals", ["workspace", "confidence", "id"], postgresql_where=waiting)


def downgrade() -> None:
    op.drop_index("signals_pending", "signals")
