"""What to do now: the guidance of the stage by its mode of conversation, the open gates, and the stage's actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine import Decision, DecisionType, Pipeline
from service.flows.deal_now import DealNow
from service.flows.settle_action import BY_HAND
from service.pages.deal.stages import GateView
from service.pages.deal.wording import day, due_in, plain
from service.store.actions import StoredAction

__all__ = ["ActionView", "Guidance", "actions_of", "guidance_of", "states_of"]

MODES = {
    "intake": ("Intake", "Listen more than you speak: ask, check what you heard, and write it down."),
    "nurture": ("Nurture", "Give before you ask: proof, people and prices that help them decide."),
    "closing": ("Closing", "Be plain about steps and dates: who does what by when, and what stands in the way."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """`mode` is how to talk in this stage, `what` what the stage is for, `steps` what would move the deal on."""

    mode: str
    how: str
    what: str
    steps: tuple[str, ...]
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """An action that the stage set off. `state` is what became of it, as a word, with its `tone`; `id` is there where a
    person may say that it is done."""

    id: str
    title: str
    kind: str
    who: str
    due: str
    left: str
    late: bool
    state: str
    tone: str
    error: str
    over: bool


def guidance_of(now: DealNow, pipeline: Pipeline, gates: tuple[GateView, ...]) -> Guidance:
    stage = pipeline.stages[now.deal.stage]
    mode, how = MODES.get(stage.mode or "", ("", ""))
    return Guidance(
        mode=mode,
        how=how,
        what=stage.what_to_do,
        steps=tuple(gate.what for gate in gates if not gate.met),
        known=tuple(plain(name).lower() for name in now.deal.missing),
    )


# What becomes of an action, in a word and a tone; of one that goes to several systems, the first of these that holds.
STATES = {
    "dead": ("could not be done", "bad"),
    "conflict": ("changed elsewhere meanwhile", "warn"),
    "failed": ("failed, tried again soon", "warn"),
    "sending": ("being sent", "none"),
    "waiting": ("about to be sent", "none"),
    "outbox": ("", "none"),
    "dry_run": ("only shown", "none"),
    "done": ("done", "good"),
    "cancelled": ("not wanted any more", "none"),
}


def states_of(stored: Iterable[StoredAction]) -> dict[str, StoredAction]:
    """By cause, the one of which somebody should know first."""
    order = {state: n for n, state in enumerate(STATES)}
    found: dict[str, StoredAction] = {}
    for each in sorted(stored, key=lambda action: order.get(action.state, len(order)), reverse=True):
        found[each.cause] = each
    return found


def actions_of(now: DealNow, at: dt.datetime, stored: Mapping[str, StoredAction]) -> tuple[ActionView, ...]:
    """What the present stay in the stage has set off, what is due first; `stored` are actions by their cause."""
    decisions = [each for each in now.history if each.type is DecisionType.WORKFLOW_TRIGGERED]
    mine = [each for each in decisions if each.data.get("entry") == now.deal.entries]
    views = [(due_of(each) or dt.datetime.max.replace(tzinfo=dt.UTC), action(each, at, stored)) for each in mine]
    return tuple(view for _, view in sorted(views, key=lambda pair: pair[0]))


def due_of(decision: Decision) -> dt.datetime | None:
    due = decision.data.get("due")
    return dt.datetime.fromisoformat(due) if isinstance(due, str) else None


def action(decision: Decision, at: dt.datetime, stored: Mapping[str, StoredAction]) -> ActionView:
    data, due = decision.data, due_of(decision)
    known = stored.get(f"workflow:{data['stage']}:{data['action']}:{data['entry']}")
    state, tone = STATES.get("" if known is None else known.state, ("", "none"))
    over = known is not None and known.state in ("done", "cancelled")
    return ActionView(
        id="" if known is None or known.state not in BY_HAND else str(known.id),
        title=str(data["title"]),
        kind=str(data["kind"]),
        who=", ".join(plain(str(who)).lower() for who in data.get("to") or ()),
        due="" if due is None else day(due),
        left="" if due is None or over else due_in(due, at),
        late=due is not None and due < at and not over,
        state=state,
        tone=tone,
        error="" if known is None or over else known.error or "",
        over=over,
    )
