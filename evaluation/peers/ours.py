"""What our grammars read in each case."""

from __future__ import annotations

import datetime as dt

from evaluation.peers.suites import Case, Value, plain
from extractors.amounts import find_amounts
from extractors.numbers import find_numbers
from extractors.periods import PeriodMention, find_periods

__all__ = ["answer"]

_DAY_FIRST = ("GB", "AU", "IN")


def answer(case: Case) -> list[list[Value]]:
    match case.kind:
        case "dates":
            now = dt.datetime.fromisoformat(case.now).replace(tzinfo=dt.UTC)
            found = find_periods(
                case.text, now=now, country=case.country, day_first=case.country in _DAY_FIRST and case.whole
            )
            return [[said(mention)] for mention in found]
        case "money":
            # A suite of prices says by its name that a bare figure is money.
            amounts = find_amounts(case.text, bare=case.suite.startswith("price-parser"))
            return [[[figure(amount.low), figure(amount.high), amount.currency]] for amount in amounts]
        case _:
            return [[[plain(str(number.value))]] for number in find_numbers(case.text)]


def figure(value: object) -> str:
    return "" if value is None else plain(str(value))


def said(mention: PeriodMention) -> Value:
    value = [mention.first.isoformat(), mention.last.isoformat()]
    if mention.at is None:
        return value
    return [*value, f"{mention.at:%H:%M}", f"{mention.until or mention.at:%H:%M}"]
