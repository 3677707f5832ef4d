"""What to do now: the guidance of the stage by its mode of conversation, the open gates, and the stage's actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from engine import Decision, DecisionType, Pipeline
from service.flows.deal_now import DealNow
from service.pages.deal.stages import GateView
from service.pages.deal.wording import day, due_in, plain

__all__ = ["ActionView", "Guidance", "actions_of", "guidance_of"]

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
    """An action that the stage set off. `state` is what became of it, as a word, with its `tone`."""

    title: str
    kind: str
    who: str
    due: str
    left: str
    late: bool
    state: str
    tone: str


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


# State of an action as `store.actions` keeps it, in a word and a tone.
STATES = {
    "waiting": ("waiting", "none"),
    "sending": ("being sent", "none"),
    "done": ("done", "good"),
    "failed": ("failed, will be tried again", "warn"),
    "dead": ("failed", "bad"),
    "outbox": ("in the outbox", "none"),
    "dry_run": ("only shown", "none"),
}


def actions_of(now: DealNow, at: dt.datetime, states: Mapping[str, str]) -> tuple[ActionView, ...]:
    """What the present stay in the stage has set off, what is due first; `states` are those of actions by id."""
    decisions = [each for each in now.history if each.type is DecisionType.WORKFLOW_TRIGGERED]
    mine = [each for each in decisions if each.data.get("entry") == now.deal.entries]
    views = [(due_of(each) or dt.datetime.max.replace(tzinfo=dt.UTC), action(each, at, states)) for each in mine]
    return tuple(view for _, view in sorted(views, key=lambda pair: pair[0]))


def due_of(decision: Decision) -> dt.datetime | None:
    due = decision.data.get("due")
    return dt.datetime.fromisoformat(due) if isinstance(due, str) else None


def action(decision: Decision, at: dt.datetime, states: Mapping[str, str]) -> ActionView:
    data, due = decision.data, due_of(decision)
    state, tone = STATES.get(states.get(str(data["action"]), ""), ("", "none"))
    done = state == "done"
    return ActionView(
        title=str(data["title"]),
        kind=str(data["kind"]),
        who=", ".join(plain(str(who)).lower() for who in data.get("to") or ()),
        due="" if due is None else day(due),
        left="" if due is None or done else due_in(due, at),
        late=due is not None and due < at and not done,
        state=state,
        tone=tone,
    )
