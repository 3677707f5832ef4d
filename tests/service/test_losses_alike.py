"""A pattern of losses across the deals of one rep is seen when one of them is lost."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from service.flows.append_events import Appended, append_events
from service.flows.context import Context
from tests.engine.story import Story

Json = dict[str, Any]


@pytest.fixture
def context(service: Any) -> Context:
    found: Context = service.context
    return found


def lost(deal: str, day: float, reason: str = "price", owner: str = "ana") -> list[Json]:
    told = Story("proposal", deal=deal, owner=owner)
    told.milestone(day, "deal_lost", loss_reason=reason)
    return told.events


def prompts(appended: Appended) -> list[Json]:
    return [
        each
        for each in appended.decisions
        if each["type"] == "workflow_triggered" and each["data"]["action"] == "coaching"
    ]


def test_the_third_loss_for_one_reason_prompts_once(context: Context) -> None:
    assert prompts(append_events(context, lost("D-1", 1))) == []
    assert prompts(append_events(context, lost("D-2", 2, reason=" Price "))) == []
    (prompt,) = prompts(append_events(context, lost("D-3", 3)))
    assert prompt["deal_id"] == "D-3"
    assert prompt["rule"] == "lost"
    later = Story("proposal", deal="D-3")
    later.events.clear()
    later.add(5, "deal.updated", as_id="later", lessons="Ask earlier.")
    assert prompts(append_events(context, later.events)) == []


@pytest.mark.parametrize(
    "third",
    [lost("D-3", 3, reason="fit"), lost("D-3", 3, owner="bo"), lost("D-3", 93)],
    ids=["another reason", "another rep", "another quarter"],
)
def test_what_is_no_pattern(context: Context, third: list[Json]) -> None:
    append_events(context, [*lost("D-1", 1), *lost("D-2", 2)])
    assert prompts(append_events(context, third)) == []


def test_a_reason_that_is_told_later_completes_the_pattern(context: Context) -> None:
    told = Story("proposal", deal="D-3")
    told.milestone(3, "deal_lost")
    assert prompts(append_events(context, [*lost("D-1", 1), *lost("D-2", 2), *told.events])) == []
    told.events.clear()
    told.add(4, "deal.updated", as_id="why", loss_reason="price")
    assert len(prompts(append_events(context, told.events))) == 1


def test_another_workspace_has_losses_of_its_own(service: Any, with_settings: Any) -> None:
    with with_settings(workspace="other") as other:
        append_events(other.context, [*lost("D-1", 1), *lost("D-2", 2)])
    assert prompts(append_events(service.context, lost("D-3", 3))) == []


def test_of_deals_lost_at_one_moment_the_last_sees_the_others(context: Context) -> None:
    found: list[Json] = []
    threads = [
        threading.Thread(target=lambda deal=deal: found.extend(prompts(append_events(context, lost(deal, 1)))))
        for deal in ("D-1", "D-2", "D-3")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
