"""Conditions as data: a typed tree over the closed catalogue of fields, compiled once, and able to say why it holds.

{ field = "emails.inbound", at_least = 1 }      { all = [...] }      { any = [...] }      { not = {...} }
"""

from __future__ import annotations

import operator
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from engine.deal import Deal
from engine.events import Event
from engine.fields import FIELDS, Kind
from engine.readings import Value

__all__ = ["OPERATORS", "All", "Any", "Condition", "Leaf", "Not", "Test", "Trace", "compiled", "explain", "leaves"]

# What a condition comes out as is asked for its truth only.
Test = Callable[[Deal, Event], Value]
NUMBERS: dict[str, tuple[Callable[[typing.Any, typing.Any], bool], str]] = {
    "at_least": (operator.ge, "at least"),
    "at_most": (operator.le, "at most"),
    "above": (operator.gt, "above"),
    "below": (operator.lt, "below"),
}
OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.NUMBER: (*NUMBERS, "is"),
    Kind.FLAG: ("is",),
    Kind.TEXT: ("is", "one_of", "known"),
}


@dataclass(frozen=True, slots=True)
class Leaf:
    field: str
    operator: str
    value: bool | int | Decimal | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    of: Condition


Condition = Leaf | All | Any | Not


@dataclass(frozen=True, slots=True)
class Trace:
    """Why a condition holds or not: its own verdict in words, and those of its parts."""

    holds: bool
    said: str
    parts: tuple[Trace, ...] = ()

    def reasons(self) -> tuple[str, ...]:
        """The leaves that decided the verdict, in words."""
        if not self.parts:
            return (self.said,)
        deciding = [part for part in self.parts if part.holds == self.holds] or list(self.parts)
        return tuple(reason for part in deciding for reason in part.reasons())


def leaves(condition: Condition) -> Iterator[Leaf]:
    match condition:
        case Leaf():
            yield condition
        case All(of=parts) | Any(of=parts):
            for part in parts:
                yield from leaves(part)
        case Not(of=part):
            yield from leaves(part)
        case _:
            assert_never(condition)


def topics(condition: Condition) -> int:
    """The topics that can change its verdict."""
    bits = 0
    for leaf in leaves(condition):
        bits |= FIELDS[leaf.field].topics
    return bits


def compiled(condition: Condition) -> Test:
    match condition:
        case Leaf():
            return compiled_leaf(condition)
        case All(of=parts):
            tests = tuple(compiled(part) for part in parts)
            if len(tests) == 1:
                return tests[0]
            if len(tests) == 2:
                first, second = tests
                return lambda deal, event: first(deal, event) and second(deal, event)
            return every(tests)
        case Any(of=parts):
            return some(tuple(compiled(part) for part in parts))
        case Not(of=part):
            negated = compiled(part)
            return lambda deal, event: not negated(deal, event)
        case _:
            assert_never(condition)


# Plain loops: these run for every event, and all() and any() over a generator take twice as long.
def every(tests: tuple[Test, ...]) -> Test:
    def holds(deal: Deal, event: Event) -> bool:
        for test in tests:  # noqa: SIM110
            if not test(deal, event):
                return False
        return True

    return holds


def some(tests: tuple[Test, ...]) -> Test:
    def holds(deal: Deal, event: Event) -> bool:
        for test in tests:  # noqa: SIM110
            if test(deal, event):
                return True
        return False

    return holds


def compiled_leaf(leaf: Leaf) -> Test:
    read, value = FIELDS[leaf.field].read, leaf.value
    if leaf.operator in NUMBERS:
        compare = NUMBERS[leaf.operator][0]

        def number(deal: Deal, event: Event) -> bool:
            found = read(deal, event)
            return found is not None and compare(found, value)

        return number
    if leaf.operator == "one_of":
        options = frozenset(value) if isinstance(value, tuple) else frozenset()
        return lambda deal, event: read(deal, event) in options
    if leaf.operator == "known":
        return lambda deal, event: (read(deal, event) is not None) is value
    if isinstance(value, bool):
        return read if value else lambda deal, event: not read(deal, event)
    return lambda deal, event: read(deal, event) == value


def explain(condition: Condition, deal: Deal, event: Event) -> Trace:
    """The verdict with its reasons; slower than the compiled test, for whoever asks why."""
    match condition:
        case Leaf():
            return Trace(
                bool(compiled_leaf(condition)(deal, event)), said(condition, FIELDS[condition.field].read(deal, event))
            )
        case All(of=parts):
            traces = tuple(explain(part, deal, event) for part in parts)
            return Trace(all(t.holds for t in traces), "all of", traces)
        case Any(of=parts):
            traces = tuple(explain(part, deal, event) for part in parts)
            return Trace(any(t.holds for t in traces), "one of", traces)
        case Not(of=part):
            trace = explain(part, deal, event)
            return Trace(not trace.holds, "not", (trace,))
        case _:
            assert_never(condition)


def said(leaf: Leaf, found: Value) -> str:
    """A leaf in words, with what was found: "buyers in the best attended demo: 2 (at least 3 wanted)"."""
    field = FIELDS[leaf.field]
    if field.kind is Kind.FLAG:
        return f"{field.said}: {'yes' if found else 'no'}"
    shown = "not known" if found is None else str(found)
    wanted = ", ".join(leaf.value) if isinstance(leaf.value, tuple) else str(leaf.value)
    how = NUMBERS[leaf.operator][1] + " " if leaf.operator in NUMBERS else ""
    return f"{field.said}: {shown} ({how}{wanted} wanted)"
