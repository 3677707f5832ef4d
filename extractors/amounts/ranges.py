"""Ranges: two figures that share their scale and their currency ("between 100 and 120k", "€1.2–1.4m")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from extractors.amounts.cues import CUES, GAP, LOOK_BACK, any_case, either
from extractors.amounts.pieces import Piece, Worth

__all__ = ["Range", "find_ranges"]

_FILLERS: Final = rf"(?:(?:{either([*CUES['hedges']['before'], *CUES['hedges']['within-range']])}),?{GAP}){{0,3}}"
_JOIN: Final = any_case(
    rf"(?:{GAP})?(?P<join>[-–—→~]|to|or|and|up{GAP}to|down{GAP}to|through|till|,)?(?:{GAP})?{_FILLERS}"
)
_BETWEEN: Final = any_case(rf"(?<!\w)(?P<cue>(?:(?:somewhere|anywhere|something|in){GAP})?between){GAP}{_FILLERS}$")
_FROM: Final = any_case(rf"(?<!\w)(?P<cue>(?:(?:anywhere|ranging|ranges|somewhere){GAP})?from){GAP}{_FILLERS}$")
_RANGING: Final = any_case(r"any|rang|some")
_CHANGED: Final = any_case(rf"(?<!\w)(?:{either(CUES['change']['verbs'])})(?!\w)")
_LARGER: Final = (Decimal(10**6), Decimal(10**9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """One figure (`high` is `low`) or two; `start` is where "between" begins, if it was said."""

    start: int
    low: Piece
    high: Piece
    phrase: str
    dead: bool = False

    @property
    def worth(self) -> Worth:
        if self.dead:
            return Worth.NOTHING
        return min((self.low.worth, self.high.worth), key=lambda worth: worth.value)


def find_ranges(text: str, pieces: list[Piece]) -> list[Range]:
    """The pieces in order, those that make a range together as one."""
    out: list[Range] = []
    at = 0
    while at < len(pieces):
        pair = _joined(text, pieces[at], pieces[at + 1]) if at + 1 < len(pieces) else None
        if pair is not None:
            out.extend(pair)
            at += 2
            continue
        out.append(_alone(pieces[at]))
        at += 1
    return out


def _alone(piece: Piece) -> Range:
    return Range(start=piece.start, low=piece, high=piece, phrase=piece.phrase)


def _joined(text: str, first: Piece, second: Piece) -> list[Range] | None:
    """One range of the two, or two figures that share their scale; None where neither belongs to the other."""
    gap = text[first.end : second.start]
    if len(gap) > 40 or (match := _JOIN.fullmatch(gap)) is None:
        return None
    join = " ".join((match["join"] or "").lower().split())
    window = text[max(0, first.start - LOOK_BACK) : first.start]
    between, source = _BETWEEN.search(window), _FROM.search(window)
    start = first.start
    phrase = f"<amount> {join or '_'} <amount>"
    if between and join in ("and", "to", "-", "–", "—", "~", "or"):
        start -= len(window) - between.start("cue")
        phrase = "between <amount> and <amount>"
    elif join == "and":
        return None
    elif source and join in ("to", "up to", "through", "till", "-", "–"):
        changed = _CHANGED.search(window[: source.start()][-30:]) and not _RANGING.match(source["cue"])
        if changed:
            return _change(first, second)
        start -= len(window) - source.start("cue")
        phrase = "from <amount> to <amount>"
    if join in ("down to", "→"):
        return _change(first, second)
    if first.worth is Worth.NOTHING or second.worth is Worth.NOTHING:
        return _dead(first, second, start, phrase) if join not in ("", ",") else None
    if join in ("", "-") and first.value + second.value == 100 and Worth.MONEY not in (first.worth, second.worth):
        return _dead(first, second, start, "fifty-fifty")
    if join in ("", ",") and not _side_by_side(first, second):
        return None
    shared = _share(first, second)
    if shared is None and join == "to":
        return _change(first, second)
    if shared is None or (join == "or" and shared[1].value > shared[0].value * Decimal("1.6")):
        return None
    if join in ("", ",") and shared[1].value > shared[0].value * 2:
        return None
    return [Range(start=start, low=shared[0], high=shared[1], phrase=phrase)]


def _change(first: Piece, second: Piece) -> list[Range] | None:
    """ "from 120 to 95k": two figures one after the other, of one scale and one currency."""
    if Worth.NOTHING in (first.worth, second.worth):
        return None
    factor = max(first.factor, second.factor)
    worth = min((first.worth, second.worth), key=lambda worth: worth.value)
    code = first.code or second.code
    both = []
    for piece in (first, second):
        value = piece.value
        if piece.magnitude is None and factor > 1 and value * 20 < max(first.value, second.value):
            value *= factor
        both.append(_alone(replace(piece, value=value, code=code, worth=worth)))
    return both


def _dead(first: Piece, second: Piece, start: int, phrase: str) -> list[Range] | None:
    """ "40 to 50 people", "10-15 %": what the second counts the first counts too."""
    if Worth.MONEY in (first.worth, second.worth):
        return None
    return [Range(start=start, low=first, high=second, phrase=phrase, dead=True)]


def _side_by_side(first: Piece, second: Piece) -> bool:
    """ "forty fifty thousand", "80, 90k": only the second has a scale; "eighty ninety": neither has."""
    if first.magnitude is None and second.magnitude is None and first.spoken and second.spoken:
        return first.code is None and second.value - first.value in (5, 10) and second.start - first.end == 1
    return first.magnitude is None and first.code is None and second.magnitude is not None and first.value >= 1


def _share(first: Piece, second: Piece) -> tuple[Piece, Piece] | None:
    """Both ends with the scale and the currency that one of them said for both; None where that makes no range."""
    code = first.code or second.code
    low, high = first.value, second.value
    if first.code is None and second.code is not None:
        low *= second.multiplier
    elif second.code is None and first.code is not None:
        high *= first.multiplier
    if second.factor > first.factor and second.magnitude and first.magnitude in (None, "hundred"):
        low *= next((scale for scale in _scales(second.factor) if low * scale < high), 1)
    elif high < low and first.factor > 1 and second.magnitude is None:
        high *= next((scale for scale in (*_scales(first.factor), *_LARGER) if high * scale > low), 1)
    elif first.spoken and second.spoken and first.magnitude is None and second.magnitude is None:
        # "one eighty to two", "one to one twenty": hundreds, as the other end shows.
        if high < 10 <= low / 10 and first.pair:
            high *= 100
        elif low < 10 and second.pair and low * 100 < high < 1000:
            low *= 100
    if not low < high:
        return None
    worth = min((first.worth, second.worth), key=lambda worth: worth.value)
    return (
        replace(first, value=low, code=code, worth=worth),
        replace(second, value=high, code=code, worth=worth),
    )


def _scales(factor: Decimal) -> list[Decimal]:
    """What a figure may have been multiplied by beside one multiplied by `factor`, largest first."""
    scales = [Decimal(10) ** power for power in (12, 9, 7, 6, 5, 3, 2)]
    return [factor, *(scale for scale in scales if scale < factor and scale != 10**7)]
