"""Sizes: "low six figures", "mid-to-high five figures", "the low millions", "mid eighties"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from extractors.amounts.cues import any_case

__all__ = ["Size", "find_sizes"]

_LEVELS: Final = {
    "low": (1, 3), "lower": (1, 3), "early": (1, 3), "mid": (4, 6), "middle": (4, 6), "mids": (4, 6),
    "high": (7, 10), "upper": (7, 10), "higher": (7, 10),
}  # fmt: skip
_DIGITS: Final = {"four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_DECADES: Final = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80,
    "nineties": 90,
}  # fmt: skip
_FROM: Final = r"(?P<from>low|lower|early|mid|middle|high|upper|higher)"
_TO: Final = r"(?:[- ]{1,2}(?:to|or|/)?[- ]{0,2}(?P<to>mid|middle|high|upper|higher))?"
_LEVEL: Final = rf"{_FROM}{_TO}[- ]{{1,2}}"
_FIGURES: Final = any_case(
    rf"(?<![\w-])(?P<which>(?:the|these|those|all|our|my)[ ])?(?:{_LEVEL})?"
    r"(?P<count>four|five|six|seven|eight|nine|ten|[4-9])[- ]fig(?:ure)?s?(?!\w)"
)
_PLENTY: Final = any_case(
    rf"(?<![\w-]){_LEVEL}(?P<much>hundreds[ ]of[ ]thousands|tens[ ]of[ ]thousands|hundred[ ]thousands"
    r"|(?:single[- ]digit[ ])?millions|tens[ ]of[ ]millions)(?!\w)"
)
_MUCH: Final = {"hun": 10**5, "tens of t": 10**4, "tens of m": 10**7, "mil": 10**6, "sin": 10**6}
_DECADE: Final = re.compile(
    rf"(?<![\w-]){_LEVEL}(?P<decade>{'|'.join(_DECADES)}|[1-9]0{{1,2}}['’]?s)(?!\w)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A range told by its size. `explicit` is false where it may as well be an age or a temperature."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    phrase: str
    explicit: bool


def find_sizes(text: str) -> list[Size]:
    """Every size told in `text`, in order."""
    lowered = text.lower()
    found: list[Size] = []
    if "fig" in lowered:
        for match in _FIGURES.finditer(text):
            if match["which"] and not match["from"]:
                continue
            scale = 10 ** ((_DIGITS.get(match["count"].lower()) or int(match["count"])) - 1)
            found.append(
                _size(
                    match,
                    scale,
                    0,
                    "<level> <count> figures",
                    start=match.end("which") if match["which"] else match.start(),
                )
            )
    if "thousands" in lowered or "millions" in lowered:
        for match in _PLENTY.finditer(text):
            much = match["much"].lower()
            scale = next(worth for name, worth in _MUCH.items() if much.startswith(name))
            found.append(_size(match, scale, 0, "<level> <scale>s"))
    if "ties" in lowered or "0s" in lowered or "0's" in lowered or "0’s" in lowered:
        for match in _DECADE.finditer(text):
            decade = match["decade"].lower()
            base = _DECADES.get(decade) or int(decade.rstrip("s'’"))
            found.append(_size(match, 10 if base >= 100 else 1, base, "<level> <tens>s", explicit=False))
    return sorted(found, key=lambda size: size.start)


def _size(
    match: re.Match[str], scale: int, base: int, phrase: str, *, start: int | None = None, explicit: bool = True
) -> Size:
    first = (match["from"] or "").lower()
    last = (match["to"] or first).lower()
    low = _LEVELS[first][0] if first else 1
    high = _LEVELS[last][1] if last else 10
    least = 0 if base and low == 1 else low
    return Size(
        start=match.start() if start is None else start,
        end=match.end(),
        low=Decimal(base + least * scale),
        high=Decimal(base + high * scale - (high == 10)),
        phrase=phrase,
        explicit=explicit,
    )
