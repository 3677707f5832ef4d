"""Thresholds by type and stage, and signals that would move their deal down."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.flows.context import Context
from service.flows.review_policy import Policy, load_policy, policy_from
from service.flows.review_signal import accept_above, review
from signals import DecodeError
from tests.service.review.samples import of_conversation, only, post, state_of, talk, told

STAGES = {"identified": 0, "discovery": 1, "negotiation": 2}


def policy(source: dict[str, Any]) -> Policy:
    return policy_from(source, pipeline="b2b", stages=STAGES)


def test_the_rule_that_names_most_holds_and_of_equals_the_later_one() -> None:
    rules = policy(
        {
            "default": {"accept_at": 0.6},
            "rule": [
                {"type": "budget", "stage": "negotiation", "accept_at": 0.95},
                {"type": "budget", "accept_at": 0.7},
                {"type": "budget", "accept_at": 0.8},
                {"stage": "discovery", "accept_at": 0.0},
                {"type": "champion", "accept_at": "never"},
            ],
        }
    )
    here = {"workspace": "main", "pipeline": "b2b"}
    assert rules.threshold(0.5, type="date", stage="identified", **here) == 0.6
    assert rules.threshold(0.5, type="budget", stage="identified", **here) == 0.8
    assert rules.threshold(0.5, type="budget", stage="negotiation", **here) == 0.95
    assert rules.threshold(0.5, type="date", stage="discovery", **here) == 0.0
    assert rules.threshold(0.5, type="champion", stage=None, **here) > 1
    assert Policy().threshold(0.5, type="date", stage=None, **here) == 0.5


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ({"defaults": {}}, "defaults"),
        ({"default": {}}, "default"),
        ({"default": {"accept_at": 1.5}}, "default.accept_at"),
        ({"default": {"accept_at": True}}, "default.accept_at"),
        ({"default": {"regression": "ask"}}, "default.regression"),
        ({"default": {"type": "budget", "accept_at": 0.5}}, "default.type"),
        ({"rule": {"accept_at": 0.5}}, "rule"),
        ({"rule": [{"accept_at": 0.5}]}, "rule[0]"),
        ({"rule": [{"type": "budget"}]}, "rule[0]"),
        ({"rule": [{"type": "rumour", "accept_at": 0.5}]}, "rule[0].type"),
        ({"rule": [{"stage": "won", "accept_at": 0.5}]}, "rule[0].stage"),
        ({"rule": [{"stage": 3, "accept_at": 0.5}]}, "rule[0].stage"),
    ],
)
def test_a_policy_that_cannot_be_followed_names_the_place(source: dict[str, Any], field: str) -> None:
    with pytest.raises(DecodeError) as refused:
        policy(source)
    assert refused.value.field == field


def test_the_file_is_named_where_it_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "review.toml"
    for text, told_of in ((None, "no such file"), ("[default", "not TOML"), ("[default]\naccept_at = 2", "accept_at")):
        if text is not None:
            file.write_text(text)
        with pytest.raises(ValueError, match=told_of) as refused:
            load_policy(file, pipeline="b2b", stages=STAGES)
        assert str(file) in str(refused.value)


def test_the_setting_reaches_what_is_read(with_settings: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "review.toml"
    file.write_text('[[rule]]\ntype = "budget"\nstage = "identified"\naccept_at = "never"\n')
    with with_settings(review_policy=file) as service:
        post(service.context, talk("b1: [budget status=approved sure=1.0] and [qualification element=pain sure=0.51]"))
        budget, pain = of_conversation(service.context)
        assert (budget.state, pain.state) == ("pending", "accepted")
        assert budget.pending_because == "a person decides about every budget signal in identified"
        assert pain.pending_because is None


ASK = policy({"default": {"regression": "person"}})


def test_a_signal_that_would_move_the_deal_down_waits_for_a_person(context: Context) -> None:
    here = dataclasses.replace(context, policy=ASK)
    post(here, talk("b1: [champion person=Dana_Reyes status=advocating] [qualification element=pain]"))
    assert {each.state for each in of_conversation(here)} == {"accepted"}
    bad = talk("b1: [champion person=Dana_Reyes status=lost] and [milestone kind=next_step_agreed]", id="c-2")
    post(here, bad | {"occurred_at": "2026-03-09T15:00:00Z"})
    lost, step = of_conversation(here, "c-2")
    assert (lost.state, step.state) == ("pending", "accepted")
    assert (lost.pending_because or "").startswith("it would move the deal down: ")
    assert state_of(here)["scheduled"] == []
    assert accept_above(here, 0.0, filters={}, by="ana").accepted == ()
    assert review(here, lost.id, action="accept", by="ana").signal.pending_because is not None
    assert len(state_of(here)["scheduled"]) == 1


def test_without_the_policy_it_does_not_wait(context: Context) -> None:
    post(context, talk("b1: [champion person=Dana_Reyes status=advocating]"))
    bad = talk("b1: [champion person=Dana_Reyes status=lost]", id="c-2")
    post(context, bad | {"occurred_at": "2026-03-09T15:00:00Z"})
    assert only(context, "c-2").state == "accepted"
    assert len(state_of(context)["scheduled"]) == 1
    assert [each["status"] for each in told(context)] == ["advocating", "lost"]


def test_of_many_at_once_those_that_would_move_the_deal_down_wait_without_any_policy(context: Context) -> None:
    post(context, talk("b1: [champion person=Dana_Reyes status=advocating]"))
    bad = talk(
        "b1: [champion person=Dana_Reyes status=lost sure=0.4] and [milestone kind=pilot_started sure=0.4]", id="c-2"
    )
    post(context, bad | {"occurred_at": "2026-03-09T15:00:00Z"})
    lost, step = of_conversation(context, "c-2")
    done = accept_above(context, 0.0, filters={}, by="ana")
    assert ([each.signal.id for each in done.accepted], done.down, done.more) == ([step.id], (lost.id,), False)
    assert state_of(context)["scheduled"] == []
    waiting = of_conversation(context, "c-2")[0]
    assert (waiting.state, waiting.confidence) == ("pending", 0.4)
    assert (waiting.pending_because or "").startswith("it would move the deal down: ")
    # It says so from now on, and is not looked at again.
    assert accept_above(context, 0.0, filters={}, by="ana").down == ()
