"""Numbers in digits, in any country's way of grouping them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from price_parser.parser import parse_number

__all__ = ["Figure", "read_figure"]

_LONGEST = 18

_NO_NUMBER: Final = re.compile(
    r"""
      \d{4}-\d{1,2}-\d{1,2}(?:T\d[\d:.]*)?(?!\d)  # a date, as computers write it
    | \d{1,2}/\d{1,2}/\d{2,4}(?!\d)               # a date
    | \d{1,4}/\d{1,4}(?!\d)                       # a date, a fraction, 24/7
    | \d{1,2}-\d{1,2}-\d{4}(?!\d)                 # a date
    | \d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?![\d.])  # a date
    | \d{1,2}[:h]\d{2}(?::\d{2})?(?!\d)           # a time of day
    | \d{3}[-.\ ]\d{3}[-.\ ]\d{4}(?!\d)           # a phone number
    | \d{3}-\d{4}(?!\d)                           # a phone number
    | \d{1,9}(?:\.\d{1,9}){2,20}(?!\d)            # a version, an address of a machine
    """,
    re.VERBOSE,
)
_GROUPED: Final = re.compile(
    r"""
      (?P<comma>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d{1,4}(?!\d))?
        | \d{1,3}(?:,\d{2})+,\d{3}(?!\d)(?:\.\d{1,2}(?!\d))?)
    | (?P<dot>\d{1,3}(?:\.\d{3})+(?!\d)(?:,\d{1,2}(?!\d))?)
    | (?P<quote>\d{1,3}(?:['’]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?)
    | (?P<space>[1-9]\d{0,2}(?:[\ \u00a0\u2009\u202f\u2007]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?)
    """,
    re.VERBOSE,
)
_INTERNATIONAL: Final = re.compile(r"\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,6}(?!\d)")
# Behind digits in groups: a currency says that they belong together, a scale that they do not.
_MONEY_AFTER: Final = re.compile(r"[ ]?(?:[A-Z]{3}\b|[€£$¥₹₩₽]|kr\b|zł|Kč)")
_SCALED: Final = re.compile(r"[ ]?(?:[kKmM]|mil|mio|thousand|million|grand)\b")
_PLAIN: Final = re.compile(r"\d+(?:\.\d{1,12}(?![\d])(?!\.\d)|,\d{1,2}(?!\d)(?!,\d))?")


@dataclass(frozen=True, slots=True)
class Figure:
    """Digits from `start` to `end`. `value` is None for what is no number (a date, a version).

    `scaled` is the value if a scale follows: "1.250" alone is 1250, "1.250 million" is 1.25 million.
    """

    start: int
    end: int
    value: Decimal | None
    scaled: Decimal | None
    grouped: bool = False


def read_figure(text: str, start: int) -> Figure:
    """The figure whose first digit is at `start`."""
    if start and text[start - 1] == "." and (start == 1 or not text[start - 2].isalnum()):
        plain = _PLAIN.match(text, start)
        if plain and plain.group().isdigit() and len(plain.group()) <= _LONGEST:
            fraction = Decimal("0." + plain.group())
            return Figure(start - 1, plain.end(), fraction, fraction)
    if start and text[start - 1] == "+" and (phone := _INTERNATIONAL.match(text, start)):
        return Figure(start, phone.end(), None, None)
    grouped = _GROUPED.match(text, start)
    nothing = _NO_NUMBER.match(text, start)
    if nothing and not (grouped and grouped.end() >= nothing.end()):
        return Figure(start, nothing.end(), None, None)
    if grouped and (figure := _grouped(text, grouped)):
        return figure
    plain = _PLAIN.match(text, start)
    if plain is None or plain.end() - start > _LONGEST:
        return Figure(start, plain.end() if plain else start + 1, None, None)
    written, end = plain.group(), plain.end()
    if "," in written and start > 1 and text[start - 1] == "," and text[start - 2].isdigit():
        # "22,24,26,31" is a list.
        written, end = written.partition(",")[0], start + written.index(",")
    value = parse_number(written, "," if "," in written else ".")
    return Figure(start, end, value, value)


def _grouped(text: str, match: re.Match[str]) -> Figure | None:
    written = match.group()
    if len(written) > 2 * _LONGEST:
        return None
    start, end = match.span()
    match match.lastgroup:
        case "comma":
            value = parse_number(written, ".")
            return Figure(start, end, value, value, grouped=True)
        case "dot":
            if written.startswith("0."):
                return None
            value = parse_number(written, ",")
            scaled = parse_number(written, ".") if written.count(".") == 1 and "," not in written else value
            return Figure(start, end, value, scaled, grouped=True)
        case "quote":
            squeezed = written.replace("'", "").replace("’", "")
            value = parse_number(squeezed, "," if "," in squeezed else ".")
            return Figure(start, end, value, value, grouped=True)
        case _:
            return _spaced(text, match)


def _spaced(text: str, match: re.Match[str]) -> Figure | None:
    """ "12 500" and "1 200 000" are one number; "100 120" may be two, and "5 120k" are."""
    written = match.group()
    start, end = match.span()
    whole, _, decimals = written.replace(",", ".").partition(".")
    groups = whole.split(" ")
    one = len(groups) != 2 or bool(decimals) or groups[1].endswith("00") or len(groups[0]) < 3
    if not one and not _MONEY_AFTER.match(text, end):
        return None
    if " " in whole and not groups[-1].endswith("000") and _SCALED.match(text, end):
        return None
    squeezed = "".join(written.split())
    value = parse_number(squeezed, "," if "," in squeezed else ".")
    return Figure(start, end, value, value, grouped=True)
