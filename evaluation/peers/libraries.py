"""What other libraries read in each case. Runs in an environment of its own, where they are installed:

    python libraries.py NAME < cases.jsonl > answers.jsonl

An answer is a list of things found, each a list of the values that the library leaves open. `ctparse-suite` prints that
library's own suite as cases instead.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
from evaluation.peers.suites import Case, days, plain, resolved

Answer = list[list[list[str]]]
Case_ = dict[str, Any]


def dateparser() -> Callable[[Case_], Answer]:
    from dateparser import parse
    from dateparser.search import search_dates

    def answer(case: Case_) -> Answer:
        now = dt.datetime.fromisoformat(case["now"])
        settings: dict[str, Any] = {"RELATIVE_BASE": now}
        if not case["suite"].startswith("dateparser"):
            settings["PREFER_DATES_FROM"] = "future"
        if case["whole"]:
            moment = parse(case["text"], languages=["en"], settings=settings)
            found = [moment] if moment else []
        else:
            found = [moment for _, moment in search_dates(case["text"], languages=["en"], settings=settings) or []]
        # It always gives a time of day; that of the base, or midnight, says nothing.
        return [[days(at), days(at, timed=True)] for at in found]

    return answer


def recognizers() -> Callable[[Case_], Answer]:
    from recognizers_date_time import recognize_datetime
    from recognizers_number import recognize_number
    from recognizers_number_with_unit import recognize_currency

    def dates(case: Case_) -> Answer:
        now = dt.datetime.fromisoformat(case["now"])
        found = []
        for result in recognize_datetime(case["text"], "en-us", reference=now):
            values = [resolved(value) for value in (result.resolution or {}).get("values", [])]
            if any(values):
                found.append([value for value in values if value])
        return found

    def money(case: Case_) -> Answer:
        return [
            [[plain(said["value"]), plain(said["value"]), _iso(said)]]
            for said in (result.resolution for result in recognize_currency(case["text"], "en-us"))
            if said.get("value")
        ]

    def numbers(case: Case_) -> Answer:
        return [[[plain(result.resolution["value"])]] for result in recognize_number(case["text"], "en-us")]

    return lambda case: {"dates": dates, "money": money, "numbers": numbers}[case["kind"]](case)


def _iso(said: dict[str, str]) -> str:
    known = {"Dollar": "USD", "United States dollar": "USD", "Euro": "EUR", "British pound": "GBP", "Pound": "GBP"}
    return said.get("isoCurrency") or known.get(said.get("unit", ""), said.get("unit", ""))


def ctparse() -> Callable[[Case_], Answer]:
    from ctparse import ctparse as parse
    from ctparse.types import Interval, Time

    def moment(time: Any) -> tuple[dt.datetime, bool] | None:
        if time is None or not time.year:
            return None
        hour, minute = time.hour, time.minute
        day = dt.date(time.year, time.month, time.day)
        return dt.datetime.combine(day, dt.time(hour or 0, minute or 0)), hour is not None

    def answer(case: Case_) -> Answer:
        with contextlib.suppress(Exception):  # it fails on some texts: no reading
            read = parse(case["text"], ts=dt.datetime.fromisoformat(case["now"]), timeout=5)
            meant = read.resolution if read else None
            if isinstance(meant, Time) and (at := moment(meant)):
                return [[days(at[0], timed=at[1])]]
            if isinstance(meant, Interval):
                first, last = moment(meant.t_from), moment(meant.t_to)
                if first and last:
                    return [[days(first[0], last[0], timed=first[1])]]
        return []

    return answer


def price_parser() -> Callable[[Case_], Answer]:
    from price_parser import Price

    def answer(case: Case_) -> Answer:
        price = Price.fromstring(case["text"])
        iso = {"$": "USD", "€": "EUR", "£": "GBP", "US$": "USD", "Rs": "INR", "₹": "INR"}
        currency = iso.get(price.currency or "", price.currency or "")
        figure = None if price.amount is None else plain(str(price.amount))
        return [] if figure is None else [[[figure, figure, currency]]]

    return answer


def quantulum() -> Callable[[Case_], Answer]:
    from quantulum3 import parser

    units = {"dollar": "USD", "euro": "EUR", "pound sterling": "GBP", "cent": "USD", "penny": "", "dime": "USD"}
    parts = {"cent": 0.01, "penny": 0.01, "dime": 0.1}

    def numbers(case: Case_) -> Answer:
        return [[[plain(str(found.value))]] for found in parser.parse(case["text"])]

    def money(case: Case_) -> Answer:
        out: Answer = []
        for found in parser.parse(case["text"]):
            unit = found.unit.name.split(" per ")[0]
            if found.unit.entity.name == "currency" or unit in units:
                figure = plain(str(round(found.value * parts.get(unit, 1), 6)))
                out.append([[figure, figure, units.get(unit, unit)]])
        return out

    return lambda case: {"money": money, "numbers": numbers}[case["kind"]](case)


_GERMAN = re.compile(
    r"\b(?:uhr|bis|am|um|ab|vor|nach|vom|von|der|den|januar|februar|märz|mai|juni|juli|oktober|dezember|montags?"
    r"|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|sonntags?|mo|di|mi|do|fr|sa|so|heute|morgen|gestern"
    r"|ende|jetzt|gerade|erster|letzter|nächste[nrs]?|früh|abends?|mittags?|okt|dez|mrz|und|tage|woche)\b|[äöüß]",
    re.IGNORECASE,
)


def ctparse_suite() -> Iterator[Case]:
    """ctparse's corpus, which travels in its package: what is English in it and has a day."""
    from ctparse.time.auto_corpus import corpus as found
    from ctparse.time.corpus import corpus as written

    seen = set()
    for meaning, now, texts in [*written, *found]:
        value = _meant(meaning)
        for text in texts:
            if value and not _GERMAN.search(text) and (now, text) not in seen:
                seen.add((now, text))
                yield Case(suite="ctparse", kind="dates", text=text, want=[[value]], now=now, whole=True)


_MOMENT = r"(\d{4}-\d\d-\d\d) (X:X|\d\d:\d\d) \(X/X\)"


def _meant(meaning: str) -> list[str] | None:
    match = re.fullmatch(rf"(?:Time\[\]\{{{_MOMENT}\}}|Interval\[\]\{{{_MOMENT} - {_MOMENT}\}})", meaning)
    if match is None:
        return None
    said = [group for group in match.groups() if group]
    first, last = said[:2], said[-2:]
    return [first[0], last[0]] if first[1] == "X:X" else [first[0], last[0], first[1], last[1]]


LIBRARIES = {
    "dateparser": (dateparser, {"dates"}),
    "Recognizers-Text": (recognizers, {"dates", "money", "numbers"}),
    "ctparse": (ctparse, {"dates"}),
    "price-parser": (price_parser, {"money"}),
    "quantulum3": (quantulum, {"money", "numbers"}),
}


def main() -> None:
    warnings.simplefilter("ignore")
    if sys.argv[1] == "ctparse-suite":
        for case in ctparse_suite():
            print(json.dumps(case.to_json()))
        return
    make, kinds = LIBRARIES[sys.argv[1]]
    answer = make()
    for line in sys.stdin:
        case = json.loads(line)
        if case["kind"] not in kinds:
            print("null")
            continue
        try:
            print(json.dumps(answer(case)), flush=True)
        except Exception as error:  # noqa: BLE001 - a text on which it fails is one that it does not read
            print(f"{sys.argv[1]}: {case['text'][:60]!r}: {error!r}", file=sys.stderr)
            print("[]", flush=True)


if __name__ == "__main__":
    main()
