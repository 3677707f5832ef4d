"""The small numbers that dates are made of: counts, ordinals, days of a month and years, written or spoken."""

from extractors.periods.lexicon import CARDINALS, MONTHS, NOUGHTS, ORDINAL_ENDINGS, ORDINALS, TENS
from extractors.periods.scan import Readings, Scan
from extractors.periods.value import Year

FIRST_YEAR, LAST_YEAR = 1900, 2079
_LAST_SHORT_YEAR = 60
_MONEY = frozenset("$€£¥₹#")


def digits(scan: Scan, i: int, longest: int = 3) -> int | None:
    """A whole number in digits that is no part of a decimal, a sum of money, a version or a longer code."""
    word = scan.word(i)
    if not word.isascii() or not word.isdigit() or len(word) > longest:
        return None
    if scan.glued(i) and (scan.word(i - 1) in _MONEY or _joins_digits(scan, i - 1)):
        return None
    if scan.glued(i + 1) and (scan.word(i + 1) == "%" or _joins_digits(scan, i + 1)):
        return None
    return int(word)


def _joins_digits(scan: Scan, mark: int) -> bool:
    """Whether a point, comma or colon at a position ties two numbers into one, as in 3.5, 1,200 and 10:30."""
    return (
        scan.word(mark) in ".,:"
        and scan.word(mark) != ""
        and scan.glued(mark)
        and scan.glued(mark + 1)
        and scan.word(mark - 1).isdigit()
        and scan.word(mark + 1).isdigit()
    )


def spoken(scan: Scan, i: int) -> tuple[int, int] | None:
    """A number below a hundred in words and the position after it: "twenty-seven"."""
    word = scan.word(i)
    if word in TENS:
        j = i + 1
        if scan.word(j) == "-" and scan.glued(j):
            j += 1
        ones = CARDINALS.get(scan.word(j), 0)
        return (j + 1, TENS[word] + ones) if 1 <= ones <= 9 else (i + 1, TENS[word])
    if word in CARDINALS:
        return i + 1, CARDINALS[word]
    return None


def number(scan: Scan, i: int) -> Readings:
    """A count from 1 to 999."""
    written = digits(scan, i)
    if written is not None:
        return [(i + 1, written)] if written else []
    hundred_at = 0
    if scan.word(i) == "a" and scan.word(i + 1) == "hundred":
        hundreds, hundred_at = 1, i + 1
    else:
        said = spoken(scan, i)
        if said is None:
            return []
        if scan.word(said[0]) != "hundred" or said[1] > 9:
            return [said] if said[1] else []
        hundreds, hundred_at = said[1], said[0]
    j = hundred_at + 1
    rest = spoken(scan, j + 1 if scan.word(j) == "and" else j)
    return [(rest[0], hundreds * 100 + rest[1])] if rest else [(j, hundreds * 100)]


def ordinal(scan: Scan, i: int) -> Readings:
    """An ordinal from 1 to 31: 21st, twenty first, thirty-first."""
    word = scan.word(i)
    if word.isdigit():
        value = digits(scan, i, 2)
        if value and value <= 31 and scan.word(i + 1) in ORDINAL_ENDINGS and scan.starts[i + 1] - scan.ends[i] <= 1:
            return [(i + 2, value)]
        return []
    if word in ORDINALS:
        return [(i + 1, ORDINALS[word])]
    if word in TENS:
        j = i + 1
        if scan.word(j) == "-" and scan.glued(j):
            j += 1
        ones = ORDINALS.get(scan.word(j), 0)
        if 1 <= ones <= 9 and TENS[word] + ones <= 31:
            return [(j + 1, TENS[word] + ones)]
    return []


def day_number(scan: Scan, i: int) -> Readings:
    """A day of a month: an ordinal, or a plain number from 1 to 31, with the point of "12. March"."""
    found = list(ordinal(scan, i))
    value = digits(scan, i, 2)
    if value is not None:
        if not found and 1 <= value <= 31:
            found.append((i + 1, value))
            if (
                scan.word(i + 1) == "."
                and scan.glued(i + 1)
                and (scan.word(i + 2) in MONTHS or scan.word(i + 2) in "-&")
            ):
                found.append((i + 2, value))
    else:
        said = spoken(scan, i)
        if said and 1 <= said[1] <= 31:
            found.append(said)
            # "march twenty two thirty" and "may ten": the shorter number stays open for what follows.
            if said[0] > i + 1 and scan.word(i) in TENS:
                found.append((i + 1, TENS[scan.word(i)]))
    return sorted(found, key=lambda f: -f[0])


def year(scan: Scan, i: int) -> Readings:
    """A year in full: 2027, twenty twenty seven, two thousand and twenty seven, nineteen ninety nine."""
    word = scan.word(i)
    if word.isdigit():
        value = digits(scan, i, 4)
        if value is None or not FIRST_YEAR <= value <= LAST_YEAR or len(word) != 4:
            return []
        return [(i + 1, value)]
    if word == "two" and scan.word(i + 1) == "thousand":
        j = i + 3 if scan.word(i + 2) == "and" else i + 2
        rest = spoken(scan, j)
        return [(rest[0], 2000 + rest[1])] if rest and 1 <= rest[1] <= LAST_YEAR - 2000 else []
    if word in ("twenty", "nineteen"):
        century = 1900 if word == "nineteen" else 2000
        j = i + 2 if scan.word(i + 1) == "-" and scan.glued(i + 1) else i + 1
        if scan.word(j) in NOUGHTS and scan.word(j + 1) in CARDINALS and century == 2000:
            return [(j + 2, 2000 + CARDINALS[scan.word(j + 1)])]
        rest = spoken(scan, j)
        if rest and rest[1] >= 10 and FIRST_YEAR <= century + rest[1] <= LAST_YEAR:
            return [(rest[0], century + rest[1])]
    return []


def full_year(value: int) -> int:
    """The year of two digits: 27 is 2027, 74 is 1974."""
    return value + (2000 if value < _LAST_SHORT_YEAR else 1900)


def short_year(scan: Scan, i: int) -> Readings:
    """The last two digits of a year, where something else says that it is one: 27, '27, twenty seven."""
    j = i + 1 if scan.word(i) == "'" else i
    if scan.word(j).isdigit():
        value = digits(scan, j, 2)
        return [(j + 1, full_year(value))] if value is not None and len(scan.word(j)) == 2 else []
    said = spoken(scan, j)
    return [(said[0], 2000 + said[1])] if j == i and said and 20 <= said[1] < 80 else []


def clipped_year(scan: Scan, i: int) -> Readings:
    """A year with its century cut off by an apostrophe: '27."""
    if scan.word(i) == "'" and scan.glued(i + 1) and not scan.word(i + 2).isdigit():
        return short_year(scan, i)
    return []


def fiscal_number(scan: Scan, i: int) -> Readings:
    """The number of a fiscal year: 27, 2027, twenty seven, 26/27, 2026-27 (which are all 2027)."""
    found = list(year(scan, i)) or list(short_year(scan, i))
    for end, first in list(found):
        if scan.word(end) in ("/", "-") and scan.glued(end) and scan.glued(end + 1):
            for after, second in list(short_year(scan, end + 1)) + list(year(scan, end + 1)):
                if second == first + 1:
                    return [(after, second)]
    return found


def fiscal_year(scan: Scan, i: int) -> Readings:
    """A fiscal year with its number: FY27, FY 26/27, fiscal 2027, financial year twenty seven."""
    word = scan.word(i)
    j = i + 1
    if word in ("fiscal", "financial"):
        if scan.word(j) in ("year", "yr"):
            j += 1
        elif word == "financial":
            return []
    elif word not in ("fy", "fye"):
        return []
    if scan.word(j) == "-":
        j += 1
    return [(end, Year(number=value, fiscal=True)) for end, value in fiscal_number(scan, j)]
