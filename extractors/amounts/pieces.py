"""Pieces: single figures with the currency beside them, before ranges and bounds are seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, auto
from typing import Final

from extractors.amounts.counted import at_an_hour, counts_things, dates_or_names, idiom_around
from extractors.amounts.cues import GAP
from extractors.amounts.currencies import PREFIXES, SINGULARS, Said, in_lakhs, said_after, said_before
from extractors.numbers import Number, find_numbers
from extractors.numbers.figures import read_figure

__all__ = ["Piece", "Worth", "find_pieces"]

_ONE: Final = Decimal(1)
_A_BUCK: Final = re.compile(rf"(?<![\w-])(?:an?{GAP})?(?P<unit>{'|'.join(SINGULARS)})(?![\w’'-])", re.IGNORECASE)
_INDIAN: Final = re.compile(r"(?<![^\W\d_])(?:la(?:kh|c)s?|lkhs?|crores?|crs?|L)(?![^\W_])", re.IGNORECASE)
_LAKH: Final = re.compile(r"[ ]?L(?![^\W_])")
# "$2.1T"; "€ 12T" is as often twelve thousand.
_TRILLION: Final = re.compile(r"T(?![\w€$£])")
_POINT_OF_SHORT: Final = re.compile(r"(?i:mio|mrd)$")
_DIGIT_NEXT: Final = re.compile(r"[ \u00a0]?\d")
_AND_CENTS: Final = re.compile(rf"{GAP}(?:and{GAP})?|-")


class Worth(Enum):
    """How sure a figure alone is to be money."""

    MONEY = auto()  # a currency or a magnitude was said
    BARE = auto()  # the context decides
    SMALL = auto()  # below ten and alone: only the end of a range, or the price of something
    NOTHING = auto()  # it counts, dates or names something


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A figure from `start` to `end`, currency included. `factor` is what its last scale multiplied it by."""

    start: int
    end: int
    value: Decimal
    code: str | None
    multiplier: Decimal
    factor: Decimal
    magnitude: str | None
    spoken: bool
    pair: bool
    worth: Worth
    phrase: str
    word: bool = False


def find_pieces(text: str, deal: str) -> list[Piece]:
    """Every figure of `text` that may be money or may stop something else from being money."""
    numbers = find_numbers(PREFIXES.sub(lambda match: " " * len(match.group()), text))
    if any(word in text for word in SINGULARS) or any(word.capitalize() in text for word in SINGULARS):
        numbers = _with_single_coins(text, numbers)
    pieces: list[Piece] = []
    for number in numbers:
        pieces.append(_piece(text, number, deal, floor=pieces[-1].end if pieces else 0))
    return _with_cents(text, _without_runs(pieces))


def _with_single_coins(text: str, numbers: list[Number]) -> list[Number]:
    """ "a buck fifty": the coin alone counts as one."""
    taken = {number.end for number in numbers}
    coins = []
    for match in _A_BUCK.finditer(text):
        at = match.start("unit")
        if at - 1 in taken or at in taken:
            continue
        start, end = match.start(), max(match.start(), at - 1)
        coins.append(
            Number(
                start=start,
                end=end,
                text=text[start:end],
                value=_ONE,
                magnitude=None,
                factor=_ONE,
                spoken=True,
                phrase="a",
            )
        )
    return sorted([*numbers, *coins], key=lambda number: number.start)


def _in_lakhs(text: str, number: Number, deal: str) -> Number:
    """ "₹45L", and "45 L" where the deal is in rupees; elsewhere an L is a litre or a size."""
    match = _LAKH.match(text, number.end) if number.magnitude is None and not number.spoken else None
    front = said_before(text, number.start, deal) if match else None
    if match is None or "INR" not in (deal, front.code if front else None):
        return number
    return replace(
        number, end=match.end(), value=number.value * 10**5, factor=Decimal(10**5), magnitude="lakh", glued=""
    )


def _in_trillions(text: str, number: Number, deal: str) -> Number:
    if number.magnitude or number.spoken or not _TRILLION.match(text, number.end):
        return number
    front = said_before(text, number.start, deal)
    if front is None or front.code == "EUR":
        return number
    worth = Decimal(10**12)
    value = (read_figure(text, number.start).scaled or number.value) * worth  # "2.174" before a scale is 2.174
    return replace(number, end=number.end + 1, value=value, factor=worth, magnitude="trillion", glued="")


def _with_point(text: str, number: Number, deal: str) -> Number:
    """ "1,5 Mio. Euro": the point belongs to the short form where a currency follows."""
    end = number.end + 1
    if text[number.end : end] != "." or not _POINT_OF_SHORT.search(text[number.start : number.end]):
        return number
    return replace(number, end=end) if said_after(text, end, deal, scaled=True, written=True) else number


def _piece(text: str, number: Number, deal: str, *, floor: int) -> Piece:
    number = _in_lakhs(text, number, deal)
    number = _in_trillions(text, number, deal)
    number = _with_point(text, number, deal)
    scaled = number.magnitude not in (None, "hundred")
    front = said_before(text, number.start, deal)
    back = said_after(text, number.end, deal, scaled=scaled or front is not None, written=not number.spoken)
    if front is not None and front.edge < floor:
        front = None
    # "EUR 80 EUR 90": the second code belongs to the second figure.
    if front is not None and back is not None and (back.worth != 1 or _DIGIT_NEXT.match(text, back.edge)):
        back = None
    # "$80k Canadian": the later word is the more exact one.
    said = back or front
    code = said.code if said else in_lakhs(deal) if _INDIAN.search(text[number.start : number.end]) else None
    end = back.edge if back else number.end
    multiplier = (front.worth if front else _ONE) * (back.worth if back else _ONE)
    return Piece(
        start=front.edge if front else number.start,
        end=end,
        value=number.value * multiplier,
        code=code,
        multiplier=multiplier,
        factor=number.factor * multiplier,
        magnitude=number.magnitude,
        spoken=number.spoken,
        pair=number.phrase == "pair",
        worth=_worth(text, number, said, end, scaled=scaled),
        phrase=_phrase(number, front, back, scaled=scaled),
        word=back is not None and back.word,
    )


def _worth(text: str, number: Number, said: Said | None, end: int, *, scaled: bool) -> Worth:
    if (scaled or said or number.magnitude) and idiom_around(text, number.start, end):
        return Worth.NOTHING
    if said is not None:
        return Worth.MONEY
    if number.glued or number.phrase == "dozen" or counts_things(text, end):
        return Worth.NOTHING
    if scaled:
        return Worth.MONEY
    if dates_or_names(text, number):
        return Worth.NOTHING
    small = number.value < 10 and number.value.as_tuple().exponent == 0
    return Worth.SMALL if small or at_an_hour(text, number) else Worth.BARE


def _phrase(number: Number, front: Said | None, back: Said | None, *, scaled: bool) -> str:
    figure = "<number> <magnitude>" if scaled else "<number>"
    if number.phrase == "a":
        return "a <coin>"
    if back is not None:
        return f"{figure} <currency>"
    return f"<currency> {figure}" if front is not None else figure


def _without_runs(pieces: list[Piece]) -> list[Piece]:
    """Digits told one by one ("five five five one two", "0192 0193 0194") are an identifier and no money."""
    out = list(pieces)
    run = [0]
    for at in range(1, len(pieces) + 1):
        close = at < len(pieces) and pieces[at].start - pieces[at - 1].end == 1
        if close and pieces[at].code is None and pieces[at].magnitude is None:
            run.append(at)
            continue
        if len(run) >= 3:
            for index in run:
                if out[index].worth is not Worth.MONEY:
                    out[index] = replace(out[index], worth=Worth.NOTHING)
        run = [at]
    return out


def _with_cents(text: str, pieces: list[Piece]) -> list[Piece]:
    """ "a buck fifty", "ten dollars and fifty cents", "two pounds twenty"."""
    out: list[Piece] = []
    for piece in pieces:
        whole = out[-1] if out else None
        if whole is not None and _are_cents(text, whole, piece):
            cents = piece.value if piece.multiplier != 1 else piece.value / 100
            out[-1] = replace(
                whole, end=piece.end, value=whole.value + cents, phrase="<coins> <cents>", word=False, factor=_ONE
            )
        else:
            out.append(piece)
    return out


def _are_cents(text: str, whole: Piece, piece: Piece) -> bool:
    if whole.code is None or whole.magnitude is not None or whole.value != whole.value.to_integral_value():
        return False
    gap = text[whole.end : piece.start]
    if len(gap) > 6 or _AND_CENTS.fullmatch(gap) is None or piece.magnitude is not None:
        return False
    if piece.multiplier == Decimal("0.01"):
        return piece.value < 1 and whole.multiplier == 1
    bare = piece.code is None and piece.worth in (Worth.BARE, Worth.SMALL)
    return whole.word and bare and "and" not in gap and piece.spoken and 5 <= piece.value < 100
