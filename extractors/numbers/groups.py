"""Groups: what stands before a scale. Figures, "one thirty-five", "two hundred and ten", "one point two"."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from extractors.numbers import words
from extractors.numbers.tokens import Token

__all__ = ["ONE", "Span", "add_half", "add_point", "group_at", "joined", "scale_at", "word_at"]

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Span:
    """What was read up to the token `until`. `value` None: words that look like a number and are none."""

    until: int
    value: Decimal | None
    magnitude: str | None = None
    factor: Decimal = ONE
    phrase: str = "figure"


def group_at(tokens: list[Token], at: int) -> Span | None:
    """A number below ten thousand without its scale, or a figure."""
    token = tokens[at]
    if token.figure is not None:
        return _written(tokens, at)
    if token.word in words.GLYPHS:
        return Span(at + 1, words.GLYPHS[token.word], phrase="figure")
    if token.word in ("zero", "nought", "naught"):
        return Span(at + 1, Decimal(0), phrase="words")
    if token.word in ("a", "an"):
        return _a_scale(tokens, at)
    if token.word in words.SINGULAR_SCALES:
        return _hundreds(tokens, at, ONE) if token.word == "hundred" else Span(at, ONE, phrase="words")
    if token.word == "point":
        return _leading_point(tokens, at)
    small = _small(tokens, at)
    if small is None:
        return None
    value, until = small
    if joined(tokens, until) in words.PARTS and value < 10:
        return Span(until + 1, None)
    if joined(tokens, until) == "hundred":
        return _hundreds(tokens, until, Decimal(value))
    return _pair(tokens, value, until) or Span(until, Decimal(value), phrase="words")


def _written(tokens: list[Token], at: int) -> Span:
    figure = tokens[at].figure
    assert figure is not None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if figure.value is not None and after and after.word in words.GLYPHS and (after.touches or after.joined):
        return Span(at + 2, figure.value + words.GLYPHS[after.word], phrase="figure")
    if figure.value == 401 and after and after.word == "k":
        return Span(at + 2, None)
    return Span(at + 1, figure.value, phrase="figure")


def _a_scale(tokens: list[Token], at: int) -> Span | None:
    word = joined(tokens, at + 1)
    if word == "hundred":
        return _hundreds(tokens, at + 1, ONE)
    if word not in words.SCALES or word in words.ABBREVIATED or len(word) < 3 or word.endswith("s"):
        return None
    if word == "grand" and joined(tokens, at + 2) in words.GRAND_OTHERWISE:
        return None
    return Span(at + 1, ONE, phrase="words")


def _hundreds(tokens: list[Token], at: int, count: Decimal) -> Span:
    """From the word "hundred": "two hundred and ten", "a hundred ten", "twelve hundred fifty"."""
    value, until = count * 100, at + 1
    linked = joined(tokens, until) == "and"
    start = until + 1 if linked else until
    while joined(tokens, start) in words.FILLERS:
        start += 1
    if start < len(tokens) and tokens[start].joined and (small := _small(tokens, start)):
        more, after = small
        # "one hundred and one fifty", "a hundred and two hundred": another number begins.
        another = joined(tokens, after) in ("hundred", "percent") or joined(tokens, after) in words.PARTS
        another = another or (more < 10 and _pair(tokens, more, after) is not None)
        # "a hundred, hundred and ten"; "two hundred two fifty"
        if not another:
            return Span(after, value + more, phrase="words")
    return Span(until, value, "hundred", Decimal(100), "words")


def _pair(tokens: list[Token], first: int, at: int) -> Span | None:
    """ "one thirty-five" is 135, "twelve fifty" 1250, "one oh five" 105; "forty fifty" are two numbers."""
    if joined(tokens, at) in ("oh", "o"):
        digit = words.DIGITS.get(joined(tokens, at + 1))
        return Span(at + 2, Decimal(first * 100 + digit), phrase="pair") if digit else None
    if at >= len(tokens) or not tokens[at].joined or (small := _small(tokens, at)) is None:
        return None
    second, until = small
    if second < 10 and (10 <= first < 20 or (first > 20 and first % 10)):
        return _elided(tokens, first, second, until)
    if first < 10 and second < 10:
        return _digits(tokens, first, second, until)
    if second < 10 or joined(tokens, until) in ("hundred", "first", "second", "third"):
        return None
    if first >= 10 and (_neighbours(first, second) or scale_at(tokens, until) is not None):
        return None
    return Span(until, Decimal(first * 100 + second), phrase="pair", factor=ONE)


def _elided(tokens: list[Token], first: int, second: int, until: int) -> Span | None:
    """ "twelve eight": 12.8, "twenty-eight five": 28.5 of what both know (thousand, as a rule); longer runs are digits
    told one by one."""
    after = tokens[until] if until < len(tokens) else None
    close = after is not None and (after.joined or after.touches)
    if after is not None and close and (after.word in words.NUMERIC or after.figure is not None):
        return None
    return Span(until, first + Decimal(second) / 10, phrase="elided")


def _digits(tokens: list[Token], first: int, second: int, at: int) -> Span | None:
    """ "one nine five" is 195, "one eight forty" 1.84 of what both know (million, as a rule)."""
    if at >= len(tokens) or not tokens[at].joined or (small := _small(tokens, at)) is None:
        return None
    third, until = small
    after = tokens[until] if until < len(tokens) else None
    if after is not None and (after.joined or after.touches) and (after.word in words.NUMERIC or after.figure):
        return None
    if third < 10:
        run = second - first == third - second == 1
        return None if run else Span(until, Decimal(first * 100 + second * 10 + third), phrase="pair")
    if third < 20:
        return None
    return Span(until, first + Decimal(second * 100 + third) / 1000, phrase="elided")


def _neighbours(first: int, second: int) -> bool:
    """ "thirty forty", "fifteen twenty", "fifty fifty": two numbers, not one."""
    if first == second and first < 20:
        # "ten ten quid": said twice.
        return True
    return (first >= 30 and first % 10 == second % 10 == 0) or (first, second) in {(20, 30), (15, 20)}


def _small(tokens: list[Token], at: int) -> tuple[int, int] | None:
    """1 to 99 in words, and the token after it."""
    word = tokens[at].word
    if word in words.TENS:
        unit = words.DIGITS.get(joined(tokens, at + 1))
        # "twenty one fifty" is 21.50, but "fifty two hundred" is no 52 hundred for most people: leave it to them.
        return (words.TENS[word] + unit, at + 2) if unit else (words.TENS[word], at + 1)
    value = words.DIGITS.get(word) or words.TEENS.get(word)
    return (value, at + 1) if value else None


def _leading_point(tokens: list[Token], at: int) -> Span | None:
    """ "point five percent", "point two five million"; "at this point five of us" is none."""
    span = add_point(tokens, at, Span(at, Decimal(0), phrase="words"))
    if span.until == at or not (scale_at(tokens, span.until) or joined(tokens, span.until) in words.AFTER_POINT):
        return None
    return span


def add_point(tokens: list[Token], at: int, group: Span) -> Span:
    """What "point two five" adds to the group before it."""
    until = group.until
    if word_at(tokens, until) != "point" or not (until == at or tokens[until].joined):
        return group
    digits, step = "", until + 1
    while step < len(tokens) and tokens[step].joined and len(digits) < 12:
        token = tokens[step]
        if token.word in ("oh", "o", "zero", "nought", "naught"):
            digits, step = digits + "0", step + 1
        elif token.word in words.DIGITS:
            digits, step = digits + str(words.DIGITS[token.word]), step + 1
        elif not digits and token.figure and token.figure.value is not None and not token.figure.grouped:
            digits, step = str(token.figure.value).replace(".", ""), step + 1
            break
        elif not digits and (small := _small(tokens, step)):
            digits, step = str(small[0]), small[1]
            break
        else:
            break
    if not digits or group.value is None:
        return group
    return Span(step, group.value + Decimal("0." + digits), phrase="point")


def add_half(tokens: list[Token], group: Span) -> Span:
    """ "two and a half", "one and three quarter": before a scale, or alone."""
    until = group.until
    if group.value is None or joined(tokens, until) != "and":
        return group
    first, second = joined(tokens, until + 1), joined(tokens, until + 2)
    if first == "half" and second not in words.SCALES and second != "a":
        # "seventeen and half", as Indians say it
        return Span(until + 2, group.value + words.FRACTIONS[first], phrase="half")
    if first == "a" and second in ("half", "quarter"):
        return Span(until + 3, group.value + words.FRACTIONS[second], phrase="half")
    if first == "three" and second in ("quarter", "quarters"):
        return Span(until + 3, group.value + Decimal("0.75"), phrase="half")
    return group


def scale_at(tokens: list[Token], at: int, *, alone: bool = False) -> tuple[str, Decimal] | None:
    """The scale that multiplies what stands before the token `at`; `alone`: nothing needs to ("million dollars")."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    scale = words.SCALES.get(token.word)
    if scale is None or alone:
        return scale
    if not (token.joined or token.touches) or (token.word in words.ABBREVIATED and not token.touches):
        return None
    if token.word == "mm" and not token.touches and tokens[at - 1].figure is None:
        # "fifteen, mm, a month": only a hum.
        return None
    if token.word == "grand" and joined(tokens, at + 1) in words.GRAND_OTHERWISE:
        return None
    return scale


def joined(tokens: list[Token], at: int) -> str:
    """The word at `at` if it follows its neighbour closely, else nothing."""
    return tokens[at].word if at < len(tokens) and tokens[at].joined else ""


def word_at(tokens: list[Token], at: int) -> str:
    return tokens[at].word if at < len(tokens) else ""
