"""From figures to amounts: ranges, bounds, hedges, and what the money buys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Final

from extractors.amounts.amount import Amount
from extractors.amounts.cues import CUES, GAP, LOOK_BACK, after, any_case, before, either
from extractors.amounts.per import a_unit_before, per_after, per_before
from extractors.amounts.pieces import Worth, find_pieces
from extractors.amounts.ranges import find_ranges
from extractors.amounts.sizes import find_sizes
from signals import Per

__all__ = ["find_amounts"]

_HEDGE_BEFORE: Final = before(CUES["hedges"]["before"])
_HEDGE_AFTER: Final = after(CUES["hedges"]["after"])
_AT_MOST: Final = before(CUES["bounds"]["at-most"])
_AT_LEAST: Final = before(CUES["bounds"]["at-least"])
_AT_MOST_AFTER: Final = after(CUES["bounds"]["at-most-after"])
_AT_LEAST_AFTER: Final = after(CUES["bounds"]["at-least-after"])
_PLUS: Final = re.compile(r"\+(?![\d$€£]|[ ]?[\w])")
_PLUS_ENDS: Final = any_case(r"\s{0,3}(?:$|[.,;:!?)]|a |an |per |/|each |annually|yearly|for |in |on |at |and )")
# "bumped us up to 120": where it went. "can go up to 120": how far it may go.
_MOVED: Final = any_case(
    rf"(?<!\w)(?P<may>(?:can|could|may|might|will){GAP})?(?:{either(CUES['bounds']['moved'])})"
    rf"(?:{GAP}[^\W\d_]+){{0,2}}{GAP}up{GAP}to$"
)
_A_CODE: Final = re.compile(r"[A-Z]{3}")


class _Bound(Enum):
    EXACT = auto()
    AT_MOST = auto()
    AT_LEAST = auto()


# ">50k" touching the figure; with a space it may as well quote a mail.
_SIGN: Final = re.compile(r"[<>≤≥]=?$")
_SIGNS: Final = {"<": _Bound.AT_MOST, "≤": _Bound.AT_MOST, ">": _Bound.AT_LEAST, "≥": _Bound.AT_LEAST}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """What was read so far: a figure or a range, not yet bounded."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    code: str | None
    explicit: bool
    phrase: str
    alone: bool
    priced_only: bool


def find_amounts(text: str, *, currency: str = "USD", bare: bool = False) -> list[Amount]:
    """The amounts of money in `text`, in order; they never overlap. Takes time in proportion to the text.

    `currency` is the deal's, an ISO 4217 code: what "$" and "k" alone are in. `bare`: also figures that only the
    context can make money. Raises ValueError where `currency` is no code.
    """
    if not _A_CODE.fullmatch(currency):
        raise ValueError(f"currency: {currency!r} is no ISO 4217 code of three capital letters, such as 'USD'")
    found: list[Amount] = []
    for figure in _figures(text, currency, bare=bare):
        floor = found[-1].end if found else 0
        # "80k, not one cent more": the cent belongs to the bound.
        amount = _amount(text, figure, currency, floor=floor) if figure.start >= floor else None
        if amount is not None:
            found.append(amount)
    return found


def _figures(text: str, currency: str, *, bare: bool) -> list[_Figure]:
    sizes = find_sizes(text)
    figures = [
        _Figure(
            start=size.start, end=size.end, low=size.low, high=size.high, code=None, explicit=size.explicit,
            phrase=size.phrase, alone=False, priced_only=False,
        )
        for size in sizes
        if bare or size.explicit
    ]  # fmt: skip
    for found in find_ranges(text, find_pieces(text, currency)):
        if found.worth is Worth.NOTHING or any(
            size.start < found.high.end and found.start < size.end for size in sizes
        ):
            continue
        explicit = found.worth is Worth.MONEY
        if not (explicit or bare):
            continue
        single = found.low is found.high
        figures.append(
            _Figure(
                start=found.start,
                end=found.high.end,
                low=found.low.value,
                high=found.high.value,
                code=found.low.code,
                explicit=explicit,
                phrase=found.phrase,
                alone=single,
                # One below ten, or a coin alone ("not a dollar"), is money only where it is the price of something.
                priced_only=found.worth is Worth.SMALL or found.phrase == "a <coin>",
            )
        )
    return sorted(figures, key=lambda figure: figure.start)


def _amount(text: str, figure: _Figure, currency: str, *, floor: int) -> Amount | None:
    start, bound, hedge = _before(text, figure.start, floor)
    end, bound_after, hedge_after = _after(text, figure.end)
    bought = per_after(text, end, currency_said=figure.code is not None)
    if bought is not None:
        end = bought[1]
        if bound_after is _Bound.EXACT:
            end, bound_after, _ = _after(text, end)
    per = bought[0] if bought else None
    if per is not Per.UNIT:
        # "per hotel it's thirty-eight thousand a month" is the price of a unit, whatever its period.
        per = Per.UNIT if a_unit_before(text, start, floor=floor) else per or per_before(text, start, floor=floor)
    if figure.priced_only and per is None:
        return None
    if bound is _Bound.EXACT or not figure.alone:
        bound = bound_after if bound is _Bound.EXACT else bound
    low: Decimal | None = figure.low
    high: Decimal | None = figure.high
    phrase = figure.phrase
    if bound is _Bound.AT_MOST:
        phrase = f"at most {phrase}"
        low = Decimal(0) if figure.alone else low
    elif bound is _Bound.AT_LEAST:
        phrase = f"at least {phrase}"
        high = None if figure.alone else high
    return Amount(
        start=start,
        end=end,
        text=text[start:end],
        low=low,
        high=high,
        currency=figure.code or currency,
        per=per or Per.TOTAL,
        phrase=phrase,
        explicit=figure.explicit,
        currency_said=figure.code is not None,
        hedge=hedge or hedge_after,
    )


def _before(text: str, start: int, floor: int) -> tuple[int, _Bound, str | None]:
    """Where the amount begins with the bound before it, that bound, and the hedge."""
    hedge = None
    at = start
    for _ in range(3):
        window = text[max(floor, at - LOOK_BACK) : at]
        if sign := _SIGN.search(window):
            return at - len(sign.group()), _SIGNS[sign.group()[0]], hedge
        matches = {
            _Bound.AT_MOST: _AT_MOST.search(window),
            _Bound.AT_LEAST: _AT_LEAST.search(window),
            _Bound.EXACT: _HEDGE_BEFORE.search(window),
        }
        # The longest wins: "no more than" before "more than", "a little over" before "over".
        nearest = sorted((match.start(), bound.value, match) for bound, match in matches.items() if match)
        if not nearest:
            break
        _, kind, match = nearest[0]
        bound = _Bound(kind)
        cue = " ".join(match["cue"].lower().split())
        at -= len(window) - match.start("cue")
        if bound is _Bound.EXACT:
            hedge = hedge or cue
            continue
        if cue in ("up to", "upto"):
            moved = _MOVED.search(text[max(floor, at - LOOK_BACK) : at + len(match["cue"])])
            if moved and not moved["may"]:
                break
        return at, bound, hedge
    return start, _Bound.EXACT, hedge


def _after(text: str, end: int) -> tuple[int, _Bound, str | None]:
    """Where the amount ends with the hedge and the bound after it."""
    hedge = None
    if match := _HEDGE_AFTER.match(text, end):
        hedge, end = match["cue"].lower().strip("-"), match.end()
    if match := _PLUS.match(text, end):
        return match.end(), _Bound.AT_LEAST, hedge
    if match := _AT_MOST_AFTER.match(text, end):
        return match.end(), _Bound.AT_MOST, hedge
    match = _AT_LEAST_AFTER.match(text, end)
    if match and (match["cue"].lower() != "plus" or _PLUS_ENDS.match(text, match.end())):
        return match.end(), _Bound.AT_LEAST, hedge
    return end, _Bound.EXACT, hedge
