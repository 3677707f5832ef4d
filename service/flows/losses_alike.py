"""A rep's other losses: when a deal is lost, the engine looks for a pattern across them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from service.store import deals

if TYPE_CHECKING:
    from engine import Pipeline
    from engine.losses import Loss

__all__ = ["losses_alike"]


def losses_alike(
    pipeline: Pipeline, connection: Connection, workspace: str, loss: Loss, *, hold: bool = True
) -> list[Loss]:
    """The other deals that their owner has lost. Whoever asks for one owner waits for whoever asked before: of several
    deals that are lost at one moment, the last sees all the others. Without `hold` nobody waits: for what is tried
    and not stored."""
    from engine.losses import loss_of_state

    if hold:
        deals.lock_owner(connection, workspace, loss.owner)
    lost = pipeline.stages[pipeline.lost].id
    found = (
        loss_of_state(deal, state, pipeline)
        for deal, state in deals.of_owner(connection, workspace, loss.owner, stage=lost)
        if deal != loss.deal_id
    )
    return [other for other in found if other is not None]
