"""Who speaks for whom, and how that is known."""

from __future__ import annotations

from typing import Any

from extractors.sides import Known, Sides, sides_of
from signals import Conversation, Side


def sides(participants: list[dict[str, Any]], *texts: tuple[str, str], deal: dict[str, Any] | None = None) -> Sides:
    segments = [{"speaker": speaker, "text": text} for speaker, text in texts or [("a", "hello")]]
    return sides_of(
        Conversation.from_json(
            {
                "kind": "call",
                "occurred_at": "2026-03-12T15:00:00Z",
                "deal": deal,
                "participants": participants,
                "segments": segments,
            }
        )
    )


def test_what_is_given_holds() -> None:
    found = sides([{"id": "a", "side": "seller", "email": "a@brightwater.example"}], deal={"account": "Brightwater"})
    assert (found.of("a"), found.known["a"]) == (Side.SELLER, Known.GIVEN)


def test_a_colleague_is_known_by_the_domain() -> None:
    found = sides([{"id": "a", "side": "buyer", "email": "a@x.example"}, {"id": "b", "email": "b@x.example"}])
    assert (found.of("b"), found.known["b"]) == (Side.BUYER, Known.EMAIL)


def test_the_deals_companies_are_known_by_the_domain() -> None:
    people = [{"id": "a", "email": "a@brightwater-foods.example"}, {"id": "b", "email": "b@northstar.example"}]
    found = sides(people, deal={"account": "Brightwater Foods", "seller": "Northstar Analytics"})
    assert (found.of("a"), found.of("b")) == (Side.BUYER, Side.SELLER)


def test_free_mail_says_nothing_of_a_company() -> None:
    people = [{"id": "a", "side": "buyer", "email": "a@gmail.com"}, {"id": "b", "email": "b@gmail.com"}]
    assert sides(people).known.get("b") is not Known.EMAIL


def test_sellers_have_sellers_titles() -> None:
    found = sides([{"id": "a", "title": "Enterprise Account Executive"}])
    assert (found.of("a"), found.known["a"]) == (Side.SELLER, Known.TITLE)


def test_unnamed_speakers_are_told_by_how_they_talk() -> None:
    found = sides(
        [{"id": "s1", "name": "Speaker 1"}, {"id": "s2", "name": "Speaker 2"}],
        ("s1", "so our platform does that and we can offer you a discount per seat"),
        ("s2", "okay our problem is the reports and my boss wants to know how much"),
        ("s1", "i will send the proposal what is your budget on your side"),
        ("s2", "we have kept forty we need it by april"),
    )
    assert (found.of("s1"), found.of("s2")) == (Side.SELLER, Side.BUYER)
    assert found.known["s1"] is Known.TALK


def test_who_is_not_there_has_no_side() -> None:
    assert sides([{"id": "a", "side": "buyer"}]).of(None) is None
