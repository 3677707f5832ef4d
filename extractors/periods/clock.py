"""Times of day beside a day: "at 3", "eleven thirty", "2-3pm", "half past two", "14:30 CET"."""

from dataclasses import dataclass
from datetime import time

from extractors.periods.lexicon import CARDINALS, FOLLOWERS, NOUGHTS, TENS, ZONES
from extractors.periods.numbers import digits, spoken
from extractors.periods.scan import DIGITS, Scan
from extractors.periods.value import Clock

_FIRST_AFTERNOON_HOUR = 6
"""Hours from 1 to this one are in the afternoon where nothing says otherwise: business is done by day."""
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
OPENINGS = frozenset(CARDINALS) | frozenset(TENS) | frozenset(_NAMED) | {DIGITS, "at", "half", "quarter", "a"}
"""Words with which a time of day begins."""
_QUARTERS = {"half": 30, "quarter": 15, "ten": 10, "five": 5, "twenty": 20}
_PARTS = {"morning": "am", "afternoon": "pm", "evening": "pm", "night": "pm", "lunchtime": "pm"}


@dataclass(frozen=True, slots=True)
class _Said:
    """A time as said: `hour` may be on a dial of twelve, `half` is "am", "pm" or empty, `sure` that it is a time."""

    end: int
    hour: int
    minute: int
    half: str
    sure: bool
    exact: bool

    def time(self, half: str) -> time:
        hour = self.hour
        half = self.half or half
        if half == "pm" and hour < 12:
            hour += 12
        elif half == "am" and hour == 12:
            hour = 0
        elif not half and 1 <= hour <= _FIRST_AFTERNOON_HOUR and self.end and not self.exact_24():
            hour += 12
        return time(hour, self.minute)

    def exact_24(self) -> bool:
        return self.half == "24"


def clock_after(scan: Scan, i: int, half: str = "") -> tuple[int, Clock] | None:
    """The time of day that follows a day, and the position after it."""
    j, marked = i, False
    if scan.word(j) == "," or (scan.word(j) == "-" and not scan.glued(j)):
        j += 1
    if scan.word(j) == "t" and scan.glued(j):
        j += 1
    while scan.word(j) in ("at", "@", "from", "between", "by", "around", "about", "before", "after", "say", "until"):
        marked = marked or scan.word(j) in ("at", "@", "from", "between", "by", "before", "around")
        j += 1
        if j - i > 3:
            return None
    if scan.word(j) == "(":
        j += 1
    return _range(scan, j, half, marked)


def clock_before(scan: Scan, i: int) -> tuple[int, Clock] | None:
    """The time of day that goes before a day ("3pm on", "at two on", "ten thirty next"), and the position after it."""
    marked = scan.word(i) == "at"
    found = _range(scan, i + 1 if marked else i, "", False, before_day=True)
    if found is None:
        return None
    j, clock = found
    if scan.word(j) in ("on", ",", "this"):
        j += 1 if scan.word(j) != "this" else 0
    return j, clock


def day_part(scan: Scan, i: int) -> tuple[int, str] | None:
    """A part of the day that follows a day, the position after it and the half of the dial it means."""
    j = i + 1 if scan.word(i) in ("early", "late", "mid", "first") else i
    if scan.word(j) == "-" and j > i:
        j += 1
    if scan.word(j) == "in" and scan.word(j + 1) == "the" and scan.word(j + 2) in _PARTS:
        return j + 3, _PARTS[scan.word(j + 2)]
    if scan.word(j) == "at" and scan.word(j + 1) in ("night", "lunchtime"):
        return j + 2, "pm"
    if scan.word(j) in _PARTS and scan.word(j + 1) != "s":
        return j + 1, _PARTS[scan.word(j)]
    if scan.word(j) == "first" and scan.word(j + 1) == "thing":
        return j + 2, "am"
    return None


def _range(scan: Scan, i: int, half: str, marked: bool, *, before_day: bool = False) -> tuple[int, Clock] | None:
    start = _one(scan, i)
    if start is None:
        return None
    stop = None
    j = start.end
    if scan.word(j) in ("-", "to", "till", "til", "until", "and"):
        stop = _one(scan, j + 1)
        if stop is not None and scan.word(j) == "and" and scan.word(i - 1) != "between":
            stop = None
        if stop is not None and not (start.sure or stop.sure or marked):
            stop = None
    if stop is None:
        if not (start.sure or marked or (before_day and scan.word(start.end) == "on")):
            return None
        if not start.sure and not start.exact and not _bare_end(scan, start.end):
            return None
    part = day_part(scan, (stop or start).end)
    end = (stop or start).end
    if part is not None:
        end, half = part
    end = _zone(scan, end)
    at_half = start.half
    if stop is not None and not at_half and stop.half in ("am", "pm"):
        # "11-1pm" starts before noon, "2-3pm" after it.
        at_half = stop.half if start.hour % 12 <= stop.hour % 12 else "am"
    try:
        at = start.time(at_half or half)
        until = stop.time(half) if stop else None
    except ValueError:
        return None
    return end, Clock(at=at, until=until, exact=start.exact or bool(stop and stop.exact))


def _bare_end(scan: Scan, i: int) -> bool:
    """Whether a plain number is done, and counts nothing: "at 3." but not "at 3 sites"."""
    return scan.ends_here(i) or scan.word(i) in FOLLOWERS or scan.word(i) in ZONES


def _one(scan: Scan, i: int) -> _Said | None:
    word = scan.word(i)
    if word in _NAMED:
        return _Said(i + 1, _NAMED[word].hour, 0, "24", True, False)
    if word == "12" and scan.word(i + 1) == "noon":
        return _Said(i + 2, 12, 0, "24", True, False)
    past = _past_or_to(scan, i)
    if past is not None:
        return past
    if word.isdigit():
        return _written(scan, i)
    said = spoken(scan, i)
    if said is None or not 1 <= said[1] <= 12:
        return None
    j, hour = said
    if scan.word(j) == "o" and scan.word(j + 1) == "'":
        return _Said(*_half(scan, j + 3, hour), True, False)
    if scan.word(j) == "oclock":
        return _Said(*_half(scan, j + 1, hour), True, False)
    minutes = spoken(scan, j)
    if scan.word(j) in NOUGHTS and (after := spoken(scan, j + 1)) and after[1] < 10:
        minutes = after
    if minutes and 0 < minutes[1] < 60 and (minutes[1] % 5 == 0):
        end, _, _, half = _half(scan, minutes[0], hour)
        return _Said(end, hour, minutes[1], half, True, True)
    end, _, _, half = _half(scan, j, hour)
    return _Said(end, hour, 0, half, bool(half), False)


def _past_or_to(scan: Scan, i: int) -> _Said | None:
    """ "Half past two", "quarter to three", "ten to four", "half two"."""
    j = i + 1 if scan.word(i) == "a" else i
    minute = _QUARTERS.get(scan.word(j))
    if minute is None:
        return None
    link = scan.word(j + 1)
    if link not in ("past", "to", "after", "before") or (minute == 30 and link != "past"):
        return None
    hour = spoken(scan, j + 2) or ((j + 3, value) if (value := digits(scan, j + 2, 2)) else None)
    if hour is None or not 1 <= hour[1] <= 12:
        return None
    # "ten to eleven" is a range as easily: only quarters and halves are sure.
    sure = minute in (15, 30)
    if not sure and link == "to":
        return None
    whole = hour[1] * 60 + (minute if link in ("past", "after") else -minute)
    end, _, _, half = _half(scan, hour[0], hour[1])
    return _Said(end, whole // 60 or 12, whole % 60, half, True, True)


def _written(scan: Scan, i: int) -> _Said | None:
    word = scan.word(i)
    mark = scan.word(i + 1)
    if len(word) <= 2 and int(word) < 24 and mark in (":", ".", "h") and scan.glued(i + 1):
        minutes = scan.word(i + 2)
        if len(minutes) == 2 and minutes.isdigit() and int(minutes) < 60 and scan.glued(i + 2):
            if scan.glued(i) and scan.word(i - 1) in "$€£.,/":
                return None
            if mark == "." and scan.word(i + 3) == "." and scan.glued(i + 3) and scan.word(i + 4).isdigit():
                return None  # "19.12.2026": a date
            j = i + 3
            if scan.word(j) == ":" and len(scan.word(j + 1)) == 2 and scan.glued(j) and scan.glued(j + 1):
                j += 2
            end, hour, minute, half = _half(scan, j, int(word), int(minutes))
            padded = "24" if not half and (word.startswith("0") or int(word) > 12) else half
            return _Said(end, hour, minute, padded, mark != "." or bool(half), True)
        if mark == "h":
            return _Said(i + 2, int(word), 0, "24", True, False)
    value = digits(scan, i, 2)
    if value is None or value > 23:
        if len(word) == 4 and scan.word(i + 1) in ("hours", "hrs", "h") and int(word[:2]) < 24 and int(word[2:]) < 60:
            return _Said(i + 2, int(word[:2]), int(word[2:]), "24", True, True)
        return None
    if scan.word(i + 1) == "o" and scan.word(i + 2) == "'" and scan.word(i + 3) == "clock":
        return _Said(*_half(scan, i + 4, value), True, False)
    end, hour, minute, half = _half(scan, i + 1, value)
    if end == i + 1 and scan.word(end) == "hrs":
        return _Said(end + 1, hour, 0, "24", True, False)
    return _Said(end, hour, minute, half, bool(half), False)


def _half(scan: Scan, i: int, hour: int, minute: int = 0) -> tuple[int, int, int, str]:
    """ "am", "p.m." or "a m" at a position, passed through with the time before it."""
    word = scan.word(i)
    if hour <= 12:
        if word in ("am", "pm"):
            return i + 1, hour, minute, word
        if word in ("a", "p") and scan.word(i + 1) == "." and scan.word(i + 2) == "m":
            return (i + 4 if scan.word(i + 3) == "." and scan.glued(i + 3) else i + 3), hour, minute, word + "m"
        if word in ("a", "p") and scan.word(i + 1) == "m" and not scan.glued(i + 1):
            return i + 2, hour, minute, word + "m"
        if word == "noon" and hour == 12:
            return i + 1, hour, minute, "24"
    elif word in ("am", "pm"):
        return i + 1, hour, minute, "24"
    return i, hour, minute, ""


def _zone(scan: Scan, i: int) -> int:
    """The position after a time zone, which the reader leaves to whoever knows where the speaker is."""
    j = i + 1 if scan.word(i) == "(" else i
    word = scan.word(j)
    if word in ZONES and (j == i or scan.word(j + 1) == ")") and not (word == "z" and not scan.glued(j)):
        return j + 2 if j > i else j + 1
    if word in ("eastern", "central", "pacific", "mountain") and (j == i):
        return j + 2 if scan.word(j + 1) == "time" else j + 1
    if word == "my" and scan.word(j + 1) == "time":
        return j + 2
    return i
