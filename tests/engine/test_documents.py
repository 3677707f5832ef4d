"""Documents from what is known of a deal, and what would raise its probability."""

from __future__ import annotations

import pytest

from engine import DOCUMENTS, Event, Ledger, Pipeline, PipelineError, what_if, write
from engine.pipeline import SHIPPED
from tests.engine.story import B2B, Story, on


def ledger_of(told: Story) -> Ledger:
    ledger = Ledger(told.pipeline)
    for event in told.events:
        ledger.add(Event.from_json(event))
    return ledger


def rich() -> Story:
    told = Story("proposal")
    told.add(1, "contact.added", person="Tomas Berg", title="Fleet Manager")
    told.call(1, 40, "Tomas Berg", purpose="discovery")
    told.signal(1, "qualification", element="pain", quote="our dispatchers *retype*\nevery order by hand")
    told.signal(1, "champion", person="Tomas Berg", status="advocating", quote="I'll bring it to Petra")
    told.signal(2, "budget", status="approved", amount={"low": 75000, "high": 80000, "currency": "USD", "per": "year"})
    told.signal(3, "competitor", name="Qlik", relation="incumbent", quote="we have Qlik today")
    told.pricing(4, "quoted", 90000)
    told.date(4, "close", on(60))
    told.milestone(5, "security_review_completed")
    return told


def document(name: str, told: Story) -> str:
    return write(name, ledger_of(told).dossier("D-1"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_written_of_a_rich_and_of_a_bare_deal(name: str) -> None:
    for told in (rich(), Story("identified", account=None, amount=None)):
        text = document(name, told)
        assert text.startswith(f"# {DOCUMENTS[name].title}: ")
        assert "None" not in text
    assert "## Open" in document(name, Story("identified"))


@pytest.mark.parametrize("name", ["discovery_summary", "research_brief", "hand_off"])
def test_a_document_quotes_what_was_said_and_lists_what_is_open(name: str) -> None:
    text = document(name, rich())
    assert "Hollis Freight" in text
    assert "> our dispatchers \\*retype\\* every order by hand" in text, (
        "words are quoted and mean nothing but themselves"
    )
    assert "Qlik: incumbent, told on 2026-09-10" in text
    assert "- The go live date: (not known)" in text
    assert "- Who is the economic buyer: (not known)" in text
    assert "The pain that drives the purchase" not in text
    assert "A champion who advocates" not in text


def test_a_discovery_summary_holds_the_budget_as_it_was_told() -> None:
    assert "2026-09-09: approved, 75,000 to 80,000 USD a year" in document("discovery_summary", rich())


def test_a_contract_holds_the_price_that_stands() -> None:
    told = rich()
    text = document("contract", told)
    assert "Price quoted: 90,000 USD" in text
    assert "- A price that both sides agreed: (not known)" in text
    told.pricing(6, "agreed", 85000)
    text = document("contract", told)
    assert "Price agreed: 85,000 USD" in text
    assert "both sides agreed: (not known)" not in text


def test_what_was_taken_back_is_not_written() -> None:
    told = rich()
    told.add(9, "retraction", event="D-1-4", by="ana", reason="Another deal.")
    text = document("discovery_summary", told)
    assert "retype" not in text
    assert "- The pain that drives the purchase: (not known)" in text


def test_an_analysis_of_a_loss_says_why() -> None:
    told = rich()
    told.milestone(9, "deal_lost", loss_reason="price", lost_to="Qlik")
    text = document("win_loss_analysis", told)
    assert "- Loss reason: price" in text
    assert "- Lost to: Qlik" in text
    assert "- Lessons: (not known)" in text


def test_every_document_of_the_pipeline_can_be_written() -> None:
    named = {action.document for stage in B2B.stages for action in stage.actions if action.document}
    assert named == set(DOCUMENTS)


def test_an_unknown_document_is_refused_in_the_file() -> None:
    text = (SHIPPED / "b2b.toml").read_text(encoding="utf-8")
    with pytest.raises(PipelineError, match=r'no document "reserch_brief"\. Did you mean "research_brief"'):
        Pipeline.from_text(text.replace('document = "research_brief"', 'document = "reserch_brief"'))


def changes(told: Story) -> dict[str, float]:
    ledger = ledger_of(told)
    return {change.if_: change.points for change in what_if(ledger.deals()["D-1"], B2B)}


def test_what_if_tells_each_change_on_its_own_the_best_first() -> None:
    told = Story("proposal")
    told.email(1)
    found = changes(told)
    assert found["a champion who advocates"] == 5
    assert found["gate pricing_agreed met"] == 1
    assert found["a new decision maker, economic buyer, executive sponsor identified"] == 10
    assert list(found.values()) == sorted(found.values(), reverse=True)
    before = told.told().state["probability"]
    told.signal(1, "champion", person="Tomas Berg", status="advocating")
    assert told.told().state["probability"] == before + 5, "and it is so"
    assert "a champion who advocates" not in changes(told)


def test_what_if_counts_a_lost_champion_and_risks() -> None:
    told = Story("proposal")
    told.call(1)
    told.signal(1, "champion", person="A B", status="lost")
    told.signal(1, "competitor", name="Qlik", relation="favored")
    told.budget(1, "pending")
    told.signal(1, "stakeholder", person="C D", title=None, change="unresponsive", role="economic_buyer")
    found = changes(told)
    assert found["a champion who advocates"] == 11
    assert found["the leading competitor rejected"] == 4
    assert found["the budget approved"] == 1
    assert found["everybody responsive"] == 3


def test_what_if_changes_nothing_and_leaves_closed_deals_alone() -> None:
    told = Story("proposal")
    before = told.told().state
    changes(told)
    assert told.told().state == before
    assert changes(Story("closed_won")) == {}
