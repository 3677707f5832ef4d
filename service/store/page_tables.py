"""What the pages keep: which notices somebody has seen."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.tables import Moment, metadata

__all__ = ["notices_seen"]

# A notice is a decision (an alert, a held advance); whoever has seen it is not shown it again, others are.
notices_seen = sa.Table(
    "notices_seen",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("deal", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("seen_at", Moment, nullable=False),
)
