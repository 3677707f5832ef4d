"""Rules in words: what they wait for, and what they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from engine import Pipeline
from engine.conditions import NUMBERS, All, Any, Condition, Leaf, Not
from engine.fields import FIELDS, Kind
from engine.parts import Closed, Rule
from service.pages.deal.wording import plain
from service.pages.formats import words

__all__ = ["BUILT_IN", "condition_said", "effect_of", "triggers_said"]

# Under which names the engine itself decides, beside the rules of a file.
BUILT_IN = {
    "gates": "All gates of a stage are met: the deal moves on to the next one.",
    "override.stage": "A person sets the stage by hand, with a reason.",
    "pipeline.adopted": "Another version of the pipeline was adopted, and the deal stands elsewhere under it.",
}


def condition_said(condition: Condition) -> str:
    """ "e-mails received at least 1, and e-mails sent at least 1"; inner groups stand in brackets."""
    match condition:
        case Leaf():
            return leaf_said(condition)
        case All(of=parts):
            return ", and ".join(grouped(part) for part in parts)
        case Any(of=parts):
            return ", or ".join(grouped(part) for part in parts)
        case Not(of=part):
            return f"not {grouped(part)}"
        case _:
            assert_never(condition)


def grouped(condition: Condition) -> str:
    said = condition_said(condition)
    return f"({said})" if isinstance(condition, All | Any) and len(condition.of) > 1 else said


def leaf_said(leaf: Leaf) -> str:
    field, value = FIELDS[leaf.field], leaf.value
    if field.kind is Kind.FLAG:
        return field.said if value else f"not: {field.said}"
    if leaf.operator == "known":
        return f"{field.said} is {'known' if value else 'not known'}"
    if leaf.operator in NUMBERS:
        return f"{field.said} {NUMBERS[leaf.operator][1]} {value}"
    wanted = " or ".join(words(each) for each in value) if isinstance(value, tuple) else words(str(value))
    return f"{field.said} is {wanted}"


def triggers_said(rule: Rule) -> str:
    return ", ".join(words(trigger) for trigger in rule.on)


def effect_of(rule: Rule, pipeline: Pipeline) -> str:
    """ "Tries to move the deal on to Proposal; its gates decide." """
    parts = list(effects(rule))
    if not parts:
        return "Changes nothing by itself."
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}."


def effects(rule: Rule) -> Iterator[str]:
    if rule.advance is not None:
        source = "" if rule.advance.source is None else f" from {plain(rule.advance.source)}"
        to = "one stage" if rule.advance.to is None else f"to {plain(rule.advance.to)}"
        only = "" if rule.advance.when is None else f", if {condition_said(rule.advance.when)}"
        gated = "moves" if rule.policy.value == "rules" else "as far as gates allow, moves"
        yield f"{gated} the deal on{source} {to}{only}"
    if rule.regress is not None:
        to = "one stage" if rule.regress.to is None else f"to {plain(rule.regress.to)}"
        wait = f" after {rule.regress.after_days} days, unless somebody stops it" if rule.regress.after_days else ""
        cost = f", and takes {abs(rule.regress.points)} points off its probability" if rule.regress.points else ""
        yield f"moves the deal back {to}{wait}{cost}"
    if rule.closes is not None:
        yield "closes the deal as won" if rule.closes is Closed.WON else "closes the deal as lost"
    if rule.update is not None:
        yield f"sets the {words(rule.update)}"
    if rule.flag is not None:
        yield f"flags the deal as {words(rule.flag)}"
    if rule.points is not None:
        more = f", {rule.points.more} for the weightiest" if rule.points.more != rule.points.default else ""
        yield f"adds {rule.points.default} points for each {words(rule.points.each)}{more}"
