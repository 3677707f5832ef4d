"""What a proposal may look like: exactly the fields of its type in `signals`, and quotes as evidence.

    {"type": "budget", "status": "approved",
     "amount": {"low": 120000, "high": 120000, "currency": "USD", "per": "year"},
     "evidence": [{"line": 14, "quote": "finance signed off on one twenty a year for this"}]}

Who said it, on which side, how sure and where exactly are no fields: they are read here, never taken from elsewhere.
The JSON schema that language models are held to is made from the same types.
"""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any

from extractors.proposals.faults import Fault, RefusedError
from signals import KINDS, DateChange, Evidence, Money, Per, Period, Signal, signal_from_json
from signals.errors import DecodeError

__all__ = ["Quote", "json_schema", "quotes_of", "signal_of"]

MOST_QUOTES = 12
LONGEST_NAME = 120
UNFIT = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
# Fields that every signal has and that are read, not proposed.
READ_HERE = frozenset({"evidence", "speaker", "side", "confidence", "found_by"})
MONEY = {"low", "high", "currency", "per"}
NUMBER = {"type": ["number", "null"]}


@dataclasses.dataclass(frozen=True, slots=True)
class Quote:
    line: int
    text: str


def schema_of(annotation: Any) -> dict[str, Any]:
    """A field's type as JSON schema."""
    if typing.get_origin(annotation) in (typing.Union, UnionType):
        inner = [part for part in typing.get_args(annotation) if part is not NoneType]
        return {"anyOf": [schema_of(inner[0]), {"type": "null"}]}
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return {"type": "string", "enum": [str(option) for option in annotation]}
    if annotation is Money:
        return closed({"low": NUMBER, "high": NUMBER, "currency": {"type": "string"}, "per": schema_of(Per)})
    if annotation is str:
        return {"type": "string"}
    raise TypeError(f"no JSON schema for {annotation!r}")


def closed(properties: dict[str, Any]) -> dict[str, Any]:
    """An object with exactly these fields."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@cache
def fields_of(kind: str) -> Mapping[str, Any]:
    """Field to JSON schema of one type of signal, as proposed."""
    out: dict[str, Any] = {}
    for name, annotation in typing.get_type_hints(KINDS[kind]).items():
        if name in READ_HERE or name == "type":
            continue
        if annotation is Period:
            day = {"type": "string", "description": "YYYY-MM-DD"}
            out |= {"start": day, "end": day}
        else:
            out[name] = schema_of(annotation)
    return out


@cache
def json_schema() -> dict[str, Any]:
    """The schema of a whole answer, `{"signals": [...]}`, as strict structured output takes it: every field required,
    none besides."""
    quotes = {
        "type": "array",
        "items": closed({"line": {"type": "integer"}, "quote": {"type": "string"}}),
    }
    kinds = [
        closed({"type": {"type": "string", "enum": [kind]}, **fields_of(kind), "evidence": quotes}) for kind in KINDS
    ]
    return closed({"signals": {"type": "array", "items": {"anyOf": kinds}}})


def quotes_of(raw: object) -> tuple[Quote, ...]:
    """The proposal's quotes. Raises RefusedError where it is no proposal of ours: another type, unknown fields."""
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str) or raw["type"] not in KINDS:
        raise RefusedError(Fault.MALFORMED)
    fields = fields_of(raw["type"])
    if not set(raw) <= {"type", "evidence", *fields}:
        raise RefusedError(Fault.MALFORMED)
    amount = raw.get("amount")
    if amount is not None and not (isinstance(amount, Mapping) and set(amount) <= MONEY):
        raise RefusedError(Fault.MALFORMED)
    if any(isinstance(value, str) and (len(value) > LONGEST_NAME or UNFIT.search(value)) for value in raw.values()):
        raise RefusedError(Fault.MALFORMED)
    evidence = raw.get("evidence")
    if not isinstance(evidence, list) or not 0 < len(evidence) <= MOST_QUOTES:
        raise RefusedError(Fault.MALFORMED)
    return tuple(quote_of(piece) for piece in evidence)


def quote_of(piece: object) -> Quote:
    if not isinstance(piece, Mapping) or set(piece) != {"line", "quote"}:
        raise RefusedError(Fault.MALFORMED)
    line, text = piece["line"], piece["quote"]
    if isinstance(line, bool) or not isinstance(line, int) or not isinstance(text, str):
        raise RefusedError(Fault.MALFORMED)
    return Quote(line, text)


def signal_of(raw: Mapping[str, Any], evidence: tuple[Evidence, ...]) -> Signal:
    """The proposal as a signal, not yet checked against its words. Raises RefusedError for values of other types."""
    value = {key: raw[key] for key in raw if key != "evidence"}
    if value.get("change") is None and value["type"] == "date":
        value["change"] = str(DateChange.SET)
    try:
        return signal_from_json({**value, "evidence": [piece.to_json() for piece in evidence]})
    except (DecodeError, ArithmeticError, TypeError):
        raise RefusedError(Fault.MALFORMED) from None
