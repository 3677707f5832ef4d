"""The suites of other libraries as cases of one shape.

A case is a text and what it should be read as: for each thing in it, the values that count as right (a library that
leaves open whether "Friday" is past or future gives two). A value is a list of strings, compared as it is:

- dates: `[first day, last day]`, both inclusive, ISO; with a time of day two more, `["2013-02-12", "2013-02-12",
  "15:00", "17:00"]` (a time that is no range is said twice)
- money: `[low, high, currency]`; the currency is "" where the words leave it open, a bound "" where there is none
- numbers: `[value]`

What no reader of dates *with a day* can be asked is left out (docs/peers.md says what).
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

__all__ = ["Case", "cases"]

Value = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`want`: for each thing in the text, every value that is right. `whole`: the text is that thing and no more."""

    suite: str
    kind: str
    text: str
    want: list[list[Value]]
    now: str = ""
    whole: bool = False
    country: str = "US"
    supported: bool = True

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def cases(folder: Path) -> Iterator[Case]:
    """Every case in the folder, which holds a folder for each library; one that lacks is passed over."""
    for name, read in (
        ("recognizers-text", _recognizers),
        ("duckling", _duckling),
        ("dateparser", _dateparser),
        ("price-parser", _price_parser),
        ("quantulum3", _quantulum),
    ):
        if (folder / name).is_dir():
            yield from read(folder / name)


def _load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8-sig"))


def days(first: dt.datetime, last: dt.datetime | None = None, *, timed: bool = False) -> Value:
    """A value out of two moments, both inclusive."""
    last = last or first
    value = [first.date().isoformat(), last.date().isoformat()]
    return [*value, f"{first:%H:%M}", f"{last:%H:%M}"] if timed else value


# ---------------------------------------------------------------- Recognizers-Text

_DATES = ("DateParser", "DatePeriodParser", "HolidayParser", "DateTimeParser", "DateTimePeriodParser", "MergedParser")


def _recognizers(folder: Path) -> Iterator[Case]:
    for name in _DATES:
        for entry in _load(folder / "DateTime" / "English" / f"{name}.json"):
            want = [_recognized(result.get("Value") or {}) for result in entry["Results"]]
            now = entry.get("Context", {}).get("ReferenceDateTime", "2016-11-07T00:00:00")
            if all(want) and (want or name != "MergedParser"):
                yield Case(
                    suite="Recognizers-Text: dates",
                    kind="dates",
                    text=entry["Input"],
                    want=want,
                    now=now,
                    supported=_in_python(entry),
                )
    for entry in _load(folder / "Number" / "English" / "NumberModel.json"):
        values = [[[_plain(result["Resolution"]["value"])]] for result in entry["Results"]]
        yield Case(
            suite="Recognizers-Text: numbers",
            kind="numbers",
            text=entry["Input"],
            want=values,
            supported=_in_python(entry),
        )


def _in_python(entry: dict[str, Any]) -> bool:
    """Whether the suite expects this of the library's Python edition."""
    return "python" not in entry.get("NotSupported", "") + entry.get("NotSupportedByDesign", "")


def _recognized(value: dict[str, Any]) -> list[Value]:
    resolutions = [value.get("FutureResolution") or {}, value.get("PastResolution") or {}, *value.get("values", [])]
    read = [resolved(resolution) for resolution in resolutions]
    return [reading for reading in read if reading is not None]


def resolved(said: dict[str, str]) -> Value | None:
    """What one resolution of Recognizers-Text means, its exclusive ends made inclusive; None without a day."""
    said = {key.lower().removesuffix("date").removesuffix("time"): value for key, value in said.items()} | said
    kind = said.get("type", "")
    if kind in ("time", "timerange", "duration", "set"):
        return None
    try:
        if said.get("start") and said.get("end"):
            first, last = (dt.datetime.fromisoformat(said[key]) for key in ("start", "end"))
            timed = len(said["start"]) > 10
            return days(first, last if timed else last - dt.timedelta(days=1), timed=timed)
        day = said.get("date") or said.get("dateTime") or said.get("value") or ""
        return days(dt.datetime.fromisoformat(day), timed=len(day) > 10)
    except ValueError:
        return None


# ---------------------------------------------------------------- duckling

_LOCALES = {"EN": "US", "EN_US": "US", "EN_GB": "GB", "EN_CA": "CA", "EN_AU": "AU", "EN_IN": "IN"}
_STEPS = {"second": "seconds", "minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"}
_GENERIC = {"Dollar": "USD", "Pound": "GBP", "Cent": "USD", "Unnamed": "", "Riyal": "", "Rial": "", "Dinar": ""}


def _duckling(folder: Path) -> Iterator[Case]:
    times = _load(folder / "time_en.json")
    for entry in times["positive"]:
        said = entry["expected"]
        value = _duckled(said)
        if entry["locale"] not in _LOCALES or entry["section"] == "latentCorpus" or value is None:
            continue
        yield Case(
            suite="duckling: holidays" if "holiday" in said else "duckling: dates",
            kind="dates",
            text=entry["text"],
            want=[[value]],
            now="2013-02-15T04:30:00" if entry["section"] == "diffCorpus" else "2013-02-12T04:30:00",
            whole=True,
            country=_LOCALES[entry["locale"]],
        )
    for entry in times["negative"]:
        yield Case(
            suite="duckling: no date", kind="dates", text=entry["text"], want=[], now="2013-02-12T04:30:00", whole=True
        )
    for entry in _load(folder / "amount_of_money_en.json")["positive"]:
        if entry["section"] != "latentCorpus" and entry["locale"] in _LOCALES:
            yield Case(
                suite="duckling: money", kind="money", text=entry["text"], want=[[_paid(entry["expected"])]], whole=True
            )
    for entry in _load(folder / "numeral_en.json")["positive"]:
        value = [_plain(str(entry["expected"]["value"]))]
        yield Case(suite="duckling: numbers", kind="numbers", text=entry["text"], want=[[value]], whole=True)


def _duckled(said: dict[str, Any]) -> Value | None:
    grain = said["grain"]
    timed = grain in ("hour", "minute")
    if grain == "second" or "direction" in said or said.get("value", "").startswith("-"):
        return None
    if "start" in said:
        first, end = (dt.datetime.fromisoformat(said[key]) for key in ("start", "end_exclusive"))
        return days(first, end if timed else end - dt.timedelta(days=1), timed=timed)
    first = dt.datetime.fromisoformat(said["value"])
    return days(first, first if timed else after(first, grain) - dt.timedelta(days=1), timed=timed)


def after(first: dt.datetime, grain: str) -> dt.datetime:
    """The first moment after the period that begins there."""
    if grain in _STEPS:
        return first + dt.timedelta(**{_STEPS[grain]: 1})
    months = first.year * 12 + first.month - 1 + {"month": 1, "quarter": 3, "year": 12}[grain]
    return first.replace(year=months // 12, month=months % 12 + 1)


def _paid(said: dict[str, Any]) -> Value:
    currency = _GENERIC.get(said["currency"], said["currency"])
    scale = Decimal("0.01") if said["currency"] == "Cent" else Decimal(1)
    figures = {key: _plain(str(Decimal(str(said[key])) * scale)) for key in ("value", "from", "to") if key in said}
    match said["kind"]:
        case "between":
            return [figures["from"], figures["to"], currency]
        case "under":
            return ["0", figures["value"], currency]
        case "above":
            return [figures["value"], "", currency]
    return [figures["value"], figures["value"], currency]


def _plain(figure: str) -> str:
    """One way to write a number: "5.0" → "5"."""
    try:
        value = Decimal(figure)
    except ArithmeticError:
        return figure
    return f"{value.normalize():f}" if value else "0"


plain = _plain

# ---------------------------------------------------------------- dateparser

_FINE = ("hours", "minutes", "seconds", "microseconds")


def _dateparser(folder: Path) -> Iterator[Case]:
    for entry in _load(folder / "absolute_dates_en.json")["cases"]:
        moment = dt.datetime.fromisoformat(entry["expected"])
        timed = bool(moment.hour or moment.minute)
        if re.search(r"[^\W\d_]{3}|\d[/.-]\d", entry["date_string"]):
            yield Case(
                suite="dateparser: absolute",
                kind="dates",
                text=entry["date_string"],
                want=[[days(moment, timed=timed)]],
                now="2012-11-13T00:00:00",
                whole=True,
            )
    base = dt.datetime.fromisoformat("2014-09-01T10:30:00")
    for entry in _load(folder / "relative_dates_en.json")["cases"]:
        away = entry.get("ago") or entry.get("in_future")
        if not away or set(away) & set(_FINE) or not entry["date_string"].isascii() or "timezone" in entry:
            continue
        moment = moved(base, away, -1 if "ago" in entry else 1)
        if moment is not None:
            yield Case(
                suite="dateparser: relative",
                kind="dates",
                text=entry["date_string"],
                want=[[days(moment)]],
                now=base.isoformat(),
                whole=True,
            )
    for entry in _load(folder / "search_dates_en.json")["cases"]:
        text = entry.get("text") or entry.get("string") or ""
        found = entry.get("expected")
        if not found or not text.isascii() or len(found[0]) != 2 or entry.get("shortname", "en") != "en":
            continue
        base_at = (entry.get("settings") or {}).get("RELATIVE_BASE")
        moments = [dt.datetime.fromisoformat(at.split()[0]) for _, at in found]
        yield Case(
            suite="dateparser: search",
            kind="dates",
            text=text,
            want=[[days(moment, timed=bool(moment.hour or moment.minute))] for moment in moments],
            now=base_at or "2000-01-01T00:00:00",
        )


def moved(base: dt.datetime, away: dict[str, int], sign: int) -> dt.datetime | None:
    """`base` with years, months, weeks and days put on or off; None where that year cannot be written."""
    months = base.year * 12 + base.month - 1 + sign * (12 * away.get("years", 0) + away.get("months", 0))
    year, month = divmod(months, 12)
    if not 1 <= year <= 9998:
        return None
    last = calendar.monthrange(year, month + 1)[1]
    moment = base.replace(year=year, month=month + 1, day=min(base.day, last))
    return moment + sign * dt.timedelta(days=7 * away.get("weeks", 0) + away.get("days", 0))


# ---------------------------------------------------------------- money


def _price_parser(folder: Path) -> Iterator[Case]:
    for entry in _load(folder / "price_parsing.json")["examples"]:
        text, amount = entry["price_raw"], entry["amount"]
        if not isinstance(text, str):
            continue
        want = [] if amount is None else [[[_plain(str(amount)), _plain(str(amount)), ""]]]
        with_currency = entry["currency"] is not None and entry["currency"] in text
        suite = "price-parser: with a currency" if with_currency else "price-parser: figures alone"
        yield Case(suite=suite, kind="money", text=text, want=want, whole=True)


_UNITS = {
    "dollar": ("USD", "1"),
    "euro": ("EUR", "1"),
    "pound sterling": ("GBP", "1"),
    "cent": ("USD", "0.01"),
    "dime": ("USD", "0.1"),
    "penny": ("", "0.01"),
}


def _quantulum(folder: Path) -> Iterator[Case]:
    for entry in _load(folder / "quantities.json"):
        paid = [result for result in entry["res"] if str(result["unit"]).split(" per ")[0] in _UNITS]
        want = []
        for result in paid:
            currency, scale = _UNITS[str(result["unit"]).split(" per ")[0]]
            value = _plain(str(Decimal(str(result["value"])) * Decimal(scale)))
            want.append([[value, value, currency]])
        suite = "quantulum3: money" if want else "quantulum3: no money"
        yield Case(suite=suite, kind="money", text=entry["req"], want=want)
