"""A narrow row for each deal, for boards and lists; those of the deals that are there are made from their states."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "deal_cards",
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
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_index("deal_cards_of_stage", "deal_cards", ["workspace", "stage", "close_date", "deal"])
    op.create_index("deal_cards_of_owner", "deal_cards", ["workspace", "owner", "deal"])
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """The cards of the deals that are there. Their marks are few until the deals' next events tell the rest."""
    deals = sa.table("deals", *(sa.column(c) for c in ("workspace", "id", "updated_at")), sa.column("state", sa.JSON))
    cards = sa.table(
        "deal_cards",
        *(sa.column(name) for name in CARD),
        sa.column("marks", ARRAY(sa.Text)),
    )
    found = connection.execute(sa.select(deals).where(deals.c.state.is_not(None)).order_by(deals.c.id)).mappings()
    for some in found.partitions(1000):
        connection.execute(sa.insert(cards), [card(row) for row in some])


CARD = (
    "workspace",
    "deal",
    "stage",
    "open",
    "account",
    "name",
    "owner",
    "amount",
    "currency",
    "probability",
    "health",
    "close_date",
    "entered_at",
    "updated_at",
)


def card(row: sa.RowMapping) -> dict[str, Any]:
    state = row["state"]
    texts = {name: (state[name] or "").replace("\x00", "\ufffd") for name in ("account", "name", "owner", "currency")}
    amount, close = state["amount"], state["close_date"]
    return {
        **texts,
        "workspace": row["workspace"],
        "deal": row["id"],
        "stage": state["stage"],
        "open": state["closed_at"] is None,
        "owner": texts["owner"] or None,
        "currency": texts["currency"] or None,
        "amount": None if amount is None else Decimal(str(amount)),
        "probability": state["probability"],
        "health": state["health"]["total"],
        "close_date": None if close is None else dt.date.fromisoformat(close),
        "marks": [mark for mark, here in (("regression_scheduled", state["scheduled"]),) if here] + state["flags"],
        "entered_at": dt.datetime.fromisoformat(state["entered_stage_at"]),
        "updated_at": row["updated_at"],
    }


def downgrade() -> None:
    op.drop_table("deal_cards")
