"""Everything that is written in a sentence, before any judgement (`telltale spans`)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from signals.decode import HALF_A_LETTER, plain_number

if TYPE_CHECKING:
    from extractors.phrases import Mention

__all__ = ["spans"]


def spans(
    text: str, *, now: dt.datetime | None = None, currency: str = "USD", day_first: bool = False
) -> dict[str, list[dict[str, Any]]]:
    """Amounts, periods, people, companies and titles in `text`, with offsets in characters.

    Relative dates count from `now`; without it only dates that need no "today" are given.
    """
    from extractors.amounts import find_amounts
    from extractors.companies import How, companies_of, find_companies
    from extractors.people import find_people, find_titles, people_of
    from extractors.periods import find_periods

    text = HALF_A_LETTER.sub("\N{REPLACEMENT CHARACTER}", text)
    base = now or dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    periods = find_periods(text, now=base, day_first=day_first)
    amounts = find_amounts(text, currency=currency)
    people, titles = find_people(text, people_of(())), find_titles(text)
    # what is only written like a name is none where something else is read there
    taken: list[Mention] = [*periods, *amounts, *people, *titles]
    companies = [
        company
        for company in find_companies(text, companies_of(None))
        if company.how is not How.WRITTEN or all(company.end <= x.start or company.start >= x.end for x in taken)
    ]
    return {
        "amounts": [
            {
                **span(text, amount),
                "low": plain_number(amount.low),
                "high": plain_number(amount.high),
                "currency": amount.currency,
                "per": str(amount.per),
            }
            for amount in amounts
        ],
        "periods": [
            {
                **span(text, period),
                "from": moment(period.first, period.at),
                "to": moment(period.last, period.until or period.at),
            }
            | {"grain": period.grain}
            for period in periods
            if now is not None or not period.relative
        ],
        "people": [{**span(text, person), "name": person.name} for person in people],
        "companies": [{**span(text, company), "name": company.name} for company in companies],
        "titles": [span(text, title) for title in titles],
    }


def span(text: str, mention: Mention) -> dict[str, Any]:
    return {"start": mention.start, "end": mention.end, "text": text[mention.start : mention.end]}


def moment(day: dt.date, time: dt.time | None) -> str:
    return day.isoformat() if time is None else dt.datetime.combine(day, time).isoformat()
