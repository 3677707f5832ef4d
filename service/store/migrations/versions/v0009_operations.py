"""How long words are kept, which conversations have lost theirs, and indexes for the figures that operators watch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

ONLY_ADDED_TO = """
    CREATE OR REPLACE FUNCTION telltale_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      {exception}
      RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$
"""
# Names are taken out of lines when a person's data is erased; lines never go.
ERASING = "IF TG_OP = 'UPDATE' AND current_setting('telltale.erasing', true) = 'on' THEN RETURN NEW; END IF;"


def upgrade() -> None:
    op.create_table(
        "retention",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.CheckConstraint("days > 0", name="retention_days"),
    )
    op.add_column("conversations", sa.Column("words_gone_at", MOMENT))
    op.add_column("conversations", sa.Column("masked_at", MOMENT))
    op.create_index(
        "conversations_with_words",
        "conversations",
        ["workspace", "occurred_at"],
        postgresql_where=sa.text("words_gone_at IS NULL"),
    )
    op.create_index(
        "conversations_failed",
        "conversations",
        ["workspace", "received_at"],
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index("actions_dead", "actions", ["workspace", "seq"], postgresql_where=sa.text("state = 'dead'"))
    op.execute(ONLY_ADDED_TO.format(exception=ERASING))


def downgrade() -> None:
    op.execute(ONLY_ADDED_TO.format(exception=""))
    op.drop_index("actions_dead", "actions")
    op.drop_index("conversations_failed", "conversations")
    op.drop_index("conversations_with_words", "conversations")
    op.drop_column("conversations", "masked_at")
    op.drop_column("conversations", "words_gone_at")
    op.drop_table("retention")
