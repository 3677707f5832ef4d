"""The figures that the database adds up are those that the engine finds in the same history, and over HTTP."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from fastapi.testclient import TestClient

from engine import analytics as by_engine
from engine.calibrate import brier, forecasts, reliability
from engine.replay import replay
from service.access.keys import Asked, make_key
from service.api.principal import Role
from service.app import create_app
from service.flows import analytics
from service.flows.append_events import append_events
from service.flows.context import Context
from service.flows.deal_paths import refresh_all_paths, refresh_paths
from service.store import deal_paths, events
from service.store.analytics import Scope
from tests.engine.story import Story

NOW = dt.datetime(2027, 6, 1, 12, 0, tzinfo=dt.UTC)
ALL = Scope(workspace="main")
LONG = 3650


@pytest.fixture
def told(service: Any) -> Any:
    """Six deals of two reps: won, lost twice, falling back, standing still, and one whose history was corrected."""
    context = dataclasses.replace(service.context, now=lambda: NOW)
    stories = {n: Story("proposal", deal=f"D-{n}", owner="ana" if n < 4 else "bo") for n in range(1, 7)}
    stories[1].milestone(9, "contract_signed")
    stories[2].milestone(4, "deal_lost", loss_reason="price")
    stories[3].milestone(5, "deal_lost", loss_reason=" Price ")
    stories[4].add(6, "override.stage", to="qualified", reason="the champion is gone", by="bo")
    stories[5].add(7, "override.stage", to="discovery", reason="we begin anew", by="mia")
    stories[6].milestone(12, "deal_lost", loss_reason="timing")
    for story in stories.values():
        append_events(context, story.events)
    late = Story("proposal", deal="D-6", owner="bo")
    late.events.clear()
    late.add(2, "override.stage", as_id="late", to="discovery", reason="told late", by="bo")
    append_events(context, late.events)
    return dataclasses.replace(service, context=context)


def history_of(context: Context) -> list[dict[str, Any]]:
    with context.database.connect() as connection:
        return [each.content for n in range(1, 7) for each in events.of_deal(connection, "main", f"D-{n}")]


def test_stages_and_calibration_are_the_engine_s(told: Any) -> None:
    context: Context = told.context
    assert refresh_paths(context) == 0
    result = replay(history_of(context), context.pipeline)
    stays = by_engine.stays(result.deals, result.history)
    expected = by_engine.stage_figures(context.pipeline, stays, NOW)
    with context.database.connect() as connection:
        found = analytics.velocity(context, connection, ALL, LONG)
        right = analytics.calibration(context, connection, ALL, LONG)
        reasons = analytics.loss_reasons(context, connection, ALL, LONG)
        errors = analytics.date_errors(context, connection, ALL, LONG)
    assert len(found.stages) == len(expected)
    for one, other in zip(found.stages, expected, strict=True):
        for field in by_engine.StageFigures.__dataclass_fields__:
            value = getattr(other, field)
            wanted = pytest.approx(value) if isinstance(value, float) else value
            assert getattr(one, field) == wanted, (one.stage, field)
    assert found.bottleneck == by_engine.bottleneck(expected)
    velocity = by_engine.velocity(context.pipeline, result.deals, NOW - dt.timedelta(days=LONG), NOW)
    assert found.win_rate == pytest.approx(velocity.win_rate)
    assert sum(each.won for each in found.closed) == velocity.won == 1
    assert dict(reasons) == dict(by_engine.loss_reasons(context.pipeline, result.deals)) == {"price": 2, "timing": 1}
    pairs = [(each.percent, each.won) for each in forecasts(context.pipeline, result.deals, result.history)]
    assert pairs
    assert right.brier == pytest.approx(brier(pairs))
    for bin, other_bin in zip(right.bins, reliability(pairs), strict=True):
        assert (bin.low, bin.count) == (other_bin.low, other_bin.count)
        assert bin.won == other_bin.won
    wanted_errors = by_engine.close_date_accuracy(result.deals)
    assert {e.name: e.size for e in errors if e.deals} == {
        name: pytest.approx(each["error"]) for name, each in wanted_errors.items()
    }


def test_the_funnel_counts_each_deal_at_its_furthest(told: Any) -> None:
    context: Context = told.context
    refresh_paths(context)
    with context.database.connect() as connection:
        steps = {step.stage: step for step in analytics.conversion(context, connection, ALL, LONG).steps}
    assert [steps[s].deals for s in ("identified", "discovery", "qualified", "proposal")] == [6, 6, 6, 6]
    assert (steps["closed_won"].deals, steps["identified"].won, steps["identified"].lost) == (1, 1, 3)
    assert steps["identified"].win_rate == pytest.approx(0.25)
    assert steps["identified"].low < 0.25 < steps["identified"].high


def test_exceptions_are_counted_by_who_made_them(told: Any) -> None:
    context: Context = told.context
    refresh_paths(context)
    with context.database.connect() as connection:
        found = {(e.name, e.who): e.times for e in analytics.exceptions(connection, ALL)}
    assert found[("override down", "mia")] == 1
    assert found[("override down", "bo")] >= 1
    assert not any(who == "ana" for name, who in found if name == "override down")


def test_a_deal_that_changes_is_counted_anew(told: Any) -> None:
    context: Context = told.context
    assert refresh_all_paths(dataclasses.replace(context, workspace="")) == 6
    with context.database.connect() as connection:
        assert deal_paths.count_stale(connection, "main") == 0
    more = Story("proposal", deal="D-5", owner="bo")
    more.events.clear()
    more.milestone(20, "deal_lost", as_id="gone", loss_reason="fit")
    append_events(context, more.events)
    with context.database.connect() as connection:
        assert list(deal_paths.stale(connection, "main", 10)) == ["D-5"]
        assert "fit" not in dict(analytics.loss_reasons(context, connection, ALL, LONG))
    assert refresh_paths(context) == 0
    with context.database.connect() as connection:
        assert dict(analytics.loss_reasons(context, connection, ALL, LONG))["fit"] == 1


def test_over_http_and_only_what_the_caller_sees(told: Any) -> None:
    random = told.gate.random
    _, ana = make_key(told.context, Asked(name="Ana", role=Role.REP, person="ana"), by="t", random=random)
    _, root = make_key(told.context, Asked(name="Root", role=Role.ADMIN), by="t", random=random)
    with TestClient(create_app(told)) as client:
        for key, deals in ((ana, 3), (root, 6)):
            headers = {"authorization": f"Bearer {key}"}
            steps = client.get(f"/v1/analytics/conversion?days={LONG}", headers=headers).json()["steps"]
            assert steps[0]["deals"] == deals
            body = client.get(f"/v1/analytics/velocity?days={LONG}", headers=headers).json()
            assert (body["waiting"], body["stages"][3]["entered"]) == (0, deals)
            months = client.get("/v1/analytics/forecast", headers=headers).json()["months"]
            assert sum(month["deals"] for month in months) == (0 if key == ana else 2)
            for month in months:
                assert 0 <= month["low"] <= month["weighted"] <= month["high"] <= month["amount"]
            stalls = client.get("/v1/analytics/stalls?limit=1", headers=headers).json()
            assert len(stalls["deals"]) == min(1, stalls["count"])
            right = client.get(f"/v1/analytics/calibration?days={LONG}", headers=headers).json()
            assert sum(bin["count"] for bin in right["bins"]) == right["forecasts"]
            assert (right["forecasts"] > 0) is (key == root)
        other = client.get("/v1/analytics/conversion?owner=bo", headers={"authorization": f"Bearer {ana}"}).json()
        assert other["steps"][0]["deals"] == 0
        wrong = client.get("/v1/analytics/velocity?days=0", headers={"authorization": f"Bearer {ana}"})
        assert wrong.status_code == 422
