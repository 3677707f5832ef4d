"""Everything written in a sentence, before any judgement."""

from __future__ import annotations

from datetime import datetime

from extractors import spans

NOW = datetime.fromisoformat("2026-03-12T15:00:00+01:00")


def test_all_five_kinds() -> None:
    text = "Renata Kowalczyk, our CFO, compares you with Snowflake: €40k a year by 30 June, call Monday at 3pm."
    found = spans(text, now=NOW, currency="EUR", day_first=True)
    for kind in found.values():
        for span in kind:
            assert text[span["start"] : span["end"]] == span["text"]
    (amount,) = found["amounts"]
    assert (amount["low"], amount["high"], amount["currency"], amount["per"]) == (40000, 40000, "EUR", "year")
    deadline, call = found["periods"]
    assert (deadline["from"], deadline["to"], deadline["grain"]) == ("2026-06-30", "2026-06-30", "day")
    assert call["from"] == "2026-03-16T15:00:00"
    assert [person["name"] for person in found["people"]] == ["Renata Kowalczyk"]
    assert [title["text"] for title in found["titles"]] == ["CFO"]
    assert "Snowflake" in [company["name"] for company in found["companies"]]


def test_without_now_only_dates_that_need_none() -> None:
    found = spans("Tomorrow, or on 30 June 2026.")
    assert [period["from"] for period in found["periods"]] == ["2026-06-30"]


def test_nothing_gives_empty_lists() -> None:
    assert spans("") == {"amounts": [], "periods": [], "people": [], "companies": [], "titles": []}
