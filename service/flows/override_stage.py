"""A person moves a deal to a stage, with a reason."""

from __future__ import annotations

from typing import Any

from service.flows.append_events import Appended, append_to_deal
from service.flows.context import Context
from service.flows.make_events import iso
from service.store import deals
from signals import DecodeError
from signals.decode import as_object, name

__all__ = ["override_stage"]


def override_stage(context: Context, deal: str, value: Any) -> Appended | None:
    """`value` is `{"to", "reason", "by", "approved_by"?}`; None for a deal that nothing has created.

    Raises DecodeError for a missing reason, a stage that the pipeline does not have and so on.
    """
    source = as_object(value)
    data = {field: name(source, field) for field in ("to", "reason", "by")}
    if source.get("approved_by") is not None:
        data["approved_by"] = name(source, "approved_by")
    stages = context.pipeline.positions
    if data["to"] not in stages:
        raise DecodeError("to", data["to"], "one of " + ", ".join(stages))
    event = {
        "id": f"override:{context.new_id()}",
        "deal_id": deal,
        "type": "override.stage",
        "occurred_at": iso(context.now()),
        "source": "api",
        "data": data,
    }
    with context.database.begin() as connection:
        stored = deals.get(connection, context.workspace, deal)
        if stored is None or stored.state is None:
            return None
        return append_to_deal(context, connection, deal, [event])
