"""Which companies are named: the deal's list however heard, known vendors, and names written like names."""

from __future__ import annotations

import pytest

from extractors.companies import How, companies_of, find_companies
from signals import DealContext, KnownCompetitor

COMPANIES = companies_of(
    DealContext(
        account="Brightwater Foods",
        seller="Northstar Analytics",
        competitors=(KnownCompetitor(name="Qlik", aliases=("QlikView",)), KnownCompetitor(name="Manhattan Associates")),
    )
)


def named(text: str) -> list[tuple[str, How]]:
    return [(company.name, company.how) for company in find_companies(text, COMPANIES)]


@pytest.mark.parametrize("text", ["We use Qlik.", "we use qlikview today", "It is QLIKVIEW that we have."])
def test_a_listed_name_is_canonical_by_any_alias(text: str) -> None:
    assert named(text)[0] == ("Qlik", How.CATALOGUE)


@pytest.mark.parametrize("text", ["our click view licence", "the qlick view reports", "that is klik view"])
def test_a_listed_name_is_known_as_speech_to_text_hears_it(text: str) -> None:
    assert ("Qlik", How.HEARD) in named(text)


def test_vendors_are_known_in_any_case_unless_they_are_words() -> None:
    assert named("we looked at tableau") == [("Tableau", How.VENDOR)]
    assert ("Sage", How.VENDOR) in named("We looked at Sage last year.")
    assert named("that is sage advice") == [("Sage", How.WRITTEN)]


@pytest.mark.parametrize(
    "text",
    [
        "Northstar Analytics sent it to Brightwater.",
        "See you on Thursday, the CFO has the RFP and the SOC 2.",
        "Since Monday we have Q3 and FY27 figures.",
    ],
)
def test_the_two_parties_days_and_abbreviations_are_no_companies(text: str) -> None:
    assert named(text) == []


def test_an_unlisted_name_is_given_as_written() -> None:
    assert named("We also spoke to Zentrix Cloud on Friday.") == [("Zentrix Cloud", How.WRITTEN)]


def test_offsets_cut_the_name_out_of_the_text() -> None:
    text = "Was it QlikView or Manhattan Associates?"
    assert [text[c.start : c.end] for c in find_companies(text, COMPANIES)] == ["QlikView", "Manhattan Associates"]


@pytest.mark.parametrize("text", ["you have a nice window", "Nice deck, by the way.", "that is a nice round number"])
def test_a_vendor_named_like_a_common_word_is_not_read_in_that_word(text: str) -> None:
    assert named(text) == []
    assert ("NICE", How.VENDOR) in named("Their telephony runs on NICE since May.")


def test_a_listed_name_is_known_by_its_first_word_and_letter_by_letter() -> None:
    companies = companies_of(
        DealContext(competitors=tuple(KnownCompetitor(name=n) for n in ("Bika Lab", "VTEX", "Blue Yonder", "John Roe")))
    )
    assert [c.name for c in find_companies("we took bika after all", companies)] == ["Bika Lab"]
    assert [c.name for c in find_companies("the contract with v tex", companies)] == ["VTEX"]
    assert find_companies("the blue one that john has", companies) == []


@pytest.mark.parametrize("text", ["Our plant in Vietnam uses it.", "We sell to South Korea and New York."])
def test_places_are_no_companies(text: str) -> None:
    assert find_companies(text, companies_of(None)) == []


def test_a_word_in_capitals_is_taken_whole_or_not_at_all() -> None:
    found = find_companies("we moved to ZWEIBRUECKEN and then to KPMG in May", companies_of(None))
    assert [company.text for company in found] == ["KPMG"]
