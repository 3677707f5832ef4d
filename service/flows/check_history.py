"""Whether each deal is what its events add up to: after a restore, or whenever somebody doubts it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from service.flows.context import Context
from service.flows.fold import fold
from service.flows.losses_alike import losses_alike
from service.store import deals, events

__all__ = ["check_history"]

AT_ONCE = 500


def check_history(context: Context) -> Iterator[tuple[str, bool | None]]:
    """(deal, whether its state is the fold of its events), deal by deal; None for one that another version of the
    pipeline made, of which nothing can be said."""
    workspace, after = context.workspace, ""
    while True:
        with context.database.connect() as connection:
            page = deals.ids(connection, workspace, after=after, most=AT_ONCE)
            for deal in page:
                yield deal, is_its_fold(context, connection, deal)
        if not page:
            return
        after = page[-1]


def is_its_fold(context: Context, connection: Connection, deal: str) -> bool | None:
    workspace = context.workspace
    stored = deals.get(connection, workspace, deal)
    contents = [each.content for each in events.of_deal(connection, workspace, deal)]
    if stored is None or stored.version != len(contents):
        return False
    if stored.pipeline not in (None, context.pipeline.version):
        return None
    folded = fold(context.pipeline, deal, [], contents, at=stored.updated_at)
    if folded.loss is not None:
        losses = losses_alike(context.pipeline, connection, workspace, folded.loss)
        folded = fold(context.pipeline, deal, [], contents, at=stored.updated_at, losses=losses)
    return (folded.stage, folded.state) == (stored.stage, stored.state)
