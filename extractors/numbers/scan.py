"""One pass over a text, stopping only where a number can begin."""

from __future__ import annotations

from decimal import Decimal

from extractors.numbers.grammar import read_number, read_ordinal
from extractors.numbers.groups import Span
from extractors.numbers.number import Number
from extractors.numbers.tokens import STARTERS, Token, tokens_of

__all__ = ["find_numbers", "find_ordinals"]


def find_numbers(text: str) -> list[Number]:
    """The cardinal numbers of `text`, in order; they never overlap. Takes time in proportion to the text."""
    return [number for number in _scan(text) if number.phrase != "ordinal"]


def find_ordinals(text: str) -> list[Number]:
    """The ordinal numbers of `text` ("the 21st", "thirty-first"), in order. "second" may as well be a unit of time."""
    return [number for number in _scan(text) if number.phrase == "ordinal"]


def _scan(text: str) -> list[Number]:
    tokens = tokens_of(text)
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        if not (tokens[at].word in STARTERS or tokens[at].figure):
            at += 1
            continue
        span = read_ordinal(tokens, at) or read_number(tokens, at)
        if span is None:
            at += 1
            continue
        if span.value is not None:
            found.append(_number(text, tokens, at, span, span.value))
        at = span.until
    return found


def _number(text: str, tokens: list[Token], at: int, span: Span, value: Decimal) -> Number:
    start, end = tokens[at].start, tokens[span.until - 1].end
    after = tokens[span.until] if span.until < len(tokens) else None
    return Number(
        start=start,
        end=end,
        text=text[start:end],
        value=value,
        magnitude=span.magnitude,
        factor=span.factor,
        spoken=tokens[at].figure is None,
        phrase=span.phrase,
        glued=after.word if after is not None and after.start == end and after.figure is None else "",
    )
