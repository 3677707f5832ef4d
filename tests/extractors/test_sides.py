"""Who speaks for whom, and how that is known."""

from __future__ import annotations

from typing import Any

from extractors.sides import Known, Sides, may_be_any_meeting, sides_of, speaks_to_investors
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


MEETING = [
    ("a", "the remote should be yellow and it needs fewer buttons than the last one " * 3),
    ("b", "people at home lose it under the sofa so maybe it should make a sound " * 3),
] * 6


def meeting(turns: list[tuple[str, str]], **fields: Any) -> Conversation:
    segments = [{"speaker": speaker, "text": text} for speaker, text in turns]
    people = [{"id": "a"}, {"id": "b"}]
    return Conversation.from_json(
        {"kind": "call", "occurred_at": "2026-03-12T15:00:00Z", "participants": people, "segments": segments} | fields
    )


def test_a_long_talk_of_which_nothing_is_known_may_be_any_meeting() -> None:
    assert may_be_any_meeting(meeting(MEETING), sides_of(meeting(MEETING)))
    assert not may_be_any_meeting(meeting(MEETING[:2]), sides_of(meeting(MEETING[:2])))


def test_what_belongs_to_a_deal_or_has_sides_is_a_sale() -> None:
    of_a_deal = meeting(MEETING, deal={"id": "D-1"})
    assert not may_be_any_meeting(of_a_deal, sides_of(of_a_deal))
    with_sides = meeting(MEETING, participants=[{"id": "a", "side": "seller"}, {"id": "b"}])
    assert not may_be_any_meeting(with_sides, sides_of(with_sides))


def test_of_those_who_sound_alike_the_one_listed_first_sells() -> None:
    people = [{"id": id, "name": f"Speaker {id}"} for id in ("b", "a", "c")]
    found = sides(people, ("a", "hello"), ("b", "hello"), ("c", "hello"))
    assert [found.of(id) for id in ("b", "a", "c")] == [Side.SELLER, Side.BUYER, Side.BUYER]


RESULTS = [
    (
        "a",
        "ladies and gentlemen welcome to the third quarter results call all lines are in listen-only mode our "
        "products and our customers in every market grew and "
        "we offer more than anyone our platform is sold in forty countries " * 2,
    ),
    ("b", "the next question comes from the line of a bank please go ahead what is your margin on our solution " * 3),
    ("a", "thank you year over year ebitda grew and we can offer shareholders a higher dividend with our tools " * 3),
] * 3


def test_a_company_that_speaks_to_its_investors_sells_nothing() -> None:
    assert speaks_to_investors(meeting(RESULTS))


def test_a_buyer_may_speak_of_a_results_call() -> None:
    sale = [*MEETING, ("b", "our board meets after the results call so the dividend comes first")]
    assert not speaks_to_investors(meeting(sale))
