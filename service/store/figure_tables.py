"""What analytics add up, narrow rows made from each deal's fold, and the versions of a workspace's pipeline."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.tables import Moment, metadata

__all__ = ["TEST_STATES", "deal_paths", "deal_stays", "deal_tallies", "pipeline_adoptions", "pipeline_versions"]

TEST_STATES = ("draft", "testing", "tested", "failed")

# One row a deal. `version` and `pipeline` are those of the deal's row in `deals` when this was made: another one there
# says that this is stale. `off_...` are days between a date that was given and the real close, above 0: too late.
deal_paths = sa.Table(
    "deal_paths",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("deal", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("pipeline", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Column("outcome", sa.Text),
    sa.Column("loss_reason", sa.Text),
    sa.Column("off_stated", sa.Integer),
    sa.Column("off_auto", sa.Integer),
    sa.Column("off_rep", sa.Integer),
    sa.Column("off_original", sa.Integer),
    sa.CheckConstraint("outcome IN ('won', 'lost')", name="deal_paths_outcome"),
    sa.Index("deal_paths_closed", "workspace", "closed_at"),
)

# One row for each stay of a deal in a stage, in order; the last one has not ended. `percent` is the probability that
# the deal was given on entering.
deal_stays = sa.Table(
    "deal_stays",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("deal", sa.Text, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("entered_at", Moment, nullable=False),
    sa.Column("left_at", Moment),
    sa.Column("to_stage", sa.Text),
    sa.Column("rule", sa.Text),
    sa.Column("percent", sa.Double),
    sa.Index("deal_stays_open", "workspace", "stage", "entered_at", postgresql_where=sa.text("left_at IS NULL")),
)

# How often something happened to a deal: `what` is fired or held, of a rule, or an exception of somebody's.
deal_tallies = sa.Table(
    "deal_tallies",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("deal", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("who", sa.Text, primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
)

# A file that somebody wrote, with what a backtest of it on the workspace's history found.
pipeline_versions = sa.Table(
    "pipeline_versions",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="draft"),
    sa.Column("deals_done", sa.Integer, nullable=False, server_default="0"),
    sa.Column("deals_all", sa.Integer, nullable=False, server_default="0"),
    sa.Column("tested_at", Moment),
    sa.Column("result", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.Text),
    sa.CheckConstraint(f"state IN ({', '.join(repr(each) for each in TEST_STATES)})", name="pipeline_versions_state"),
    sa.Index("pipeline_versions_newest", "workspace", "seq"),
)

# Who had the workspace follow which version since when; the newest row counts.
pipeline_adoptions = sa.Table(
    "pipeline_adoptions",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("version", sa.Uuid, nullable=False),
    sa.Column("adopted_by", sa.Text, nullable=False),
    sa.Column("adopted_at", Moment, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["workspace", "version"], ["pipeline_versions.workspace", "pipeline_versions.id"]),
)
