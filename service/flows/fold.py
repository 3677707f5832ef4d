"""The engine's part in a transaction: what the deal is after its new events, and what was concluded from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine import Pipeline

__all__ = ["Folded", "fold"]

Json = dict[str, Any]

# Silence and age work on every open deal; a look a day keeps them current without flooding the history. While a deal's
# history still comes in, time waits: what is old would otherwise come late, and be corrected, for no reason.
AT_LATEST = dt.timedelta(days=1)
SETTLED_AFTER = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """`state` is None while nothing has created the deal; `due_at` is when time alone may next change it."""

    state: Json | None
    decisions: tuple[Json, ...]
    due_at: dt.datetime | None

    @property
    def stage(self) -> str | None:
        return None if self.state is None else self.state["stage"]


def fold(pipeline: Pipeline, deal: str, old: Sequence[Json], new: Sequence[Json], *, at: dt.datetime) -> Folded:
    """`old` and `new` are events in order of arrival, the new ones arriving `at`; only what those bring is among
    the decisions.

    The whole history is folded each time: the state is never anything but the fold of the events.
    """
    from engine import replay

    taken_before = len(replay(old, pipeline).decisions) if old else 0
    result = replay([*old, *new], pipeline).to_json()
    state = result["deals"].get(deal)
    decisions = tuple(result["decisions"][taken_before:])
    return Folded(state=state, decisions=decisions, due_at=due(state, [*old, *new], at))


def due(state: Json | None, events: Sequence[Json], at: dt.datetime) -> dt.datetime | None:
    if state is None or state["conversation_mode"] is None:
        return None
    newest = max(dt.datetime.fromisoformat(event["occurred_at"]) for event in events)
    waiting = [dt.datetime.fromisoformat(each["due"]) for each in state["scheduled"]]
    return max(at + SETTLED_AFTER, min([*waiting, newest + AT_LATEST]))
