"""Small stories beside a pipeline file (`NAME.cases.toml`): events, the stage that they lead to, and by which rule.

[[cases]]
says = "An inbound e-mail and a title qualify a first contact."
starts = "identified"
events = [{ day = 1, type = "activity.email", direction = "inbound" }, ...]
becomes = "discovery"
by = "gates"

`starts` is the stage in which the deal is created, the first one without it; `deal` may hold more of the creation's
data. An event's keys beside `day` and `type` are its data. `by` is the rule of the last move, and left out where there
is none.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.decisions import DecisionType
from engine.pipeline import SHIPPED, Pipeline
from engine.replay import replay

__all__ = ["CaseOutcome", "cases_beside", "run_cases"]

# Stories have no date of their own; a Monday keeps business days plain.
FIRST = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
DEAL: Mapping[str, Any] = {"name": "A deal", "account": "An account", "owner": "rep", "manager": "boss"}
MONEY: Mapping[str, Any] = {"amount": 100000, "currency": "USD", "industry": "any", "size": "any"}
MOVES = (DecisionType.STAGE_ADVANCED, DecisionType.STAGE_REGRESSED)
SIGNAL = "signal."


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """What a story wanted and what came of it; `wrong` is empty where they agree."""

    says: str
    wrong: str


def cases_beside(name_or_path: str | Path) -> str | None:
    """The text of the stories that stand beside a shipped pipeline or a file; None where there are none."""
    shipped = SHIPPED / f"{name_or_path}.cases.toml"
    path = Path(name_or_path)
    beside = shipped if shipped.is_file() else path.with_name(path.stem + ".cases.toml")
    return beside.read_text(encoding="utf-8") if beside.is_file() else None


def run_cases(pipeline: Pipeline, text: str) -> tuple[CaseOutcome, ...]:
    """Tells every story under the pipeline; raises ValueError for a text that is no list of stories."""
    cases = tomllib.loads(text).get("cases")
    if not isinstance(cases, list) or not cases:
        raise ValueError("no [[cases]] are told: write says, events and becomes for each")
    return tuple(run_case(pipeline, case) for case in cases)


def run_case(pipeline: Pipeline, case: Mapping[str, Any]) -> CaseOutcome:
    says = str(case.get("says") or "a story without a name")
    try:
        events = [created(case), *(event(n, item) for n, item in enumerate(case["events"], start=1))]
        becomes, by = case["becomes"], case.get("by")
    except KeyError as missing:
        return CaseOutcome(says=says, wrong=f"{missing} is missing")
    result = replay(events, pipeline)
    if result.refused:
        return CaseOutcome(says=says, wrong=result.refused[0].reason)
    stage = result.deals["D"]["stage"]
    moves = [decision.rule for decision in result.decisions if decision.type in MOVES]
    rule = moves[-1] if moves else None
    if (stage, rule) != (becomes, by):
        wanted, got = (f"{place} by {name or 'no rule'}" for place, name in ((becomes, by), (stage, rule)))
        return CaseOutcome(says=says, wrong=f"wanted {wanted}, got {got}")
    return CaseOutcome(says=says, wrong="")


def created(case: Mapping[str, Any]) -> dict[str, Any]:
    data = {**DEAL, **MONEY, **case.get("deal", {})}
    if "starts" in case:
        data["stage"] = case["starts"]
    return whole(0, 0, "deal.created", data)


def event(number: int, item: Mapping[str, Any]) -> dict[str, Any]:
    """An event of a story; `signal.budget` is short for a signal whose type is budget."""
    data = {key: value for key, value in item.items() if key not in ("day", "type")}
    kind = str(item["type"])
    if kind.startswith(SIGNAL):
        kind, data = "signal", {"type": kind.removeprefix(SIGNAL), **data}
    return whole(number, item["day"], kind, data)


def whole(number: int, day: float, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    at = (FIRST + dt.timedelta(days=day)).isoformat()
    return {
        "id": f"e-{number}",
        "deal_id": "D",
        "type": kind,
        "occurred_at": at,
        "source": "story",
        "data": plain(data),
    }


def plain(value: Any) -> Any:
    """TOML's dates as JSON has them."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value
