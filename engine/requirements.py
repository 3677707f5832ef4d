"""Data that a deal should have in its stage, and the flags that a deal carries. Neither ever holds a move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.conditions import topics
from engine.decisions import DecisionType
from engine.step import NO_DATA, Step

MISSING = "required_data_missing"


def set_flag(
    step: Step,
    flag: str,
    rule: str,
    why: str,
    *,
    events: tuple[str, ...] = (),
    data: Mapping[str, Any] = NO_DATA,
    again: bool = False,
) -> None:
    """Flags the deal, once for as long as the flag stands (`again`: even where it stands)."""
    deal = step.deal
    if flag in deal.flags and not again:
        return
    deal.flags[flag] = step.cause()
    step.decide(
        DecisionType.FLAGGED, rule, why, to=flag, events=events, data={"flag": flag, **data}, cause=(flag, deal.entries)
    )


def flag_missing_data(step: Step, *, entered: bool) -> None:
    """Flags what the stage requires and nobody knows: on entry, and when something known is lost again."""
    deal = step.deal
    stage = step.pipeline.stages[deal.stage]
    if not entered and not deal.touched & required_topics(step, deal.stage):
        return
    missing = tuple([item.name for item in stage.required if not item.test(deal, step.event)])
    before, deal.missing = deal.missing, missing
    if not missing:
        deal.flags.pop(MISSING, None)
    elif entered or not before:
        listed = ", ".join(name.replace("_", " ") for name in missing)
        why = f"In {stage.id} these should be known and are not: {listed}."
        set_flag(step, MISSING, f"flag.{MISSING}", why, data={"missing": list(missing), "stage": stage.id}, again=True)


def required_topics(step: Step, stage: int) -> int:
    cache = step.pipeline.required_on
    if stage not in cache:
        bits = 0
        for item in step.pipeline.stages[stage].required:
            bits |= topics(item.known_by)
        cache[stage] = bits
    return cache[stage]
