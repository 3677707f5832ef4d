"""How numbers are said: groups, then scales ("hundred thousand"), then what is added ("and ten")."""

from __future__ import annotations

from decimal import Decimal

from extractors.numbers import words
from extractors.numbers.groups import ONE, Span, add_half, add_point, group_at, joined, scale_at, word_at
from extractors.numbers.tokens import Token

__all__ = ["read_number", "read_ordinal"]


def read_ordinal(tokens: list[Token], at: int) -> Span | None:
    """ "21st", "thirty-first", "twelfth"."""
    token = tokens[at]
    after = joined(tokens, at + 1)
    if token.figure is not None:
        suffix = tokens[at + 1] if at + 1 < len(tokens) else None
        if suffix and suffix.word in ("st", "nd", "rd", "th") and (suffix.touches or suffix.joined):
            return Span(at + 2, token.figure.value, phrase="ordinal")
        return None
    if token.word in words.ORDINAL_UNITS or token.word in words.ORDINAL_TENS:
        return Span(
            at + 1, Decimal(words.ORDINAL_UNITS.get(token.word) or words.ORDINAL_TENS[token.word]), phrase="ordinal"
        )
    if token.word in words.TENS and after in words.ORDINAL_UNITS and words.ORDINAL_UNITS[after] < 10:
        return Span(at + 2, Decimal(words.TENS[token.word] + words.ORDINAL_UNITS[after]), phrase="ordinal")
    return None


def read_number(tokens: list[Token], at: int) -> Span | None:
    """The longest number that begins at the token `at`."""
    if tokens[at].word in words.VAGUE or tokens[at].word == "no":
        return _vague(tokens, at)
    part = _part(tokens, at)
    if part is None:
        return None
    if part.value is None or part.magnitude is None:
        return part
    return _additions(tokens, part)


def _vague(tokens: list[Token], at: int) -> Span | None:
    """ "a few hundred thousand" is no figure, and its "hundred thousand" none either."""
    until = at + 1
    while joined(tokens, until) in words.SCALES:
        until += 1
    return Span(until, None) if until > at + 1 else None


def _additions(tokens: list[Token], part: Span) -> Span:
    """ "one million two hundred thousand", "a thousand and ten", "one crore twenty lakh", "a million two"."""
    assert part.value is not None
    total, scale, until, factor = part.value, words.SCALES[part.magnitude or "hundred"][1], part.until, part.factor
    magnitude = part.magnitude
    while scale > 100:
        linked = word_at(tokens, until) == "and" and tokens[until].joined
        comma = until < len(tokens) and tokens[until].comma
        start = until + 1 if linked else until
        if start >= len(tokens) or not (comma or tokens[start].joined) or tokens[start].word in ("a", "an", "point"):
            break
        more = _part(tokens, start)
        if more is None or more.value is None or more.value >= scale or more.phrase == "half":
            break
        if more.magnitude is None or more.magnitude == "hundred":
            added = _colloquial(more, magnitude or "", linked or comma, figure=tokens[start].figure is not None)
            if added is None:
                break
            # "between one thousand and fifteen hundred": the other end of a range.
            total, until = total + added, more.until
            break
        total, until = total + more.value, more.until
        scale, magnitude, factor = words.SCALES[more.magnitude][1], more.magnitude, more.factor
    return Span(until, total, magnitude, factor, part.phrase)


def _colloquial(more: Span, magnitude: str, linked: bool, *, figure: bool) -> Decimal | None:
    """What "two" adds in "a million two" (200 thousand), "twenty" in "one crore twenty" (lakh)."""
    value = more.value
    assert value is not None
    if magnitude == "thousand" and figure and not linked and value < 1000:
        # "2 thousand 5 hundred"
        return value if more.magnitude == "hundred" or more.phrase == "hundreds" else None
    if magnitude in ("thousand", "hundred"):
        # "ten thousand forty": fine; "80 thousand 5" is two figures.
        return None if figure or (linked and more.phrase == "pair") else value
    if figure or linked:
        return value if linked and not figure and value < 100 and magnitude == "lakh" else None
    match magnitude:
        case "million" | "billion" | "trillion":
            worth = words.SCALES[magnitude][1]
            return value * worth / (10 if value < 10 else 1000) if value < 1000 else value
        case "crore":
            return value * 100_000 if value < 100 else None
        case "lakh":
            return value * 1000 if value < 100 else None
        case _:
            return None


def _part(tokens: list[Token], at: int) -> Span | None:
    """A group with its scales: "two hundred thousand", "1.2 million", "two and a half k", "half a million"."""
    if (half := _half(tokens, at)) is not None:
        return half
    group = group_at(tokens, at)
    if group is None or group.value is None:
        return group
    group = add_point(tokens, at, group)
    group = add_half(tokens, group)
    return _scaled(tokens, at, group)


def _scaled(tokens: list[Token], at: int, group: Span) -> Span:
    value, magnitude, factor, until = group.value, group.magnitude, group.factor, group.until
    figure = tokens[at].figure
    if figure is not None and group.until == at + 1 and scale_at(tokens, until) is not None:
        value = figure.scaled
    assert value is not None
    while (scale := scale_at(tokens, until, alone=until == at)) is not None:
        name, worth = scale
        value, magnitude, factor, until = value * worth, name, factor * worth, until + 1
        if tokens[until - 1].word not in words.SINGULAR_SCALES:
            break
    if magnitude == "hundred" and figure is not None and value < 1000 and joined(tokens, until) == "and":
        rest = tokens[until + 1].figure if until + 1 < len(tokens) and tokens[until + 1].joined else None
        scale = scale_at(tokens, until + 2)
        if rest and rest.value and rest.value < 100 and not (rest.grouped or (scale and scale[0] == "hundred")):
            # "3 hundred and 21", as speech-to-text writes it; "3 hundred and 2 hundred" are two.
            if scale is None:
                return Span(until + 2, value + rest.value, None, ONE, "hundreds")
            return Span(until + 3, (value + rest.value) * scale[1], scale[0], scale[1], "hundreds")
    if magnitude not in (None, "hundred") or group.magnitude is None:
        # "a million and a half", "two lakhs and a half"
        link = [joined(tokens, until + step) for step in range(3)]
        half = link[0] == "and" and link[1] in ("a", "one") and link[2] in ("half", "quarter")
        if magnitude and half and joined(tokens, until + 3) not in words.SCALES:
            value += words.FRACTIONS[link[2]] * words.SCALES[magnitude][1]
            until += 3
    return Span(until, value, magnitude, factor, group.phrase)


def _half(tokens: list[Token], at: int) -> Span | None:
    """ "half a million", "a quarter of a million", "a couple hundred thousand", "half a dozen", "two dozen"."""
    word, step = tokens[at].word, at
    value = ONE
    if word == "a" and joined(tokens, at + 1) in ("half", "quarter", "couple", "dozen"):
        step = at + 1
    elif word in words.DIGITS and joined(tokens, at + 1) in ("quarter", "quarters", "dozen"):
        value, step = Decimal(words.DIGITS[word]), at + 1
    word = tokens[step].word
    if word == "dozen":
        return Span(step + 1, value * 12, None, Decimal(12), "dozen")
    if word in words.FRACTIONS:
        value, phrase = value * words.FRACTIONS[word], "half"
    elif word == "couple":
        value, phrase = Decimal(2), "couple"
    elif word in words.DIGITS and joined(tokens, at + 1) in words.PARTS and joined(tokens, at + 2) == "of":
        value, phrase, step = Decimal(words.DIGITS[word]) / words.PARTS[tokens[at + 1].word], "half", at + 1
    else:
        return None
    step += 1
    if joined(tokens, step) == "of":
        step += 1
    if joined(tokens, step) in ("a", "an"):
        step += 1
    if joined(tokens, step) == "dozen":
        return Span(step + 1, value * 12, None, Decimal(12), "dozen")
    if scale_at(tokens, step) is None:
        return None
    return _scaled(tokens, at, Span(step, value, phrase=phrase))
