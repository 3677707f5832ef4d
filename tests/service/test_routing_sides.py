"""Sides: what is told, what follows from it, and what is only supposed; what counts for a deal and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from service.flows.make_events import make_events
from service.intake.envelope import Nature
from service.routing.sides import conclude
from signals import Conversation, Side
from tests.service.samples import DEAL, call, extract_marks, mail

Json = dict[str, Any]

DANA = {"id": "b1", "name": "Dana Reyes", "email": "dana@hollis.example"}
SAM = {"id": "s1", "name": "Sam Okoro", "email": "sam@northstar.example"}
NO_NAMES = {"id": "D-1", "currency": "USD"}


def shown(source: Json, **known: Any) -> dict[str, tuple[str | None, str | None, bool]]:
    concluded = conclude(Conversation.from_json(source), **known)
    return {each["participant"]: (each["side"], each["known"], each["counts"]) for each in concluded.to_json()}


def kinds(source: Json, nature: Nature = Nature.HUMAN) -> list[tuple[str, Json]]:
    conversation = Conversation.from_json(source)
    made = make_events(conversation, extract_marks(conversation), nature=nature)
    return [(event["type"], event["data"]) for event in made]


def test_company_names_and_mail_domains_tell_sides() -> None:
    source = mail("m-1", "Hello there.", participants=[DANA, SAM])
    assert shown(source) == {"b1": ("buyer", "email", True), "s1": ("seller", "email", True)}
    assert kinds(source)[1:] == [
        ("contact.added", {"person": "Dana Reyes", "side": "buyer"}),
        ("activity.email", {"direction": "inbound", "contacts": ["Dana Reyes"]}),
    ]


def test_a_title_of_sellers_tells_and_the_other_of_two_is_the_buyer() -> None:
    people = [{"id": "b1", "name": "Dana Reyes"}, {"id": "s1", "name": "Sam Okoro", "title": "Account Executive"}]
    source = mail("m-1", "Hello there.", sender="s1", participants=people, deal=NO_NAMES)
    assert shown(source) == {"b1": ("buyer", "other", True), "s1": ("seller", "title", True)}
    assert kinds(source)[-1] == ("activity.email", {"direction": "outbound", "contacts": ["Dana Reyes"]})


def test_a_colleague_of_somebody_known_is_on_the_same_side() -> None:
    people = [DANA | {"side": "buyer"}, {"id": "b2", "name": "Tomas Berg", "email": "tomas@hollis.example"}]
    source = call("c-1", "b2: hello", participants=people, deal=NO_NAMES)
    assert shown(source)["b2"] == ("buyer", "email", True)
    assert kinds(source)[-1][1]["contacts"] == ["Tomas Berg"]


def test_free_mail_makes_nobody_a_colleague() -> None:
    people = [
        {"id": "b1", "name": "Dana", "email": "dana@gmail.com", "side": "buyer"},
        {"id": "x", "name": "Kim", "email": "kim@gmail.com"},
        {"id": "y", "name": "Lee", "email": "lee@gmail.com"},
    ]
    found = shown(mail("m-1", "Hello.", participants=people, to=[], deal=NO_NAMES))
    assert found["x"] == found["y"] == (None, None, False)


def test_what_only_talk_suggests_is_shown_and_does_not_count() -> None:
    people = [{"id": "p1", "name": "Dana"}, {"id": "p2", "name": "Sam"}]
    lines = ["p2: our platform can do that, we charge per seat", "p1: what about our budget, does it fit"]
    source = call("c-1", *lines, participants=people, deal=NO_NAMES)
    found = shown(source)
    assert found == {"p1": ("buyer", "talk", False), "p2": ("seller", "talk", False)}
    assert [kind for kind, _ in kinds(source)] == ["deal.created", "activity.call"]
    assert kinds(source)[-1][1]["contacts"] == []


def test_what_is_told_holds_against_everything_else() -> None:
    people = [DANA | {"side": "seller"}, SAM | {"side": "buyer"}]
    found = shown(mail("m-1", "Hello.", participants=people), known={"dana@hollis.example": Side.BUYER})
    assert found == {"b1": ("seller", "given", True), "s1": ("buyer", "given", True)}


def test_people_of_the_deal_and_our_own_domains_tell_sides() -> None:
    source = mail("m-1", "Hello.", participants=[DANA, SAM], deal=None)
    assert shown(source) == {"b1": (None, None, False), "s1": (None, None, False)}
    known = {"dana@hollis.example": Side.BUYER}
    assert shown(source, known=known) == {"b1": ("buyer", "deal", True), "s1": ("seller", "other", True)}
    ours = shown(source, our_domains=["northstar.example"])
    assert ours == {"b1": ("buyer", "email", True), "s1": ("seller", "email", True)}


@pytest.mark.parametrize("nature", [each for each in Nature if each is not Nature.HUMAN])
def test_what_a_machine_wrote_may_tell_something_and_is_no_activity(nature: Nature) -> None:
    source = mail("m-1", "I have left. [champion person=Dana_Reyes status=lost]", deal=DEAL)
    assert [kind for kind, _ in kinds(source, nature)][-1] == "signal"
    assert "activity.email" not in [kind for kind, _ in kinds(source, nature)]
    assert "activity.email" in [kind for kind, _ in kinds(source)]
