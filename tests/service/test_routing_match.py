"""The matcher: what ties a conversation to a deal, and when that is clear enough."""

from __future__ import annotations

import dataclasses
import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.intake.envelope import CrmObject, Envelope
from service.routing.addresses import domain_of, free_mail, is_free_mail, mailbox, wider
from service.routing.clues import LONGEST_KEY, Clues, Kind, clues_of
from service.routing.match import POINTS, Choice, KnownDeal, Verdict, Why, decide, match
from signals import Conversation
from tests.service.samples import call, mail

START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def day(number: int) -> dt.datetime:
    return START + dt.timedelta(days=number)


def deal(id: str = "D-1", *, first: int = 0, last: int = 10, closed: int | None = None, **known: Any) -> KnownDeal:
    closed_at = None if closed is None else day(closed)
    return KnownDeal(id=id, first_at=day(first), last_at=day(last), closed_at=closed_at, **known)


def seen(*people: str, at: int = 5, **more: Any) -> Clues:
    return Clues(occurred_at=day(at), people=frozenset(people), **more)


def verdict(clues: Clues, *deals: KnownDeal) -> Verdict:
    return decide(match(clues, deals))


DANA = {"dana@hollis.example": "Dana Reyes"}
HOLLIS = frozenset({"hollis.example"})


def chose(kind: Kind, key: str, deal_id: str = "D-1", **more: Any) -> KnownDeal:
    return deal(deal_id, choices=(Choice(kind=kind, key=key, conversation="m-0"),), **more)


@pytest.mark.parametrize(
    ("clues", "known", "score", "taken"),
    [
        # What decides alone.
        (seen(objects=frozenset({("hubspot", "9001")})), {"objects": frozenset({("hubspot", "9001")})}, 100, True),
        (seen(threads=("message:a", "message:b")), {"threads": {"message:a": "m-1"}}, 85, True),
        (seen("dana@hollis.example"), {"contacts": DANA}, 40, True),
        # A contact who writes after a long silence is still one; before the deal began it was something else.
        (seen("dana@hollis.example", at=90), {"contacts": DANA}, 30, True),
        (seen("dana@hollis.example", at=-14), {"contacts": DANA}, 40, True),
        (seen("dana@hollis.example", at=-15), {"contacts": DANA}, 20, False),
        (seen("dana@hollis.example", at=30), {"contacts": DANA, "closed": 20}, 20, False),
        (seen("dana@hollis.example", at=19), {"contacts": DANA, "closed": 20}, 40, True),
        # A company is enough only in the time of its deal.
        (seen("new@hollis.example"), {"domains": HOLLIS}, 25, True),
        (seen("new@eu.hollis.example"), {"domains": HOLLIS}, 25, True),
        (seen("new@hollis.example", at=24), {"domains": HOLLIS}, 25, True),
        (seen("new@hollis.example", at=25), {"domains": HOLLIS}, 15, False),
        (seen("new@hollis.example", at=11), {"domains": HOLLIS, "closed": 10}, 15, False),
    ],
)
def test_what_ties_a_conversation_to_a_deal(clues: Clues, known: dict[str, Any], score: int, taken: bool) -> None:
    (candidate,) = match(clues, [deal(**known)])
    assert candidate.score == score
    assert verdict(clues, deal(**known)).deal == ("D-1" if taken else None)


@pytest.mark.parametrize("kind", [Kind.THREAD, Kind.EMAIL, Kind.DOMAIN])
def test_what_a_person_taught_needs_no_proof_of_time(kind: Kind) -> None:
    key = {Kind.THREAD: "gmail:7", Kind.EMAIL: "dana@hollis.example", Kind.DOMAIN: "hollis.example"}[kind]
    clues = seen("dana@hollis.example", at=400, threads=("gmail:7",))
    assert verdict(clues, chose(kind, key)).deal == "D-1"
    assert verdict(clues, chose(kind, key + "x")).deal is None


@pytest.mark.parametrize(
    ("clues", "other"),
    [
        (seen("tim@elsewhere.example"), {"contacts": DANA, "domains": HOLLIS}),
        (seen("dana@nothollis.example"), {"domains": HOLLIS}),
        (seen("dana@hollis.example"), {"domains": frozenset({"eu.hollis.example"})}),
        (seen(), {"contacts": DANA}),
        (seen(objects=frozenset({("salesforce", "9001")})), {"objects": frozenset({("hubspot", "9001")})}),
    ],
)
def test_time_alone_is_no_reason(clues: Clues, other: dict[str, Any]) -> None:
    assert match(clues, [deal(**other)]) == ()
    assert verdict(clues, deal(**other)).reason == "nothing ties it to a deal that is known"


def test_the_stronger_reason_wins_and_says_so() -> None:
    clues = seen("dana@hollis.example", threads=("message:a",))
    found = verdict(clues, deal("D-1", contacts=DANA, domains=HOLLIS), deal("D-2", threads={"message:a": "m-1"}))
    assert found.deal == "D-2"
    assert found.reason == "it belongs to the thread of m-1 (85 points; D-1, the next, has 40 points)"
    assert [candidate.deal for candidate in found.candidates] == ["D-2", "D-1"]


def test_of_two_deals_of_one_contact_the_active_one_is_meant() -> None:
    clues = seen("dana@hollis.example", at=60)
    asleep, awake = deal("D-1", contacts=DANA), deal("D-2", first=40, last=55, contacts=DANA)
    assert verdict(clues, asleep, awake).deal == "D-2"
    lost = deal("D-1", contacts=DANA, closed=20)
    assert verdict(clues, lost, awake).deal == "D-2"


def test_a_person_changes_what_the_thread_says() -> None:
    clues = seen(threads=("message:a",))
    machine = deal("D-2", threads={"message:a": "m-1"})
    assert verdict(clues, machine).deal == "D-2"
    assert verdict(clues, machine, chose(Kind.THREAD, "message:a")).deal == "D-1"


def test_a_verdict_reads_as_a_sentence() -> None:
    twins = [deal(id, contacts=DANA) for id in ("D-2", "D-1")]
    clues = seen("dana@hollis.example")
    assert verdict(clues, *twins).reason == (
        "D-1, D-2 come equally near: dana@hollis.example is a contact of this deal"
    )
    assert verdict(clues, twins[0]).reason == (
        "dana@hollis.example is a contact of this deal (40 points; no other deal comes near)"
    )
    late = seen("new@hollis.example", at=300)
    assert verdict(late, deal(domains=HOLLIS)).reason == (
        "D-1 is possible, not sure: hollis.example is the mail domain of this deal's buyer"
    )
    (candidate,) = match(clues, twins[:1])
    assert candidate.to_json()["reasons"][1] == {
        "why": "time",
        "text": "2026-03-06 is within 14 days of the open deal's activity (2026-03-01 to 2026-03-11)",
        "points": 10,
        "decides": False,
    }


def test_points_are_apart_so_that_time_never_turns_them_round() -> None:
    alone = sorted({POINTS[why] for why in Why if why not in (Why.TIME, Why.CONTACT_THEN)})
    assert all(lower + POINTS[Why.TIME] <= higher for lower, higher in pairwise(alone))


PEOPLE = st.sampled_from(["dana@hollis.example", "kim@hollis.example", "lee@acme.example", "joe@gmail.com"])
KEYS = st.sampled_from(["message:a", "message:b", "gmail:1"])
RECORDS = st.sampled_from([("hubspot", "1"), ("salesforce", "1"), ("hubspot", "2")])
DOMAINS = st.sampled_from(["hollis.example", "acme.example", "gmail.com"])
CHOICES = st.one_of(
    st.builds(Choice, kind=st.just(Kind.THREAD), key=KEYS, conversation=st.just("m-0")),
    st.builds(Choice, kind=st.just(Kind.EMAIL), key=PEOPLE, conversation=st.just("m-0")),
    st.builds(Choice, kind=st.just(Kind.DOMAIN), key=DOMAINS, conversation=st.just("m-0")),
)
MOMENTS = st.integers(-40, 80).map(day)


@st.composite
def known_deals(draw: st.DrawFn) -> KnownDeal:
    first = draw(st.integers(-30, 30))
    last = first + draw(st.integers(0, 30))
    closed = draw(st.none() | st.integers(last, last + 30))
    return deal(
        draw(st.sampled_from([f"D-{n}" for n in range(6)])),
        first=first,
        last=last,
        closed=closed,
        objects=draw(st.frozensets(RECORDS, max_size=1)),
        threads=draw(st.dictionaries(KEYS, st.sampled_from(["m-1", "m-2"]), max_size=2)),
        contacts=draw(st.dictionaries(PEOPLE, st.none(), max_size=2)),
        domains=draw(st.frozensets(DOMAINS, max_size=2)),
        choices=tuple(draw(st.lists(CHOICES, max_size=2, unique_by=lambda choice: (choice.kind, choice.key)))),
    )


MANY_DEALS = st.lists(known_deals(), max_size=5, unique_by=lambda each: each.id)
CLUES = st.builds(
    Clues,
    occurred_at=MOMENTS,
    objects=st.frozensets(RECORDS, max_size=1),
    threads=st.lists(KEYS, max_size=2, unique=True).map(tuple),
    people=st.frozensets(PEOPLE, max_size=3),
)


@settings(deadline=None)
@given(clues=CLUES, deals=MANY_DEALS, random=st.randoms(use_true_random=False))
def test_the_order_of_deals_means_nothing(clues: Clues, deals: list[KnownDeal], random: Any) -> None:
    shuffled = list(deals)
    random.shuffle(shuffled)
    assert match(clues, shuffled) == match(clues, deals)
    assert verdict(clues, *shuffled) == verdict(clues, *deals)


@settings(deadline=None)
@given(clues=CLUES, deals=MANY_DEALS)
def test_a_rival_turns_taken_into_waits(clues: Clues, deals: list[KnownDeal]) -> None:
    taken = verdict(clues, *deals)
    if taken.deal is None:
        return
    twin = dataclasses.replace(next(each for each in deals if each.id == taken.deal), id="rival")
    waits = verdict(clues, *deals, twin)
    assert waits.deal is None
    assert {candidate.deal for candidate in waits.candidates} >= {taken.deal, "rival"}
    assert "rival" in waits.reason


@settings(deadline=None)
@given(clues=CLUES, deals=MANY_DEALS, other=known_deals())
def test_another_deal_never_turns_one_deal_into_another_silently(
    clues: Clues, deals: list[KnownDeal], other: KnownDeal
) -> None:
    """A deal that joins may win or make it wait; it never helps a third."""
    before = verdict(clues, *deals).deal
    after = verdict(clues, *deals, dataclasses.replace(other, id="new")).deal
    assert after in (before, None, "new")


@settings(deadline=None)
@given(clues=CLUES, deals=MANY_DEALS)
def test_free_mail_never_matches_by_domain(clues: Clues, deals: list[KnownDeal]) -> None:
    assert "gmail.com" not in clues.domains
    for candidate in match(clues, deals):
        for reason in candidate.reasons:
            if reason.why in (Why.DOMAIN, Why.CHOSEN_DOMAIN):
                assert "gmail.com" not in reason.text


@settings(deadline=None)
@given(clues=CLUES, deals=MANY_DEALS)
def test_one_that_is_taken_decides_and_stands_alone_at_the_top(clues: Clues, deals: list[KnownDeal]) -> None:
    found = verdict(clues, *deals)
    best = [each for each in found.candidates if each.score == max(c.score for c in found.candidates)]
    assert (found.deal is not None) == (len(best) == 1 and best[0].decides)
    assert all(each.reasons[0].why is not Why.TIME for each in found.candidates)


EXACT = sorted(free_mail()[0])
BRANDS = sorted(free_mail()[1])


@given(domain=st.sampled_from(EXACT), local=st.from_regex(r"[a-z]{1,8}", fullmatch=True))
def test_every_free_mail_domain_of_the_list_is_nobodys_company(domain: str, local: str) -> None:
    assert domain_of(f"{local}@{domain}") is None
    assert domain_of(f"{local}@mail.{domain}") is None
    assert seen(f"{local}@{domain}").domains == {}


@given(brand=st.sampled_from(BRANDS), ending=st.sampled_from(["com", "de", "co.uk", "com.br", "fr", "co.jp"]))
def test_a_brand_of_free_mail_is_one_under_every_ending(brand: str, ending: str) -> None:
    assert is_free_mail(f"{brand}.{ending}")
    assert is_free_mail(f"mail.{brand}.{ending}")
    assert not is_free_mail(f"{brand}.acme.com")
    assert not is_free_mail(f"not{brand}x.{ending}")


@pytest.mark.parametrize(
    ("written", "box"),
    [
        ("Dana+CRM@Hollis.Example", "dana@hollis.example"),
        (" dana@hollis.example ", "dana@hollis.example"),
        ("+dana@hollis.example", "+dana@hollis.example"),
        ("dana@localhost", None),
        ("dana", None),
        ("a b@hollis.example", None),
        ("a@b@hollis.example", None),
        ("a\x00@hollis.example", None),
        ("", None),
        (None, None),
    ],
)
def test_one_mailbox_has_one_spelling(written: str | None, box: str | None) -> None:
    assert mailbox(written) == box


def test_wider_domains_stop_at_two_labels() -> None:
    assert list(wider("eu.mail.acme.com")) == ["mail.acme.com", "acme.com"]
    assert list(wider("acme.com")) == []


@given(text=st.text(max_size=200))
def test_anything_may_stand_where_an_address_should(text: str) -> None:
    box = mailbox(text)
    assert box is None or ("@" in box and box == box.lower() and mailbox(box) == box)


def test_clues_leave_our_own_people_out() -> None:
    source = Conversation.from_json(mail("m-1", "Hello."))
    clues = clues_of(source, None)
    assert clues.people == {"dana@hollis.example", "tomas@hollis.example"}
    assert clues.wrote == "dana@hollis.example"
    assert set(clues.domains) == {"hollis.example"}
    unknown = [{key: each[key] for key in ("id", "name", "email")} for each in mail("m", "x")["participants"]]
    open_ = Conversation.from_json(mail("m-1", "Hello.", participants=unknown))
    assert "sam@northstar.example" in clues_of(open_, None).people
    assert "sam@northstar.example" not in clues_of(open_, None, our_domains=["northstar.example"]).people
    learnt = clues_of(open_, None).without(people={"sam@northstar.example"}, domains={"northstar.example"})
    assert learnt.people == {"dana@hollis.example", "tomas@hollis.example"}


def test_keys_are_what_the_database_can_hold() -> None:
    long = "x" * 900
    envelope = Envelope(
        source="eml",
        message_id=f"{long}@h.example",
        references=("a\x00b@h.example", "\ud800@h.example"),
        thread="gmail:18e09",
        objects=(
            CrmObject(system="HubSpot", kind="deal", id="9001"),
            CrmObject(system="hubspot", kind="contact", id="9002"),
        ),
    )
    clues = clues_of(Conversation.from_json(call("c-1", "b1: hi")), envelope)
    assert clues.objects == {("hubspot", "9001")}
    assert clues.threads[0] == "gmail:18e09"
    for _, key in clues.keys:
        assert len(key) <= LONGEST_KEY
        assert "\x00" not in key
        key.encode()
    assert len(clues.threads) == 4
