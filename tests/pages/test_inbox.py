"""The inbox as a rep works through it: by keys, by mouse, on a phone, without scripts, and while others work too."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx2
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from service.flows.override_stage import override_stage
from tests.pages.accessible import assert_accessible, assert_fits
from tests.pages.serving import Site


def states(site: Site) -> dict[str, int]:
    """How many signals there are in each state."""
    with site.context.database.connect() as connection:
        rows = connection.execute(sa.text("SELECT state, count(*) FROM signals GROUP BY state"))
        return {row[0]: row[1] for row in rows}


def pending(site: Site) -> int:
    return states(site).get("pending", 0)


def settled(page: Page) -> None:
    """Every effect that is in view was fetched, so that nothing moves any more."""
    page.wait_for_function("() => !document.querySelector('.htmx-request')")


def test_what_waits_is_told_with_its_words_who_said_them_and_what_accepting_would_do(strict: Site, page: Page) -> None:
    page.goto(strict.url)
    item = page.locator(".item", has_text="Budget cancelled").or_(page.locator(".item").first).first
    expect(item.locator("mark")).not_to_be_empty()
    expect(item.locator("figcaption")).to_contain_text("(buyer)")
    expect(item.locator(".effect")).to_contain_text("Accepting it")
    expect(page.get_by_role("link", name=re.compile("Signals to review"))).to_contain_text(str(pending(strict)))
    assert_accessible(page)


def test_keys_move_accept_dismiss_and_undo(strict: Site, page: Page) -> None:
    page.goto(f"{strict.url}/?show=signals")
    before = states(strict)
    first, second = (page.locator(".item").nth(n).get_attribute("id") for n in (0, 1))
    page.keyboard.press("j")
    expect(page.locator("[data-current]")).to_have_attribute("id", str(first))
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("a")
    expect(page.locator(f"#{first}")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("Accepted:")
    assert pending(strict) == before["pending"] - 1
    # The next one took its place, and the keys go on from there.
    expect(page.locator("[data-current]")).to_have_attribute("id", str(second))
    page.keyboard.press("d")
    expect(page.locator(f"#{second}")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("Dismissed:")
    assert states(strict)["dismissed"] == 1
    page.keyboard.press("u")
    expect(page.locator("#toasts")).to_contain_text("Undone:")
    expect(page.locator(f"#{second}")).to_have_count(1)
    assert "dismissed" not in states(strict)


def test_what_accepting_would_do_is_told_anew_when_the_deal_has_changed(strict: Site, page: Page) -> None:
    page.goto(f"{strict.url}/?show=signals&deal=DEMO-4")
    first, second = (page.locator(".item").nth(n) for n in (0, 1))
    expect(first.locator(".effect")).to_be_visible()
    expect(second.locator(".effect")).to_be_visible()
    id = str(second.get_attribute("id")).removeprefix("signal-")
    with page.expect_request(re.compile(f"/signals/{id}/effect")):
        first.get_by_role("button", name="Accept").click()
    expect(page.locator(f"#signal-{id} .effect")).to_contain_text("Accepting it")


def test_the_same_keys_do_nothing_while_somebody_types(strict: Site, page: Page) -> None:
    page.goto(f"{strict.url}/?show=signals")
    before = states(strict)
    page.keyboard.press("j")
    page.get_by_label("Deal's id").fill("")
    page.get_by_label("Deal's id").press_sequentially("adad")
    expect(page.get_by_label("Deal's id")).to_have_value("adad")
    assert states(strict) == before


def test_a_signal_is_corrected_in_place(strict: Site, page: Page) -> None:
    page.goto(f"{strict.url}/?show=signals&type=budget")
    item = page.locator(".item").first
    id = str(item.get_attribute("id")).removeprefix("signal-")
    page.keyboard.press("j")
    page.keyboard.press("e")
    form = item.locator("form.signal-form")
    expect(form.get_by_label("Type", exact=True)).to_be_focused()
    assert_accessible(page)
    form.get_by_label("Status").select_option("stated")
    form.get_by_label("Amount").fill("a lot")
    form.get_by_role("button", name="Save").click()
    expect(item.locator(".fault")).to_have_text("expected a number such as 120000")
    form.get_by_label("Amount").fill("95,000")
    form.get_by_label("Currency").fill("usd")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Corrected: Budget stated: USD 95,000")
    expect(page.locator(f"#signal-{id}")).to_have_count(0)
    with strict.context.database.connect() as connection:
        row = connection.execute(sa.text("SELECT state, content FROM signals WHERE id = :id"), {"id": id}).one()
    assert (row.state, row.content["amount"]["low"], row.content["status"]) == ("corrected", 95000, "stated")


def test_the_form_follows_the_type(strict: Site, page: Page) -> None:
    page.goto(f"{strict.url}/?show=signals")
    page.locator(".item").first.get_by_role("link", name="Correct").click()
    form = page.locator("form.signal-form")
    form.get_by_label("Type", exact=True).select_option("competitor")
    expect(form.get_by_label("Relation")).to_be_visible()
    form.get_by_role("link", name="Cancel").click()
    expect(form).to_have_count(0)


def test_everything_can_be_done_without_scripts(strict: Site, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{strict.url}/?show=signals")
    before = pending(strict)
    page.locator(".item").first.get_by_role("button", name="Accept").click()
    expect(page.locator(".told")).to_contain_text("Accepted.")
    assert pending(strict) == before - 1
    page.locator(".told").get_by_role("button", name="Undo").click()
    expect(page.locator(".told")).to_contain_text("Undone.")
    assert pending(strict) == before
    page.locator(".item").first.get_by_role("button", name="Dismiss").first.click()
    expect(page.locator(".told")).to_contain_text("Dismissed.")
    page.locator(".item").first.get_by_role("link", name="Correct").click()
    page.get_by_label("Type", exact=True).select_option("milestone")
    page.get_by_role("button", name="Show its fields").click()
    page.get_by_label("Step").select_option("contract_signed")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".told")).to_contain_text("Corrected.")
    page.goto(f"{strict.url}/?show=signals")
    page.get_by_role("link", name="What would accepting do?").first.click()
    expect(page.locator("main")).to_contain_text("Accepting it")


def test_many_are_accepted_at_once_after_they_were_counted(strict: Site, page: Page) -> None:
    page.goto(strict.url)
    page.get_by_role("link", name="Accept many").click()
    page.get_by_label("At least this sure, %").fill("60")
    page.get_by_role("button", name="Count").click()
    page.wait_for_url(re.compile("least=60"))
    count = int(page.locator("form b").inner_text().split()[0])
    before = states(strict)
    assert 1 < count <= before["pending"]
    assert_accessible(page)
    page.get_by_role("button", name=f"Accept {count} signals").click()
    expect(page.locator(".told")).to_contain_text("Accepted, but for those that would move their deal down")
    after = states(strict)
    done = after["accepted"] - before["accepted"]
    assert 1 < done == before["pending"] - after["pending"] < count
    # The cancelled budget would: it waits, and is not counted again.
    page.goto(f"{strict.url}/?show=signals&type=budget&deal=DEMO-4")
    expect(page.locator(".item", has_text="Budget cancelled")).to_contain_text("it would move the deal down")
    page.goto(f"{strict.url}/accept?least=60")
    expect(page.get_by_role("heading", name="None is that sure")).to_be_visible()


def test_filters_are_in_the_address_and_survive_a_reload(strict: Site, page: Page) -> None:
    page.goto(f"{strict.url}/?show=signals")
    page.get_by_label("Type").select_option("milestone")
    page.wait_for_url(re.compile("type=milestone"))
    assert set(page.locator(".item .badge").all_inner_texts()) == {"milestone"}
    page.reload()
    expect(page.get_by_label("Type")).to_have_value("milestone")


def test_long_lists_page(strict: Site, page: Page) -> None:
    with strict.context.database.begin() as connection:
        connection.execute(sa.text("UPDATE signals SET state = 'pending'"))
        count = connection.execute(sa.text("SELECT count(*) FROM signals")).scalar_one()
    page.goto(f"{strict.url}/?show=signals")
    seen: list[Any] = []
    while True:
        seen += [each.get_attribute("id") for each in page.locator(".item").all()]
        following = page.get_by_role("link", name="Next page")
        if following.count() == 0:
            break
        following.click()
        page.wait_for_url(re.compile("after="))
        expect(page.locator(".item").first).not_to_have_attribute("id", str(seen[-1]))
    assert len(seen) == len(set(seen)) == count


def test_somebody_else_was_quicker(strict: Site, page: Page) -> None:
    # Without its stream: that would take the signal away before it can be clicked.
    page.route("**/live", lambda route: route.abort())
    page.goto(f"{strict.url}/?show=signals")
    settled(page)
    id = str(page.locator(".item").first.get_attribute("id")).removeprefix("signal-")
    httpx2.post(f"{strict.url}/v1/signals/{id}/review", json={"action": "dismiss", "by": "ana"}).raise_for_status()
    page.locator(f"#signal-{id}").get_by_role("button", name="Accept").click()
    expect(page.locator("#toasts")).to_contain_text("Nothing was changed")


def test_what_comes_in_appears_by_itself_and_what_others_decide_goes(strict: Site, page: Page) -> None:
    page.goto(f"{strict.url}/?show=signals")
    expect(page.locator("html")).to_have_attribute("data-listening", "yes")
    first = str(page.locator(".item").first.get_attribute("id"))
    id = first.removeprefix("signal-")
    httpx2.post(f"{strict.url}/v1/signals/{id}/review", json={"action": "dismiss", "by": "ana"}).raise_for_status()
    expect(page.locator(f"#{first}")).to_have_count(0)


def test_held_advances_alerts_and_regressions_of_the_demo(demo: Site, page: Page) -> None:
    with demo.context.database.connect() as connection:
        rows = connection.execute(sa.text("SELECT id, state FROM deals")).all()
        states = {row.id: row.state for row in rows}
        held = connection.execute(
            sa.text(
                "SELECT DISTINCT ON (deal) content FROM decisions WHERE type = 'advance_held' ORDER BY deal, seq DESC"
            )
        ).scalars()
        waiting = [each for each in held if states[each["deal_id"]]["stage"] == each["from"]]
    (falling,) = [state for state in states.values() if state["scheduled"]]
    assert waiting, "the demo has a deal that waits for its gates"
    page.goto(demo.url)
    expect(page.get_by_role("heading", name=re.compile("About to fall back"))).to_be_visible()
    expect(page.get_by_text(f"Falls back from {falling['stage']} in 11 days")).to_be_visible()
    for each in waiting:
        item = page.locator(f'[id^="item-held-{each["deal_id"]}/"]')
        expect(item).to_contain_text(f"Would move from {each['from']} to {each['to']}")
        for gate in each["data"]["missing"]:
            expect(item.get_by_text(gate.replace("_", " "), exact=True)).to_be_visible()
    assert_accessible(page)
    page.goto(f"{demo.url}/?show=alerts")
    count = page.locator(".item").count()
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(page.locator("#toasts")).to_contain_text("Seen")
    expect(page.locator(".item")).to_have_count(count - 1)
    page.reload()
    expect(page.locator(".item")).to_have_count(count - 1)


def test_a_regression_is_stopped_with_a_reason(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/?show=regressions")
    page.get_by_label("Why it should stay").fill("Paul takes over on Monday")
    page.get_by_role("button", name="Stop it").click()
    expect(page.get_by_text("Nothing of that kind waits.")).to_be_visible()


def test_an_approval_is_granted_by_a_key(demo: Site, page: Page) -> None:
    override_stage(demo.context, "DEMO-2", {"to": "negotiation", "reason": "they said so", "by": "ana"})
    page.goto(f"{demo.url}/?show=approvals")
    expect(page.get_by_text("May it go to negotiation?")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing of that kind waits.")).to_be_visible()
    with demo.context.database.connect() as connection:
        stage = connection.execute(sa.text("SELECT stage FROM deals WHERE id = 'DEMO-2'")).scalar_one()
    assert stage == "negotiation"


def test_from_empty_the_page_teaches_and_fills_by_itself(bare: Site, page: Page) -> None:
    page.goto(bare.url)
    expect(page.get_by_role("heading", name="Nothing has come in yet")).to_be_visible()
    assert_accessible(page)
    expect(page.locator("html")).to_have_attribute("data-listening", "yes")
    curl = page.locator("pre").inner_text()
    body = curl[curl.index("-d '") + 4 : curl.rindex("'")]
    url = curl.split("'")[1]
    sent = httpx2.post(url, content=body, headers={"Content-Type": "application/json"}, timeout=60)
    assert sent.status_code == 200
    expect(page.get_by_role("heading", name="Nothing has come in yet")).to_have_count(0, timeout=10000)


def test_on_a_phone_and_in_the_dark(strict: Site, phone: Page, new_page: Callable[..., Page]) -> None:
    phone.goto(strict.url)
    expect(phone.get_by_role("heading", name="Inbox")).to_be_visible()
    assert_accessible(phone)
    assert_fits(phone)
    phone.get_by_text("Menu").click()
    phone.get_by_role("link", name="Conversations").click()
    expect(phone.get_by_role("heading", name="Conversations")).to_be_visible()
    dark = new_page(color_scheme="dark")
    dark.goto(strict.url)
    settled(dark)
    assert_accessible(dark)


def test_help_is_a_key_away(strict: Site, page: Page) -> None:
    page.goto(strict.url)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
