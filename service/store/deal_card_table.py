"""What lists of deals show and sort by: a narrow row for each deal, so that no list reads whole states."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from service.store.tables import Moment, metadata

__all__ = ["deal_cards"]

deal_cards = sa.Table(
    "deal_cards",
    metadata,
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
    sa.Column("entered_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Index("deal_cards_of_stage", "workspace", "stage", "close_date", "deal"),
    sa.Index("deal_cards_of_owner", "workspace", "owner", "deal"),
)
