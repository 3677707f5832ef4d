"""What the pages keep (which notices somebody has seen), and the indexes that their lists need."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.deal_card_table import deal_cards
from service.store.tables import Moment, conversations, decisions, metadata, signals

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

D, S = decisions.c, signals.c
sa.Index("decisions_held", D.workspace, D.deal, D.seq, postgresql_where=sa.text("type = 'advance_held'"))
sa.Index("decisions_alerts", D.workspace, D.recorded_at, postgresql_where=sa.text("type = 'alert'"))
sa.Index("signals_to_review", S.workspace, S.confidence, S.type, S.id, postgresql_where=sa.text("state = 'pending'"))
sa.Index("deal_cards_marks", deal_cards.c.marks, postgresql_using="gin", postgresql_where=sa.text("open"))
sa.Index("deal_cards_by_change", deal_cards.c.workspace, deal_cards.c.updated_at)
sa.Index("conversations_by_time", conversations.c.workspace, conversations.c.occurred_at, conversations.c.id)
