"""Which rows somebody may see who sees some owners' deals only: a clause for queries, beside the workspace's."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.deal_card_table import deal_cards

__all__ = ["visible"]


def visible(
    workspace: str, deal: sa.ColumnElement[str | None], owners: frozenset[str] | None
) -> sa.ColumnElement[bool]:
    """Rows whose deal has one of these owners; every row, also one without a deal, where `owners` is None."""
    if owners is None:
        return sa.true()
    # Under a name of its own: the query around it may read the cards too.
    cards = deal_cards.alias("seen").c
    return sa.exists().where(cards.workspace == workspace, cards.deal == deal, cards.owner.in_(sorted(owners)))
