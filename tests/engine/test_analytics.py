"""Figures over a small company's deals, calibration from closed ones, and the same events under another pipeline."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from engine import Pipeline, Replay, replay
from engine.analytics import (
    bottleneck,
    close_date_accuracy,
    exceptions,
    forecast,
    loss_reasons,
    rep_discrepancy,
    stage_figures,
    stays,
    velocity,
)
from engine.backtest import backtest, table
from engine.calibrate import brier, calibrate, proposed, reliability, wilson
from engine.pipeline import SHIPPED
from tests.engine.story import B2B, START, Story, on

DAY = dt.timedelta(days=1)


def company() -> list[dict[str, Any]]:
    """D-1 is won in 20 days by way of negotiation, D-2 lost in 10, D-3 open in proposal, D-4 stuck in discovery."""
    won = Story("proposal", deal="D-1", amount=200000, close_date=on(30))
    won.add(8, "override.stage", to="negotiation", reason="On.", by="ana")
    won.add(20, "esign.completed", envelope="e")
    lost = Story("proposal", deal="D-2", amount=50000)
    lost.milestone(10, "deal_lost", loss_reason="Price ")
    going = Story("proposal", deal="D-3", amount=80000, rep_probability=90)
    going.clock(40)
    stuck = Story("negotiation", deal="D-4", amount=10000, currency="EUR", rep_probability=40)
    stuck.budget(5, "cancelled")
    stuck.clock(60)
    return [*won.events, *lost.events, *going.events, *stuck.events]


@pytest.fixture(scope="module")
def result() -> Replay:
    return replay(company(), B2B)


def test_stays(result: Replay) -> None:
    now = START + 40 * DAY
    found = [(s.deal_id, s.stage, round(s.days(now)), s.to, s.rule) for s in stays(result.deals, result.history)]
    assert found == [
        ("D-1", "proposal", 8, "negotiation", "override.stage"),
        ("D-1", "negotiation", 12, "closed_won", "activity.signed"),
        ("D-1", "closed_won", 20, None, None),
        ("D-2", "proposal", 10, "closed_lost", "lost"),
        ("D-2", "closed_lost", 30, None, None),
        ("D-3", "proposal", 40, None, None),
        ("D-4", "negotiation", 5, "discovery", "regress.budget"),
        ("D-4", "discovery", 35, None, None),
    ]


def test_a_stay_that_a_retraction_took_back_is_none() -> None:
    told = Story("proposal")
    lost = told.milestone(10, "deal_lost")
    told.add(12, "retraction", event=lost, by="ana", reason="Another deal.")
    result = replay(told.events, B2B)
    assert [(s.stage, s.to) for s in stays(result.deals, result.history)] == [("proposal", None)]


def test_stage_figures(result: Replay) -> None:
    now = START + 40 * DAY
    figures = {f.stage: f for f in stage_figures(B2B, stays(result.deals, result.history), now)}
    proposal = figures["proposal"]
    assert (proposal.entered, proposal.open, proposal.median_days, proposal.expected_days) == (3, 1, 9, 22)
    assert (proposal.advanced, proposal.lost, proposal.regressed, proposal.stalled) == (0.5, 0.5, 0, 1)
    negotiation = figures["negotiation"]
    assert (negotiation.advanced, negotiation.regressed) == (0.5, 0.5)
    assert figures["identified"].median_days is None
    assert figures["identified"].advanced is None
    assert bottleneck(list(figures.values())) == "negotiation"
    assert bottleneck([figures["identified"]]) is None


def test_velocity(result: Replay) -> None:
    quarter = velocity(B2B, result.deals, START, START + 90 * DAY)
    assert (quarter.won, quarter.lost, quarter.win_rate) == (1, 1, 0.5)
    assert (quarter.mean_amount, quarter.mean_days) == (200000, 20)
    assert quarter.money_per_day == pytest.approx(200000 / 90)
    before = velocity(B2B, result.deals, START - 90 * DAY, START)
    assert (before.won, before.win_rate, before.mean_amount, before.money_per_day) == (0, None, None, 0)


def test_the_forecast_weighs_by_probability_and_keeps_currencies_apart(result: Replay) -> None:
    rows = forecast(B2B, result.deals)
    assert [(r.stage, r.currency, r.deals, r.amount) for r in rows] == [
        ("discovery", "EUR", 1, 10000),
        ("proposal", "USD", 1, 80000),
    ]
    assert rows[1].weighted == 80000 * result.deals["D-3"]["probability"] / 100
    assert forecast(B2B, result.deals, (START + 41 * DAY).date()) == []


def test_dates_reps_losses_and_exceptions(result: Replay) -> None:
    assert close_date_accuracy(result.deals)["rep"] == {"deals": 1, "bias": 10, "error": 10}
    assert [row["deal"] for row in rep_discrepancy(result.deals)] == ["D-3", "D-4"]
    assert loss_reasons(B2B, result.deals) == [("price", 1)]
    assert exceptions(result.history) == {"override up": 1, "signed with gates open": 1}


@pytest.mark.parametrize(
    ("won", "of", "low", "high"),
    [(0, 0, 0, 1), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (5, 10, 0.2366, 0.7634), (30, 100, 0.2189, 0.3958)],
)
def test_wilsons_interval(won: int, of: int, low: float, high: float) -> None:
    assert wilson(won, of) == pytest.approx((low, high), abs=1e-4)


def test_brier_and_reliability() -> None:
    pairs = [(100.0, True), (0.0, True), (50.0, False), (55.0, True)]
    assert brier(pairs) == pytest.approx((0 + 1 + 0.25 + 0.2025) / 4)
    assert brier([]) is None
    bins = {(r.low, r.high): (r.count, r.forecast, r.won) for r in reliability(pairs)}
    assert bins[50, 60] == (2, 52.5, 0.5)
    assert bins[90, 100] == (1, 100, 1)
    assert bins[20, 30] == (0, None, None)


def closed(count: int, won: int, days: float = 6) -> Replay:
    events: list[dict[str, Any]] = []
    for n in range(count):
        told = Story("proposal", deal=f"D-{n}")
        told.add(days, "override.stage", to="negotiation", reason="On.", by="ana")
        if n < won:
            told.add(days + 4, "esign.completed", envelope="e")
        else:
            told.milestone(days + 4, "deal_lost", loss_reason="fit")
        events.extend(told.events)
    return replay(events, B2B)


@pytest.mark.parametrize(("count", "enough"), [(29, False), (30, True)])
def test_a_stage_is_calibrated_from_30_closed_deals_on(count: int, enough: bool) -> None:
    result = closed(count, won=12)
    figures = {s.stage: s for s in calibrate(B2B, result.deals, result.history).stages}
    assert figures["proposal"].closed == count
    assert figures["proposal"].enough is enough
    assert figures["identified"].rate is None
    assert figures["negotiation"].median_days == 4


def test_a_calibrated_file_is_proposed_with_its_differences_and_its_comments() -> None:
    result = closed(40, won=12)
    text = (SHIPPED / "b2b.toml").read_text(encoding="utf-8")
    calibration = calibrate(B2B, result.deals, result.history)
    assert calibration.closed == 40
    assert calibration.brier is not None
    changed, said = proposed(B2B, text, calibration)
    assert "# The default sales pipeline." in changed
    pipeline = Pipeline.from_text(changed)
    proposal = pipeline.stages[pipeline.index("proposal")]
    assert (proposal.cap, proposal.probability, proposal.average_days) == (30, 30, 6)
    assert (proposal.min_days, proposal.max_days) == (6, 6)
    assert pipeline.stages[0] == B2B.stages[0]
    assert "proposal: cap 100 → 30 (40 closed deals)" in said
    assert "identified: 0 closed deals, fewer than 30: unchanged" in said
    assert pipeline.version != B2B.version
    with pytest.raises(ValueError, match="extends"):
        proposed(B2B, 'extends = "b2b"\nname = "x"\n', calibration)


def test_a_backtest_tells_what_would_have_differed() -> None:
    told = Story("qualified", deal="D-1")
    told.milestone(1, "pilot_succeeded")
    told.add(9, "deal.updated", stage="proposal")
    other = Story("qualified", deal="D-2")
    other.milestone(1, "pilot_succeeded")
    result = backtest([*told.events, *other.events], B2B, Pipeline.load("b2b-rules"))
    assert [(d.deal_id, d.now, d.then) for d in result.differences] == [("D-2", "qualified", "proposal")]
    assert [(s.deal_id, s.stage, s.days) for s in result.shifts] == [("D-1", "proposal", -8)]
    assert result.moves == {"milestone.pilot": (0, 2), "override.stage": (1, 0)}
    assert "D-2: qualified → proposal" in table(result)
    assert result.to_json()["shifts"] == [{"deal": "D-1", "stage": "proposal", "days": -8.0}]


def test_a_backtest_under_the_same_pipeline_tells_nothing() -> None:
    result = backtest(company(), B2B, B2B)
    assert (result.differences, result.shifts, result.refused) == ((), (), ())
    assert result.brier[0] == result.brier[1]


def test_a_backtest_names_what_the_other_pipeline_cannot_follow() -> None:
    result = backtest(Story("negotiation").events + Story("discovery", deal="D-2").events, B2B, Pipeline.load("lead"))
    assert len(result.refused) == 1
    assert "discovery" in result.refused[0]
    assert ("D-2", "discovery", None) in [(d.deal_id, d.now, d.then) for d in result.differences]
