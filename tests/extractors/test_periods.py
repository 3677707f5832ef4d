"""Periods: every example of the corpus beside the grammar, and what holds for any text."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from itertools import pairwise
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.periods import PeriodMention, find_periods

CORPUS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    files("extractors.periods").joinpath("corpus.toml").read_text("utf-8")
)
NOW = datetime(2026, 3, 12, 15, tzinfo=ZoneInfo("America/Chicago"))


def examples(kind: str) -> list[Any]:
    return [
        pytest.param(group, said, id=f"{group.get('shape') or group['why']}: {said}")
        for group in CORPUS[kind]
        for said in group["said"]
    ]


def read(group: dict[str, Any], text: str) -> list[PeriodMention]:
    now = NOW
    if "now" in group:
        now = datetime.combine(group["now"], time(12), tzinfo=NOW.tzinfo)
    return find_periods(
        text,
        now=now,
        fiscal_year_start_month=group.get("fiscal", 1),
        day_first=group.get("day_first", False),
        country=group.get("country"),
    )


def is_read_as_meant(group: dict[str, Any], said: str) -> None:
    """Exactly one reading, of exactly the marked characters (or all), with what the group says."""
    text = said.replace("«", "").replace("»", "")
    start = said.index("«") if "«" in said else 0
    end = said.index("»") - 1 if "«" in said else len(text)
    mentions = read(group, text)
    assert [(text[m.start : m.end], m.start, m.end) for m in mentions] == [(text[start:end], start, end)]
    (mention,) = mentions
    assert (mention.first, mention.last) == (group["first"], group.get("last", group["first"]))
    assert (mention.at, mention.until) == (group.get("at"), group.get("until"))
    assert mention.past is group.get("past", False)
    for field in {"grain", "hedge"} & set(group):
        assert getattr(mention, field) == group[field]
    assert mention.phrase


@pytest.mark.parametrize(("group", "said"), examples("means"))
def test_means(group: dict[str, Any], said: str) -> None:
    is_read_as_meant(group, said)


@pytest.mark.parametrize(("group", "said"), examples("nothing"))
def test_means_no_time(group: dict[str, Any], said: str) -> None:
    assert read(group, said) == []


@pytest.mark.xfail(strict=True, reason="known misses of the corpus")
@pytest.mark.parametrize(("group", "said"), examples("missed"))
def test_known_miss(group: dict[str, Any], said: str) -> None:
    is_read_as_meant(group, said)


def test_the_corpus_is_large_and_says_nothing_twice_for_one_setting() -> None:
    settings = ("fiscal", "day_first", "country", "now", "first")
    entries = [
        (kind, said, *(group.get(setting) for setting in settings))
        for kind in CORPUS
        for group in CORPUS[kind]
        for said in group["said"]
    ]
    assert len(entries) >= 1000
    assert len(set(entries)) == len(entries)


def test_the_day_is_that_of_the_place_where_it_was_said() -> None:
    late = datetime.fromisoformat("2026-03-12T23:30:00-05:00")
    assert find_periods("today", now=late)[0].first == date(2026, 3, 12)
    assert find_periods("today", now=late.astimezone(UTC))[0].first == date(2026, 3, 13)


def test_a_period_is_reckoned_from_the_one_before_it() -> None:
    mentions = find_periods("The pilot ends on April 10 and we sign the following week.", now=NOW)
    assert [(m.first, m.last) for m in mentions] == [
        (date(2026, 4, 10), date(2026, 4, 10)),
        (date(2026, 4, 13), date(2026, 4, 17)),
    ]


def test_a_date_that_is_moved_is_two_mentions() -> None:
    mentions = find_periods("signature slides from May 31 to June 14", now=NOW)
    assert [m.first for m in mentions] == [date(2026, 5, 31), date(2026, 6, 14)]


@pytest.mark.parametrize("day", range(1, 29))
def test_a_bare_day_is_never_over(day: int) -> None:
    """Whatever today is, "the nth" is today or later, and at most a month away."""
    today = date(2026, 2, 14)
    now = datetime.combine(today, time(9), tzinfo=UTC)
    (mention,) = find_periods(f"by the {day}th", now=now)
    assert timedelta() <= mention.first - today <= timedelta(days=31)
    assert mention.first.day == day


@pytest.mark.parametrize("start", range(1, 13))
def test_four_quarters_make_a_fiscal_year(start: int) -> None:
    def span(text: str) -> tuple[date, date]:
        (mention,) = find_periods(text, now=NOW, fiscal_year_start_month=start)
        return mention.first, mention.last

    quarters = [span(f"Q{number} FY28") for number in range(1, 5)]
    assert (quarters[0][0], quarters[-1][1]) == span("FY28")
    assert all(before[1] + timedelta(days=1) == after[0] for before, after in pairwise(quarters))
    assert (span("H1 FY28"), span("H2 FY28")) == (
        (quarters[0][0], quarters[1][1]),
        (quarters[2][0], quarters[3][1]),
    )
    assert span("FY28")[1].year == 2028
    assert span("FY28")[0].month == start


def test_now_needs_an_offset() -> None:
    with pytest.raises(ValueError, match="without an offset"):
        find_periods("today", now=datetime(2026, 3, 12))  # noqa: DTZ001 - that is what is refused


def test_a_fiscal_year_starts_in_a_month() -> None:
    with pytest.raises(ValueError, match="fiscal_year_start_month is 13"):
        find_periods("Q3", now=NOW, fiscal_year_start_month=13)


# ---------------------------------------------------------------- any text

WORDS = st.sampled_from(
    """
    the a of in by to from until before after early mid late end first second third last next this two 3 21 27 2027
    may march june monday fri week weeks month quarter q h fy year day tomorrow easter labor summer - / . , ' am pm at
    and or between for half twenty couple now
    """.split()  # noqa: SIM905 - a hundred quotation marks read worse
)


@given(st.lists(WORDS, max_size=40).map(" ".join) | st.text(max_size=200))
def test_any_text_is_read_in_order_and_within_it(text: str) -> None:
    end = 0
    for mention in find_periods(text, now=NOW, fiscal_year_start_month=4, country="DE"):
        assert end <= mention.start < mention.end <= len(text)
        assert mention.first <= mention.last
        end = mention.end


@given(st.dates(date(1990, 1, 1), date(2070, 1, 1)), st.lists(WORDS, max_size=12).map(" ".join))
def test_any_day_can_be_today(today: date, text: str) -> None:
    for mention in find_periods(text, now=datetime.combine(today, time(12), tzinfo=UTC)):
        assert mention.first <= mention.last


@given(st.dates(date(2026, 3, 13), date(2027, 3, 11)))
def test_a_day_of_the_coming_year_needs_no_year(day: date) -> None:
    for text in (f"{day:%B} {day.day}", f"{day.day} {day:%B}", f"{day:%d.%m.%Y}", f"{day:%A}, {day:%B} {day.day}"):
        (mention,) = find_periods(text, now=NOW)
        assert (mention.first, mention.start, mention.end) == (day, 0, len(text))


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "9",
        "may ",
        "end of the ",
        "the first of ",
        "two weeks after ",
        "between the 3rd and ",
        "1-2-",
        "q ",
        "from may ",
    ],
)
def test_time_grows_with_length_only(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        best = float("inf")
        for _ in range(3):
            began = process_time()
            find_periods(text, now=NOW)
            best = min(best, process_time() - began)
        return best

    short, long = seconds(5_000), seconds(40_000)
    assert long < 24 * short + 0.05
