"""The board and the list of deals, in a real browser: on the demo's deals, from empty, and with 10,000 deals."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

from benchmarks.fill import fill
from service.access.keys import Asked, make_key
from service.api.principal import Role
from service.app import running
from service.flows.append_events import append_events
from service.pages.deal.wording import short_money
from service.settings import Settings
from service.store import deals, tables
from service.store.deal_card_table import deal_cards
from tests.databases import at, run
from tests.pages.accessible import assert_accessible, assert_fits
from tests.pages.serving import NOW, Site, serving

MANY = 10_000
# The copies are looked at from afar only.
CARDS = (tables.deals, deal_cards)


@pytest.fixture(scope="module")
def crowded(server: str, worker_id: str) -> Iterator[Site]:
    """Ten thousand deals: ten stories and their copies."""
    name = f"pages_crowded_{worker_id}"
    run(server, f"CREATE DATABASE {name}")
    with running(Settings(database=at(server, name), worker=False)) as made:
        fill(dataclasses.replace(made.context, now=lambda: NOW), deals=MANY, events=MANY, templates=10, copies=CARDS)
    with serving(at(server, name)) as site:
        yield site
    run(server, f"DROP DATABASE {name} WITH (FORCE)")


def column(page: Page, stage: str) -> Locator:
    return page.locator(f"#column-{stage}")


def cards(page: Page, stage: str) -> list[str]:
    return column(page, stage).locator(".deal-card-title").all_inner_texts()


def told(page: Page) -> Locator:
    return page.locator("#board").get_by_role("status")


def states(site: Site) -> list[dict[str, Any]]:
    with site.context.database.connect() as connection:
        found = deals.find(connection, site.context.workspace, stage=None, after=None, most=2 * MANY)
    return [each.state | {"id": each.id} for each in found if each.state is not None]


def event(id: str, kind: str, deal: str, **data: Any) -> dict[str, Any]:
    source = {"id": id, "deal_id": deal, "type": kind, "occurred_at": "2026-03-13T09:00:00Z", "source": "crm"}
    return {**source, "data": data}


def test_late_stages_come_first_and_the_order_can_be_turned(shown: Site, page: Page) -> None:
    page.goto(f"{shown.url}/pipeline")
    order = page.locator(".column").evaluate_all("all => all.map(each => each.dataset.stage)")
    going = ["negotiation", "proposal", "qualified", "discovery", "identified"]
    assert order == [*going, "closed_won", "closed_lost"]
    page.get_by_label("Stages").select_option("Early stages first")
    expect(page.locator(".column").first).to_have_attribute("data-stage", "identified")
    expect(page).to_have_url(f"{shown.url}/pipeline?order=early")
    page.reload()
    expect(page.locator(".column").first).to_have_attribute("data-stage", "identified")


def test_a_card_tells_what_a_review_needs(shown: Site, page: Page) -> None:
    page.goto(f"{shown.url}/pipeline")
    card = column(page, "proposal").locator(".deal-card", has_text="Kestrel Robotics")
    for text in ("USD 140k", "34 %", "closes 12 Apr 2026", "health −6", "will fall back", "champion lost"):
        expect(card).to_contain_text(text)
    expect(card).to_contain_text("18 days in stage · sam")
    expect(column(page, "proposal")).to_contain_text("weighted USD 47.6k")
    expect(told(page)).to_contain_text("4 open deals")
    expect(told(page)).to_contain_text("worth USD 235k")
    card.get_by_role("link", name="Kestrel Robotics", exact=True).click()
    expect(page).to_have_url(f"{shown.url}/deals/DEMO-3")


def test_filters_stand_in_the_url_and_survive_a_reload(shown: Site, page: Page) -> None:
    page.goto(f"{shown.url}/pipeline")
    page.get_by_label("Flag").select_option("Champion lost")
    expect(told(page)).to_contain_text("1 open deal")
    page.get_by_label("Search").fill("kes")
    page.get_by_label("Search").press("Enter")
    expect(page).to_have_url(f"{shown.url}/pipeline?q=kes&mark=champion_lost")
    page.reload()
    expect(page.get_by_label("Search")).to_have_value("kes")
    expect(page.locator(".deal-card")).to_have_count(1)
    page.get_by_role("link", name="Clear the filters").click()
    expect(page.locator(".deal-card")).to_have_count(4)
    page.get_by_label("Amount from").fill("100,000")
    page.get_by_label("Amount from").press("Enter")
    expect(page.locator(".deal-card")).to_have_count(1)
    page.go_back()
    expect(page.locator(".deal-card")).to_have_count(4)
    page.goto(f"{shown.url}/pipeline?month=2026-04")
    assert sorted(page.locator(".deal-card-title").all_inner_texts()) == ["Hollis Freight", "Kestrel Robotics"]


@pytest.mark.parametrize(
    "query",
    ["least=many&month=April&page=-1&more=x&more=y:z&sort=luck&order=down", "stage=heaven", "mark='; DROP", "q=%25"],
)
def test_a_url_that_nobody_meant_breaks_nothing(shown: Site, query: str) -> None:
    for path in ("/pipeline", "/deals", "/deals.csv"):
        assert httpx2.get(f"{shown.url}{path}?{query}").status_code == 200


def test_a_card_is_moved_by_keyboard_alone(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/pipeline?q=hollis")
    page.get_by_role("link", name="Move Hollis Freight (DEMO-2)").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("To", exact=True)).to_be_focused()
    expect(dialog.get_by_label("To", exact=True)).to_have_value("qualified")
    expect(dialog).to_contain_text("One stage on.")
    page.keyboard.press("Tab")
    page.keyboard.type("we spoke on the phone")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moved.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=hollis"))
    assert cards(page, "qualified") == ["Hollis Freight"]
    assert cards(page, "discovery") == []


def test_a_card_is_dragged_and_the_reason_asked_for(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/pipeline")
    card = column(page, "discovery").locator(".deal-card", has_text="Hollis Freight")
    card.drag_to(column(page, "qualified"))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Move Hollis Freight")
    expect(dialog.get_by_label("To", exact=True)).to_have_value("qualified")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert "Hollis Freight" in cards(page, "discovery")
    card.drag_to(column(page, "qualified"))
    dialog.get_by_label("Why").fill("they are qualified")
    dialog.get_by_role("button", name="Move the deal").click()
    expect(column(page, "qualified").locator(".deal-card")).to_have_count(1)


def test_a_drag_that_skips_waits_for_approval(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/pipeline")
    column(page, "discovery").locator(".deal-card", has_text="Hollis Freight").drag_to(column(page, "negotiation"))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This skips a stage: the deal stays where it is until a manager approves.")
    dialog.get_by_label("Why").fill("they want to sign")
    dialog.get_by_role("button", name="Move the deal").click()
    expect(page.get_by_text("It stays where it is until a manager approves the move.")).to_be_visible()
    card = column(page, "discovery").locator(".deal-card", has_text="Hollis Freight")
    expect(card).to_contain_text("waits for approval")


def test_the_board_follows_what_happens(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/pipeline")
    expect(page.locator("html")).to_have_attribute("data-listening", "yes")
    append_events(demo.context, [event("e-won", "esign.completed", "DEMO-1", envelope="env-1")])
    expect(column(page, "closed_won").locator(".deal-card", has_text="Brightwater Foods")).to_be_visible()


def test_a_refresh_takes_neither_the_focus_nor_the_card_in_hand(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/pipeline")
    expect(page.locator("html")).to_have_attribute("data-listening", "yes")
    move = page.get_by_role("link", name="Move Hollis Freight (DEMO-2)")
    move.focus()
    append_events(demo.context, [event("e-1", "deal.updated", "DEMO-1", amount=1000)])
    expect(page.locator(".deal-card", has_text="USD 1k")).to_be_visible()
    expect(move).to_be_focused()
    move.locator("xpath=ancestor::li").hover()
    page.mouse.down()
    column(page, "qualified").hover()
    column(page, "qualified").hover()
    append_events(demo.context, [event("e-2", "deal.updated", "DEMO-1", amount=2000)])
    page.wait_for_timeout(600)
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_contain_text("Move Hollis Freight")
    expect(page.locator(".deal-card", has_text="USD 2k")).to_be_attached()


def test_without_scripts_filters_and_moves_work(demo: Site, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{demo.url}/pipeline")
    page.get_by_label("Search").fill("hollis")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".deal-card")).to_have_count(1)
    page.get_by_role("link", name="Move Hollis Freight").click()
    page.get_by_label("To").select_option("qualified")
    page.get_by_label("Why").fill("because")
    page.get_by_role("button", name="Move the deal").click()
    expect(column(page, "qualified").locator(".deal-card", has_text="Hollis Freight")).to_be_visible()
    expect(page.get_by_label("Search")).to_have_value("hollis")


def test_the_list_sorts_and_says_so(shown: Site, page: Page) -> None:
    page.goto(f"{shown.url}/deals")
    page.get_by_role("link", name="Amount", exact=True).click()
    heading = page.get_by_role("columnheader", name="Amount")
    expect(heading).to_have_attribute("aria-sort", "descending")
    first = page.locator("tbody th a").first
    expect(first).to_have_text("Kestrel Robotics")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(first).to_have_text("Marlow Dental Group")
    page.get_by_role("link", name="Stage", exact=True).click()
    stages = page.locator(".stage-chip").all_inner_texts()
    assert stages == ["Proposal", "Proposal", "Discovery", "Discovery"]
    page.get_by_label("Stage", exact=True).select_option("Discovery")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page).to_have_url(f"{shown.url}/deals?stage=discovery&sort=stage")


def test_the_list_as_csv_is_what_is_filtered(demo: Site) -> None:
    append_events(demo.context, [event("e-f", "deal.created", "=1+1", account="=cmd()", amount=5, currency="EUR")])
    answer = httpx2.get(f"{demo.url}/deals.csv?sort=amount")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["account"] for row in rows] == [
        "Kestrel Robotics",
        "Marlow Dental Group",
        "'=cmd()",
        "Brightwater Foods",
        "Hollis Freight",
    ]
    assert rows[0]["close_date"] == "2026-04-12"
    assert (rows[2]["deal"], rows[2]["amount"], rows[2]["currency"]) == ("'=1+1", "5", "EUR")


def test_nothing_yet_says_how_to_begin(bare: Site, page: Page) -> None:
    page.goto(f"{bare.url}/pipeline")
    expect(page.get_by_role("heading", name="No deals yet")).to_be_visible()
    expect(page.locator("pre")).to_contain_text("/v1/events")
    assert_accessible(page)
    page.goto(f"{bare.url}/deals")
    expect(page.get_by_role("heading", name="No deals yet")).to_be_visible()
    page.goto(f"{bare.url}/deals?q=nobody")
    expect(page.get_by_role("heading", name="No deal fits")).to_be_visible()
    page.get_by_role("link", name="clear the filters", exact=True).click()
    expect(page).to_have_url(f"{bare.url}/deals")


def test_totals_over_ten_thousand_are_exact(crowded: Site, page: Page) -> None:
    page.goto(f"{crowded.url}/pipeline")
    every = states(crowded)
    assert len(every) == MANY
    for stage in ("negotiation", "proposal", "discovery", "closed_won"):
        mine = [state for state in every if state["stage"] == stage]
        expect(column(page, stage).locator("h2 .count")).to_have_text(f"{len(mine):,}")
        for currency in {state["currency"] for state in mine}:
            amounts = [Decimal(str(state["amount"])) for state in mine if state["currency"] == currency]
            expect(column(page, stage).locator("header")).to_contain_text(
                short_money(sum(amounts, Decimal(0)), currency)
            )
    going = [state for state in every if state["closed_at"] is None and state["currency"] == "USD"]
    weighted = sum((Decimal(str(s["amount"])) * Decimal(str(s["probability"])) / 100 for s in going), Decimal(0))
    assert short_money(weighted, "USD") in told(page).inner_text().partition("weighted")[2]


def test_a_column_pages_and_stays_so(crowded: Site, page: Page) -> None:
    answer = page.goto(f"{crowded.url}/pipeline?q=kestrel")
    assert answer is not None
    assert len(answer.body()) < 300_000
    full = next(s for s in ("closed_won", "proposal", "qualified", "discovery") if len(cards(page, s)) == 20)
    column(page, full).get_by_role("link", name=re.compile("20 more of")).click()
    expect(column(page, full).locator(".deal-card")).to_have_count(40)
    titles = column(page, full).locator(".deal-card").evaluate_all("all => all.map(each => each.id)")
    assert len(set(titles)) == 40
    page.reload()
    expect(column(page, full).locator(".deal-card")).to_have_count(40)
    expect(page.get_by_label("Search")).to_have_value("kestrel")


def test_the_list_of_ten_thousand_pages_to_its_end(crowded: Site, page: Page) -> None:
    page.goto(f"{crowded.url}/deals?sort=account")
    expect(page.get_by_text("1 to 50 of 10,000")).to_be_visible()
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_text("51 to 100 of 10,000")).to_be_visible()
    page.goto(f"{crowded.url}/deals?sort=account&page=9999")
    expect(page.get_by_text("9,951 to 10,000 of 10,000")).to_be_visible()
    page.get_by_role("link", name="First page").click()
    expect(page.get_by_text("1 to 50 of 10,000")).to_be_visible()


def test_a_rep_sees_their_own_deals_and_of_others_nothing(crowded: Site) -> None:
    every = states(crowded)
    mine = {state["id"] for state in every if state["owner"] == "rep03@northstar.example"}
    other = next(state for state in every if state["id"] not in mine)
    wanted = Asked(name="rep", role=Role.REP, person="rep03@northstar.example")
    _, text = make_key(crowded.context, wanted, by="test", random=lambda count: bytes(range(count)))
    key = {"Authorization": f"Bearer {text}"}
    rows = csv.DictReader(io.StringIO(httpx2.get(f"{crowded.url}/deals.csv", headers=key).content.decode("utf-8-sig")))
    assert {row["deal"] for row in rows} == mine
    board = httpx2.get(f"{crowded.url}/pipeline", headers=key).text
    going = [state for state in every if state["id"] in mine and state["closed_at"] is None]
    assert f"<b>{len(going):,}</b> open deal" in board
    assert "rep04" not in board
    for path in ("", "/move"):
        hidden = httpx2.get(f"{crowded.url}/deals/{other['id']}{path}", headers=key)
        missing = httpx2.get(f"{crowded.url}/deals/D-404{path}", headers=key)
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.text.replace(other["id"], "D-404") == missing.text
    form = {"to": "qualified", "reason": "mine now"}
    assert httpx2.post(f"{crowded.url}/deals/{other['id']}/move", headers=key, data=form).status_code == 404
    refused = httpx2.post(
        f"{crowded.url}/deals/{min(mine)}/approvals", headers=key, data={"approval": "a", "answer": "grant"}
    )
    assert refused.status_code == 403


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_board_and_list_are_sound_in_both_themes(shown: Site, new_page: Callable[..., Page], theme: str) -> None:
    page = new_page(color_scheme=theme)
    for path in ("/pipeline", "/deals?sort=amount"):
        page.goto(f"{shown.url}{path}")
        assert_accessible(page)
        assert_fits(page)
    page.goto(f"{shown.url}/pipeline")
    page.get_by_role("link", name="Move Hollis Freight (DEMO-2)").click()
    assert_accessible(page)


def test_a_phone_shows_the_search_and_the_rest_of_the_filters_when_asked(shown: Site, phone: Page) -> None:
    phone.goto(f"{shown.url}/pipeline")
    expect(phone.get_by_label("Search")).to_be_visible()
    expect(phone.get_by_label("Owner")).to_be_hidden()
    phone.get_by_text("More filters").click()
    phone.get_by_label("Flag").select_option("Champion lost")
    expect(phone.locator(".deal-card")).to_have_count(1)
    phone.reload()
    expect(phone.get_by_label("Flag")).to_have_value("champion_lost")
    assert_fits(phone)


def test_board_and_list_are_sound_on_a_phone(shown: Site, phone: Page) -> None:
    for path in ("/pipeline", "/deals", "/deals/DEMO-2/move"):
        phone.goto(f"{shown.url}{path}")
        assert_accessible(phone)
        assert_fits(phone)
