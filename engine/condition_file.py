"""Conditions from a pipeline file, and whether anything can meet them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import assert_never

from engine.conditions import NUMBERS, OPERATORS, All, Any, Condition, Leaf, Not
from engine.fields import FIELDS, Kind
from engine.lines import Path
from engine.reader import Report, Table, near

NOTHING = All(())
LIMIT = 4096
Literal = tuple[Leaf, bool]


def read_condition(value: object, path: Path, report: Report, *, of_event: bool) -> Condition:
    """A condition tree; `of_event` allows fields of the event at hand (rules), which gates cannot ask."""
    table = Table(value, path, report)
    combined = [key for key in ("all", "any", "not") if table.has(key)]
    if len(combined) == 1 and len(table.value) == 1:
        how = combined[0]
        inner = table.raw(how)
        if how == "not":
            return Not(read_condition(inner, (*path, how), report, of_event=of_event))
        if not isinstance(inner, list) or not inner:
            report.add(
                (*path, how), f"{how} should be a list of conditions", f"Write {how} = [{{ field = ... }}, ...]."
            )
            return NOTHING
        parts = tuple(read_condition(item, (*path, how, n), report, of_event=of_event) for n, item in enumerate(inner))
        return All(parts) if how == "all" else Any(parts)
    return read_leaf(table, of_event=of_event)


def read_leaf(table: Table, *, of_event: bool) -> Condition:
    name = table.raw("field")
    if not isinstance(name, str):
        table.bad("field", "a condition needs a field", 'Write { field = "...", is = ... }, or all, any, not.')
        return NOTHING
    field = FIELDS.get(name)
    if field is None:
        table.bad("field", f'there is no field "{name}"', near(name, FIELDS))
        return NOTHING
    if field.of_event and not of_event:
        table.bad(
            "field", f'"{name}" is of the event at hand: a gate could never be met by it', "Ask a field of the deal."
        )
    operators = [key for key in table.value if key != "field"]
    table.keys.update(operators)
    if len(operators) != 1:
        wanted = ", ".join(OPERATORS[field.kind])
        table.bad("field", f'"{name}" needs exactly one operator', f"Use one of: {wanted}.")
        return NOTHING
    if operators[0] not in OPERATORS[field.kind]:
        wrong = f'"{name}" cannot be compared by "{operators[0]}"'
        table.bad(operators[0], wrong, near(operators[0], OPERATORS[field.kind]))
        return NOTHING
    how = operators[0]
    value = checked(table, how, table.value[how], field.kind, field.options)
    return NOTHING if value is None else Leaf(name, how, value)


def checked(
    table: Table, how: str, value: object, kind: Kind, options: frozenset[str] | None
) -> bool | int | Decimal | str | tuple[str, ...] | None:
    """The value of an operator, or None where it does not fit."""
    if how == "known" or kind is Kind.FLAG:
        if isinstance(value, bool):
            return value
        table.bad(how, f"{how} should be true or false", f"Write {how} = true.")
        return None
    if kind is Kind.NUMBER:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return value
        table.bad(how, f"{how} should be a number", f"Write {how} = followed by a number.")
        return None
    words = value if how == "one_of" else [value]
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        table.bad(how, f"{how} should be a text" + (" list" if how == "one_of" else ""), "Put the words in quotes.")
        return None
    for word in words:
        if options is not None and word not in options:
            table.bad(how, f'"{word}" can never be: nothing can meet this', near(word, options))
            return None
    return tuple(words) if how == "one_of" else str(value)


def can_hold(*conditions: Condition, on: str | None = None) -> bool:
    """Whether some deal and event could meet all the conditions at once: no field is asked to be two things. With `on`,
    an event of that trigger, which lacks the fields of other events."""
    found = enumerate(ways(All(conditions), wanted=True))
    return any(n >= LIMIT or (fits(way) and (on is None or there(way, on))) for n, way in found)


def there(way: tuple[Literal, ...], trigger: str) -> bool:
    """Whether nothing is asked of a field that events of the trigger lack."""
    return not any(
        wanted is (leaf.value is not False) and FIELDS[leaf.field].of_event and trigger not in FIELDS[leaf.field].on
        for leaf, wanted in way
    )


def ways(condition: Condition, *, wanted: bool) -> Iterator[tuple[Literal, ...]]:
    """The combinations of leaves by which a condition comes out as wanted."""
    match condition:
        case Leaf():
            yield ((condition, wanted),)
        case Not(of=part):
            yield from ways(part, wanted=not wanted)
        case All(of=parts) | Any(of=parts):
            if isinstance(condition, All) == wanted:
                for combination in product(*(list(ways(part, wanted=wanted)) for part in parts)):
                    yield tuple(literal for way in combination for literal in way)
            else:
                for part in parts:
                    yield from ways(part, wanted=wanted)
        case _:
            assert_never(condition)


def fits(way: tuple[Literal, ...]) -> bool:
    by_field: dict[str, list[Literal]] = {}
    for leaf, wanted in way:
        by_field.setdefault(leaf.field, []).append((leaf, wanted))
    return all(FITS[FIELDS[name].kind](name, literals) for name, literals in by_field.items())


def flags_fit(_: str, literals: list[Literal]) -> bool:
    return len({bool(leaf.value) is wanted for leaf, wanted in literals}) == 1


def texts_fit(name: str, literals: list[Literal]) -> bool:
    options = FIELDS[name].options
    named = {word for leaf, _ in literals if leaf.operator != "known" for word in words(leaf)}
    candidates: set[str | None] = {*(named if options is None else options), None}
    if options is None:
        candidates.add("\0 something else")
    return any(all(text_holds(leaf, word) is wanted for leaf, wanted in literals) for word in candidates)


def words(leaf: Leaf) -> tuple[str, ...]:
    return leaf.value if isinstance(leaf.value, tuple) else (str(leaf.value),)


def text_holds(leaf: Leaf, word: str | None) -> bool:
    return (word is not None) is leaf.value if leaf.operator == "known" else word in words(leaf)


def numbers_fit(_: str, literals: list[Literal]) -> bool:
    """No field of the catalogue is below 0, so that is where the candidates begin."""
    bounds = [Decimal(leaf.value) for leaf, _ in literals if isinstance(leaf.value, int | Decimal)]
    step = Decimal("0.000001")
    candidates = [Decimal(0), *bounds, *(b + step for b in bounds), *(b - step for b in bounds), max(bounds) + 1]
    return any(
        all(number_holds(leaf, figure) is wanted for leaf, wanted in literals) for figure in candidates if figure >= 0
    )


def number_holds(leaf: Leaf, figure: Decimal) -> bool:
    if leaf.operator == "is":
        return figure == leaf.value
    return NUMBERS[leaf.operator][0](figure, leaf.value)


FITS = {Kind.FLAG: flags_fit, Kind.TEXT: texts_fit, Kind.NUMBER: numbers_fit}
