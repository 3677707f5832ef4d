"""Closing a deal by a rule: a signature whatever gates are open, or a loss."""

from __future__ import annotations

from typing import assert_never

from engine.gates import missing_gates
from engine.moves import move
from engine.parts import Closed, Rule
from engine.requirements import set_flag
from engine.step import Step, words_of


def closed_by_rule(step: Step, rule: Rule, how: Closed) -> None:
    """Only an override or a retraction reopens a closed deal: what contradicts its close is flagged."""
    deal, pipeline = step.deal, step.pipeline
    match how:
        case Closed.WON:
            if deal.stage == pipeline.lost:
                set_flag(step, "signed_after_lost", rule.id, f"{rule.because} But the deal is lost.{words_of(step)}")
            elif deal.stage != pipeline.won:
                sign(step, rule)
        case Closed.LOST:
            if deal.stage == pipeline.won:
                set_flag(step, "lost_after_won", rule.id, f"{rule.because} But the deal is won.{words_of(step)}")
            elif deal.stage != pipeline.lost:
                lost = f"{rule.because} The deal closes as lost.{words_of(step)}"
                move(step, pipeline.lost, rule.id, lost, up=True)
        case _:
            assert_never(how)


def sign(step: Step, rule: Rule) -> None:
    """Won, whatever gates are open; they are listed as exceptions."""
    deal, pipeline = step.deal, step.pipeline
    exceptions = open_gates(step)
    listed = f" Exceptions: {', '.join(exceptions)} were open." if exceptions else ""
    why = f"{rule.because} The deal is won.{listed}{words_of(step)}"
    missing = list(missing_gates(step, deal.stage))
    move(step, pipeline.won, rule.id, why, data={"exceptions": exceptions, "missing": missing}, up=True)


def open_gates(step: Step) -> list[str]:
    """The open gates of the stage at hand and of every later one, each with its stage where it is not this one."""
    deal, pipeline = step.deal, step.pipeline
    out: list[str] = []
    for n in range(deal.stage, pipeline.won):
        prefix = "" if n == deal.stage else f"{pipeline.stages[n].id}."
        out.extend(prefix + name for name in missing_gates(step, n))
    return out
