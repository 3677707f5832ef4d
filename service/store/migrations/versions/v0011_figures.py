"""Narrow rows that analytics add up, and the versions of each workspace's pipeline."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "deal_paths",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("deal", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("pipeline", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("outcome", sa.Text),
        sa.Column("loss_reason", sa.Text),
        sa.Column("off_stated", sa.Integer),
        sa.Column("off_auto", sa.Integer),
        sa.Column("off_rep", sa.Integer),
        sa.Column("off_original", sa.Integer),
        sa.CheckConstraint("outcome IN ('won', 'lost')", name="deal_paths_outcome"),
    )
    op.create_index("deal_paths_closed", "deal_paths", ["workspace", "closed_at"])
    op.create_table(
        "deal_stays",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("deal", sa.Text, primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT),
        sa.Column("to_stage", sa.Text),
        sa.Column("rule", sa.Text),
        sa.Column("percent", sa.Double),
    )
    op.create_index(
        "deal_stays_open",
        "deal_stays",
        ["workspace", "stage", "entered_at"],
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "deal_tallies",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("deal", sa.Text, primary_key=True),
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("who", sa.Text, primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
    )
    op.create_table(
        "pipeline_versions",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="draft"),
        sa.Column("deals_done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("deals_all", sa.Integer, nullable=False, server_default="0"),
        sa.Column("tested_at", MOMENT),
        sa.Column("result", sa.JSON),
        sa.Column("error", sa.Text),
        sa.CheckConstraint("state IN ('draft', 'testing', 'tested', 'failed')", name="pipeline_versions_state"),
    )
    op.create_index("pipeline_versions_newest", "pipeline_versions", ["workspace", "seq"])
    op.create_table(
        "pipeline_adoptions",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("version", sa.Uuid, nullable=False),
        sa.Column("adopted_by", sa.Text, nullable=False),
        sa.Column("adopted_at", MOMENT, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["workspace", "version"], ["pipeline_versions.workspace", "pipeline_versions.id"]),
    )


def downgrade() -> None:
    for table in ("pipeline_adoptions", "pipeline_versions", "deal_tallies", "deal_stays", "deal_paths"):
        op.drop_table(table)
