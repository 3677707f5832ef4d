"""How long a workspace keeps the words of its conversations."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.tables import Moment, metadata

__all__ = ["retention"]

retention = sa.Table(
    "retention",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("days", sa.Integer, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("set_at", Moment, nullable=False),
    sa.CheckConstraint("days > 0", name="retention_days"),
)
