"""The page of a deal, in a real browser: what it tells of the demo's deals, and what people decide on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

from service.flows.append_events import append_events
from service.store import deal_cards, deals
from tests.pages.accessible import assert_accessible, assert_fits
from tests.pages.serving import Site

BRIGHTWATER, HOLLIS, KESTREL, MARLOW = "DEMO-1", "DEMO-2", "DEMO-3", "DEMO-4"


def opened(page: Page, site: Site, deal: str) -> Page:
    page.goto(f"{site.url}/deals/{deal}")
    return page


def card(page: Page, heading: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=heading, exact=True))


def stored(site: Site, deal: str) -> dict[str, Any]:
    with site.context.database.connect() as connection:
        found = deals.get(connection, site.context.workspace, deal)
    assert found is not None
    assert found.state is not None
    return found.state


def event(id: str, kind: str, deal: str, **data: Any) -> dict[str, Any]:
    source = {"id": id, "deal_id": deal, "type": kind, "occurred_at": "2026-03-13T09:00:00Z", "source": "crm"}
    return {**source, "data": data}


def test_a_met_gate_leads_to_the_words_that_met_it(shown: Site, page: Page) -> None:
    opened(page, shown, BRIGHTWATER)
    gate = page.locator("#gate-contract_review")
    expect(gate).to_contain_text("Signal on")
    gate.locator("summary").click()
    words = gate.locator("blockquote")
    expect(words).to_have_text("Anything above a hundred thousand also goes to procurement for the paperwork.")
    expect(gate).to_contain_text("Dana Reyes, VP Operations")
    gate.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/conversations/demo-brightwater-discovery\?at=12#s12$"))
    expect(page.locator("#s12")).to_contain_text("procurement for the paperwork")


def test_an_open_gate_says_what_would_meet_it(shown: Site, page: Page) -> None:
    opened(page, shown, HOLLIS)
    gate = page.locator("#gate-discovery_meeting")
    needs = gate.get_by_role("list", name="What would meet Discovery meeting").get_by_role("listitem")
    expect(needs).to_have_count(2)
    expect(needs.nth(0)).to_contain_text("Minutes of the longest call or meeting: 16.99 (at least 30 wanted)")
    expect(needs.nth(0)).to_contain_text("is not so yet")
    expect(needs.nth(1)).to_contain_text("Pain is documented: yes (is so)")


def test_the_stages_tell_where_it_is_and_where_it_was(shown: Site, page: Page) -> None:
    opened(page, shown, MARLOW)
    expect(page.locator("[aria-current=step]")).to_contain_text("Discovery")
    expect(page.get_by_role("list", name="Stages").get_by_text("Negotiation")).to_be_visible()
    expect(page.locator(".step", has_text="Negotiation")).to_contain_text("reached before, and left again")
    visits = card(page, "Stages so far").get_by_role("listitem")
    expect(visits).to_have_count(2)
    expect(visits.nth(0)).to_contain_text("the budget for this project has been cancelled")


def test_the_parts_add_up_to_the_probability(shown: Site, page: Page) -> None:
    """Whatever the figures are: the page's own sum is the stored probability."""
    for deal in (BRIGHTWATER, HOLLIS, KESTREL, MARLOW):
        opened(page, shown, deal)
        rows = page.locator(".parts td.number").all_inner_texts()
        state = stored(shown, deal)
        assert sum(int(figure.replace("−", "-")) for figure in rows) == state["probability"]
        expect(card(page, "Probability").locator(".figure")).to_have_text(f"{state['probability']} %")


def test_a_what_if_comes_true(demo: Site, page: Page) -> None:
    """ "With gate demo completed met: +1" is what the probability does when it is."""
    opened(page, demo, KESTREL)
    line = card(page, "Probability").get_by_role("listitem").filter(has_text="With a champion who advocates")
    gained = int(line.locator(".gain").inner_text())
    before = stored(demo, KESTREL)["probability"]
    champion = {"type": "champion", "person": "Paul Deering", "status": "advocating"}
    told = event("e-champion", "signal", KESTREL, **champion) | {"occurred_at": stored(demo, KESTREL)["as_of"]}
    append_events(demo.context, [told])
    expect(card(page, "Probability").locator(".figure")).to_have_text(f"{before + gained} %")
    expect(page.get_by_role("heading", name=re.compile("Falls back"))).to_have_count(0)


def test_the_close_date_is_drawn_and_told(shown: Site, page: Page) -> None:
    opened(page, shown, BRIGHTWATER)
    money = card(page, "Close date and money")
    expect(money).to_contain_text("31 Mar 2026, in 18 days")
    expect(money).to_contain_text("as the buyer stated it")
    drawn = money.get_by_role("img", name="From 31 May 2026 at first to 31 Mar 2026 now, in 1 move.")
    expect(drawn).to_be_visible()
    money.get_by_text("How the date moved (1)").click()
    expect(money).to_contain_text("I want the order signed by the end of this month.")
    opened(page, shown, HOLLIS)
    expect(card(page, "Close date and money").get_by_role("img")).to_have_count(0)


def test_people_on_the_map_and_in_the_list(shown: Site, page: Page) -> None:
    opened(page, shown, BRIGHTWATER)
    people = card(page, "People")
    expect(people.get_by_role("img", name="Map of the people")).to_be_visible()
    for name in ("Martin Hale", "Dana Reyes", "Priya Raman"):
        expect(people.locator("svg text.name", has_text=name)).to_have_count(1)
        expect(people.get_by_role("rowheader", name=re.compile(name))).to_be_visible()
    expect(people.get_by_role("row", name=re.compile("Martin Hale"))).to_contain_text("Economic buyer")
    people.get_by_text("Who was in contact with whom").click()
    expect(people.get_by_text(re.compile(r"Dana Reyes and Martin Hale were together in"))).to_be_visible()
    changes = people.locator(".change")
    expect(changes.first).to_contain_text("Dana Reyes advocates")


def test_meddic_shows_words_or_what_to_do(shown: Site, page: Page) -> None:
    opened(page, shown, BRIGHTWATER)
    letters = card(page, "MEDDIC").locator(".letter")
    expect(letters).to_have_count(6)
    expect(letters.nth(1)).to_contain_text("I'm the one who signs this")
    opened(page, shown, KESTREL)
    champion = card(page, "MEDDIC").locator(".letter").nth(5)
    expect(champion).to_contain_text("gap")
    expect(champion).to_contain_text("Nora Lindqvist (champion, has left)")
    expect(champion.locator(".letter-sign")).to_have_css("border-style", "dashed")


def test_a_decision_opens_to_rule_events_and_words(shown: Site, page: Page) -> None:
    opened(page, shown, MARLOW)
    entry = page.locator(".entry", has_text="Negotiation → Discovery")
    expect(entry.locator("blockquote")).to_be_hidden()
    entry.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(entry.locator("code")).to_have_text("regress.budget")
    expect(entry.locator("blockquote")).to_contain_text("the budget for this project has been cancelled")
    expect(entry.get_by_role("link")).to_have_attribute("href", re.compile(r"^/conversations/demo-marlow-freeze"))


def test_the_timeline_is_filtered_and_paged_and_stays_so(shown: Site, page: Page) -> None:
    opened(page, shown, BRIGHTWATER)
    kinds = page.get_by_role("navigation", name="Kinds of decisions")
    total = int(kinds.get_by_role("link", name=re.compile("Everything")).locator(".count").inner_text())
    seen: list[str] = []
    while True:
        seen += page.locator(".entry").evaluate_all("all => all.map(each => each.id)")
        older = page.get_by_role("link", name="Earlier")
        if not older.count():
            break
        last = seen[-1]
        older.click()
        expect(page.locator(f"#{last}")).to_have_count(0)
    assert len(seen) == len(set(seen)) == total
    kinds.get_by_role("link", name=re.compile("^Moves")).click()
    expect(page).to_have_url(re.compile(r"\?kind=moves"))
    expect(page.locator(".entry", has_text="Qualified → Proposal")).to_be_visible()
    expect(page.locator(".entry .badge", has_text="Gate met")).to_have_count(0)
    page.reload()
    expect(kinds.locator("[aria-current]")).to_contain_text("Moves")
    expect(page.locator(".entry .badge", has_text="Gate met")).to_have_count(0)


def test_a_person_moves_it_one_stage_with_a_reason(demo: Site, page: Page) -> None:
    opened(page, demo, HOLLIS)
    page.get_by_role("link", name="Move…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("To", exact=True).select_option("qualified")
    dialog.get_by_role("button", name="Move the deal").click()
    expect(dialog).to_be_visible()  # a reason is missing, and the browser says so
    dialog.get_by_label("Why").fill("They told me in the corridor")
    dialog.get_by_role("button", name="Move the deal").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("Qualified")
    expect(page.get_by_text("Moved.")).to_be_visible()
    expect(card(page, "Stages so far").get_by_role("listitem").first).to_contain_text("They told me in the corridor")


def test_a_skip_waits_for_the_manager_who_may_refuse_or_approve(demo: Site, page: Page) -> None:
    opened(page, demo, HOLLIS)
    page.get_by_role("link", name="Move…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("To", exact=True).select_option("negotiation")
    dialog.get_by_label("Why").fill("They want the contract")
    dialog.get_by_role("button", name="Move the deal").click()
    expect(page.get_by_text("It stays where it is until a manager approves the move.")).to_be_visible()
    waiting = page.get_by_role("region", name="Waits for approval")
    expect(waiting).to_contain_text("Move to Negotiation")
    expect(waiting).to_contain_text("They want the contract")
    waiting.get_by_role("button", name="Refuse").click()
    expect(waiting).to_have_count(0)
    expect(page.locator("[aria-current=step]")).to_contain_text("Discovery")

    page.goto(f"{demo.url}/deals/{HOLLIS}/move?to=proposal")
    page.get_by_label("Why").fill("They want it now")
    page.get_by_role("button", name="Move the deal").click()
    waiting.get_by_label("Your reason (optional)").fill("so be it")
    waiting.get_by_role("button", name="Approve").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("Proposal")


def test_a_manager_approves_their_own_skip_at_once(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/deals/{HOLLIS}/move?to=negotiation")
    page.get_by_label("Why").fill("I was there")
    page.get_by_label("As a manager I approve a skip right away").check()
    page.get_by_role("button", name="Move the deal").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("Negotiation")


def test_a_scheduled_regression_says_what_would_stop_it_and_is_stopped(demo: Site, page: Page) -> None:
    opened(page, demo, KESTREL)
    notice = page.get_by_role("region", name="Scheduled regression")
    expect(notice).to_contain_text("Falls back to qualified in 11 days")
    expect(notice).to_contain_text("another champion advocates")
    expect(notice.locator("blockquote")).to_contain_text("Nora Lindqvist is leaving the company")
    notice.get_by_label("Why it should not happen").fill("Paul takes it on")
    notice.get_by_role("button", name="Stop it").click()
    expect(notice).to_have_count(0)
    expect(page.get_by_text("The regression is stopped.")).to_be_visible()
    assert stored(demo, KESTREL)["scheduled"] == []
    expect(page.locator(".entry").filter(has_text="The regression for Nora Lindqvist is dropped")).to_be_visible()


def test_an_action_of_the_stage_is_marked_as_done(demo: Site, page: Page) -> None:
    opened(page, demo, BRIGHTWATER)
    now = card(page, "What to do now")
    expect(now).to_contain_text("Show it, prove it, price it")
    expect(now).to_contain_text("Nurture")
    line = now.get_by_role("listitem").filter(has_text="Complete demo and send proposal within 7 days")
    expect(line).to_contain_text("due 12 Mar 2026, 1 day overdue")
    line.get_by_role("button", name="Done: Complete demo and send proposal within 7 days").click()
    expect(line.get_by_role("button")).to_have_count(0)
    expect(line).not_to_contain_text("overdue")
    expect(page.get_by_text("Done.", exact=True)).to_be_visible()


def test_it_follows_what_happens_and_keeps_open_what_was_opened(demo: Site, page: Page) -> None:
    opened(page, demo, MARLOW)
    expect(page.locator("html")).to_have_attribute("data-listening", "yes")
    entry = page.locator(".entry", has_text="Negotiation → Discovery")
    entry.locator("summary").click()
    append_events(demo.context, [event("e-amount", "deal.updated", MARLOW, amount=77000)])
    expect(card(page, "Close date and money")).to_contain_text("USD 77,000")
    expect(entry.locator("blockquote")).to_be_visible()


def test_without_scripts_the_move_is_a_page_of_its_own(demo: Site, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    opened(page, demo, HOLLIS)
    page.get_by_role("link", name="Move…").click()
    expect(page.get_by_role("heading", name="Move Hollis Freight")).to_be_visible()
    page.get_by_label("To").select_option("qualified")
    page.get_by_label("Why").fill("  ")
    page.get_by_role("button", name="Move the deal").click()
    expect(page.get_by_text("Say why: the reason stands in the deal's timeline for good.")).to_be_visible()
    expect(page.get_by_label("To")).to_have_value("qualified")
    page.get_by_label("Why").fill("because")
    page.get_by_role("button", name="Move the deal").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("Qualified")


def test_an_approval_that_was_answered_is_told_so(shown: Site) -> None:
    form = {"approval": "nothing", "answer": "grant"}
    answer = httpx2.post(f"{shown.url}/deals/{HOLLIS}/approvals", data=form, headers={"Accept": "text/html"})
    assert answer.status_code == 409
    assert "no longer waits" in answer.text
    assert "Reload the page" in answer.text


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_nobody_is_led_to_another_site(demo: Site, back: str) -> None:
    form = {"to": "qualified", "reason": "because", "back": back}
    answer = httpx2.post(f"{demo.url}/deals/{HOLLIS}/move", data=form, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/deals/DEMO-2?told=moved"


def test_names_are_text_and_never_markup(demo: Site, page: Page) -> None:
    odd = 'a/b "<b>&'
    made = event("e-odd", "deal.created", odd, account="<script>alert(1)</script>", owner="<i>sam</i>")
    contact = event("e-who", "contact.added", odd, person="<u>Eve</u>", title="<s>CFO</s>", role="economic_buyer")
    append_events(demo.context, [made, contact])
    with demo.context.database.connect() as connection:
        assert deal_cards.get(connection, demo.context.workspace, odd, None) is not None
    page.goto(f"{demo.url}/deals?q=script")
    page.get_by_role("link", name="<script>alert(1)</script>").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("<script>alert(1)</script>")
    expect(page.locator("svg text.name", has_text="<u>Eve</u>")).to_have_count(1)


def test_a_deal_that_there_is_not_is_a_page_that_says_so(shown: Site, page: Page) -> None:
    assert page.goto(f"{shown.url}/deals/D-404").status == 404  # type: ignore[union-attr]
    expect(page.get_by_role("link", name="All deals")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_sound_in_both_themes(shown: Site, new_page: Callable[..., Page], theme: str) -> None:
    page = new_page(color_scheme=theme)
    for deal in (BRIGHTWATER, KESTREL):
        opened(page, shown, deal)
        page.locator("details:not([open])").evaluate_all("all => all.forEach(each => { each.open = true })")
        assert_accessible(page)
        assert_fits(page)


def test_it_is_sound_on_a_phone(shown: Site, phone: Page) -> None:
    opened(phone, shown, KESTREL)
    assert_fits(phone)
    assert_accessible(phone)
    phone.get_by_role("link", name="Move…").click()
    expect(phone.get_by_role("dialog")).to_be_visible()
    assert_fits(phone)
    assert_accessible(phone)


@pytest.mark.parametrize("deal", [BRIGHTWATER, HOLLIS, KESTREL, MARLOW])
def test_a_deals_head_tells_in_short_what_the_list_tells(shown: Site, page: Page, deal: str) -> None:
    page.goto(f"{shown.url}/deals?q={deal}")
    row = page.locator("table.deals tbody tr")
    chance, close, health = (row.locator("td").nth(n).inner_text() for n in (2, 3, 4))
    opened(page, shown, deal)
    short = page.get_by_label("In short")
    for told in (chance, close, health, "sam"):
        expect(short).to_contain_text(told)
    state = stored(shown, deal)
    expect(short).to_contain_text("not known" if state["amount"] is None else f"{state['amount']:,.0f}")
