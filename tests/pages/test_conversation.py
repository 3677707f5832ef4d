"""Conversations as people read them: the list, the words with their signals, and what may be mended in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx2
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from tests.pages.accessible import assert_accessible, assert_fits
from tests.pages.serving import Site
from tests.service.samples import call, mail

DISCOVERY = "/conversations/demo-brightwater-discovery"


def post(site: Site, conversation: dict[str, Any]) -> None:
    answer = httpx2.post(f"{site.url}/v1/conversations?wait=true", json=conversation, timeout=120)
    assert answer.status_code == 200, answer.text


def signals_of(site: Site, conversation: str) -> list[Any]:
    with site.context.database.connect() as connection:
        statement = sa.text("SELECT id, type, state, content FROM signals WHERE conversation = :id ORDER BY position")
        return list(connection.execute(statement, {"id": conversation}))


def test_the_list_is_searched_and_filtered_in_the_address(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/conversations")
    expect(page.locator("tbody tr")).to_have_count(9)
    assert_accessible(page)
    page.get_by_label("Account, deal or id").fill("kestrel")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url(re.compile("q=kestrel"))
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Kind").select_option("email")
    page.wait_for_url(re.compile("kind=email"))
    expect(page.locator("tbody tr")).to_have_count(1)
    page.reload()
    expect(page.locator("tbody th")).to_have_text("Kestrel Robotics")
    page.get_by_label("Account, deal or id").fill("100%_nobody")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("heading", name="No conversation like that")).to_be_visible()


def test_the_list_pages_without_losing_or_repeating_any(demo: Site, page: Page) -> None:
    with demo.context.database.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO conversations (workspace, id, kind, deal, occurred_at, received_at, state, content_hash,"
                " content) SELECT workspace, id || '-' || n, kind, deal, occurred_at, received_at, 'read', '', content"
                " FROM conversations, generate_series(1, 12) AS n WHERE state = 'read'"
            )
        )
    page.goto(f"{demo.url}/conversations")
    seen: list[Any] = []
    while True:
        seen += [each.get_attribute("href") for each in page.locator("tbody th a").all()]
        following = page.get_by_role("link", name="Next page")
        if following.count() == 0:
            break
        page.goto(demo.url + str(following.get_attribute("href")))
    assert len(seen) == len(set(seen)) == 9 * 13


def test_words_are_marked_by_colour_and_label_and_lead_to_what_they_prove(demo: Site, page: Page) -> None:
    page.goto(demo.url + DISCOVERY)
    mark = page.locator(".hl", has_text="We have a hundred and twenty thousand set aside").first
    expect(mark.locator(".hl-label")).to_have_text("budget")
    expect(page.locator(".said.buyer").first).to_be_visible()
    mark.hover()
    expect(page.locator("#tip")).to_contain_text("Budget stated: USD 120,000")
    expect(page.locator("#tip")).to_contain_text("found by")
    mark.click()
    expect(page.locator(".note[data-current] .stated")).to_contain_text("Budget stated: USD 120,000")
    assert_accessible(page)


def test_keys_go_from_signal_to_signal_and_back(demo: Site, page: Page) -> None:
    page.goto(demo.url + DISCOVERY)
    count = page.locator(".note").count()
    for expected in (1, 2, 3):
        page.keyboard.press("n")
        expect(page.locator(f"#n{expected}[data-current]")).to_have_count(1)
        expect(page.locator(f'.hl.near[data-n~="{expected}"]').first).to_be_in_viewport()
    page.keyboard.press("p")
    expect(page.locator("#n2[data-current]")).to_have_count(1)
    for _ in range(count + 2):
        page.keyboard.press("n")
    expect(page.locator(f"#n{count}[data-current]")).to_have_count(1)


def test_a_signal_is_dismissed_where_it_stands_and_undone(demo: Site, page: Page) -> None:
    page.goto(demo.url + DISCOVERY)
    note = page.locator(".note", has_text="Budget stated: USD 120,000")
    note.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#toasts")).to_contain_text("Dismissed: Budget stated: USD 120,000")
    expect(note).to_have_class(re.compile("dismissed"))
    expect(page.locator(".hl-label.type-budget")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".hl-label.type-budget")).not_to_have_count(0)


def select(page: Page, segment: int, words: str) -> None:
    """Select words of an utterance as a mouse does."""
    page.evaluate(
        """([segment, words]) => {
          const root = document.querySelector(`[data-segment="${segment}"]`);
          const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
          for (let text = walker.nextNode(); text; text = walker.nextNode()) {
            const at = text.data.indexOf(words);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(text, at);
            range.setEnd(text, at + words.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            return;
          }
          throw new Error("no such words");
        }""",
        [segment, words],
    )


def test_a_missed_signal_is_added_by_selecting_its_words(bare: Site, page: Page) -> None:
    said = "🙂 Legal is on it. They said legal is on it, twice."
    post(bare, call("c-1", "s1: Anything else?", f"b1: {said}"))
    page.goto(f"{bare.url}/conversations/c-1")
    before = len(signals_of(bare, "c-1"))
    select(page, 1, "legal is on it")
    page.get_by_role("button", name="Add a signal").click()
    dialog = page.get_by_role("dialog", name="Add a signal")
    expect(dialog.get_by_label("The words that prove it")).to_have_value("legal is on it")
    assert_accessible(page)
    dialog.get_by_label("Type", exact=True).select_option("milestone")
    dialog.get_by_label("Step").select_option("legal_review_requested")
    expect(dialog.get_by_label("The words that prove it")).to_have_value("legal is on it")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Added: Legal review requested")
    expect(dialog).to_be_hidden()
    expect(page.locator(".note", has_text="Legal review requested")).to_be_visible()
    added = signals_of(bare, "c-1")[before:]
    assert [(row.type, row.state) for row in added] == [("milestone", "corrected")] or added[0].state == "accepted"
    piece = added[0].content["evidence"][0]
    assert (piece["segment"], said[piece["start"] : piece["end"]]) == (1, "legal is on it")
    assert piece["start"] == said.index("legal")


def test_a_missed_signal_is_added_by_keys_alone(bare: Site, page: Page) -> None:
    post(bare, call("c-1", "s1: Anything else?", "b1: Our lawyers look at it next week."))
    page.goto(f"{bare.url}/conversations/c-1")
    page.get_by_role("link", name="Add a signal that Dana Reyes gave here").focus()
    page.keyboard.press("Enter")
    words = page.get_by_label("The words that prove it")
    expect(words).to_have_value("Our lawyers look at it next week.")
    words.fill("our lawyers have it")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".fault")).to_have_text("expected words exactly as they stand there")
    words.fill("Our lawyers look at it")
    page.get_by_label("Type", exact=True).select_option("milestone")
    page.get_by_label("Step").select_option("legal_review_requested")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator(".note", has_text="Legal review requested")).to_be_visible()


def test_a_speakers_side_is_corrected(bare: Site, page: Page) -> None:
    post(bare, call("c-1", "s1: What about the money?", "b1: The budget of 80,000 dollars was approved on Friday."))
    page.goto(f"{bare.url}/conversations/c-1")
    expect(page.locator("#s1")).to_have_class(re.compile("buyer"))
    expect(page.locator(".note", has_text="Budget approved")).to_be_visible()
    person = page.locator(".person", has_text="Dana Reyes")
    person.get_by_role("combobox").select_option("seller")
    person.get_by_role("button", name="Set").click()
    expect(page.locator("#toasts")).to_contain_text("Now on the seller's side")
    expect(page.locator("#s1")).to_have_class(re.compile("seller"))


def test_quoted_mail_is_folded_and_no_letter_is_lost(bare: Site, page: Page) -> None:
    body = (
        "Sam,\n\nthe budget of 80,000 dollars was approved.\n\nDana\n\n"
        "On Mon, 9 Mar 2026 at 10:00 Sam Okoro wrote:\n> Is there news?\n>   indented\n"
    )
    post(bare, mail("m-1", body))
    page.goto(f"{bare.url}/conversations/m-1")
    expect(page.get_by_text("Is there news?")).to_be_hidden()
    page.get_by_text("Earlier mail, quoted").click()
    expect(page.get_by_text("Is there news?")).to_be_visible()
    shown = page.evaluate(
        """() => {
          const copy = document.querySelector(".mail").cloneNode(true);
          copy.querySelectorAll("[data-skip]").forEach(each => each.remove());
          return Array.from(copy.querySelectorAll(".own, .folded")).map(each => each.textContent).join("");
        }"""
    )
    assert shown == body
    assert_accessible(page)


def test_a_conversation_of_no_known_deal_is_assigned_from_its_page(demo: Site, page: Page) -> None:
    stranger = [{"id": "x", "name": "Rosa Lind", "email": "rosa@unheard-of.example", "side": "buyer"}]
    lost = mail(
        "m-lost", "We want to sign at the end of March.", sender="x", to=["x"], deal=None, participants=stranger
    )
    post(demo, {key: value for key, value in lost.items() if value is not None})
    page.goto(demo.url)
    page.get_by_role("link", name="1 conversation whose deal is not known").click()
    page.get_by_role("link", name="Rosa Lind").click()
    assert_accessible(page)
    page.get_by_label("Another deal's id").fill("DEMO-404")
    page.get_by_role("button", name="Assign").click()
    expect(page.locator("#toasts")).to_contain_text("DEMO-404")
    page.get_by_label("Another deal's id").fill("DEMO-2")
    page.get_by_role("button", name="Assign").click()
    expect(
        page.locator(".page-head").get_by_role("link", name="Hollis Freight").or_(page.get_by_text("It belongs"))
    ).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Hollis Freight")).to_be_visible()


def long_call(words: int) -> dict[str, Any]:
    """A call of so many words in which somebody says something that matters every now and then."""
    lines, count = [], 0
    while count < words:
        n = len(lines)
        says = "The budget of 80,000 dollars was approved on Friday. " if n % 6 == 1 else ""
        text = says + "so what we would have to see is how the numbers of the plants come together " * 2
        lines.append(f"{'b1' if n % 2 else 's1'}: {text.strip()}")
        count += len(text.split())
    return call("c-long", *lines, minutes=180)


def with_signals(site: Site, conversation: str, wanted: int) -> None:
    """The conversation's signals copied until there are so many, one after the other in its utterances."""
    with site.context.database.begin() as connection:
        connection.execute(sa.text("DELETE FROM signals WHERE conversation = :id"), {"id": conversation})
        content = connection.execute(
            sa.text("SELECT content FROM conversations WHERE id = :id"), {"id": conversation}
        ).scalar_one()
        said = [n for n, each in enumerate(content["segments"]) if each["text"].startswith("The budget")]
        places = [said[n % len(said)] for n in range(wanted)]
        for position, place in enumerate(places):
            start = 0 if position < len(said) else 4
            text = content["segments"][place]["text"][start:52]
            piece = {"segment": place, "start": start, "end": 52, "text": text}
            signal = {"type": "budget", "status": "approved", "amount": None, "evidence": [piece], "confidence": 0.6}
            connection.execute(
                sa.text(
                    "INSERT INTO signals (workspace, id, conversation, position, type, state, confidence, occurred_at,"
                    " content) VALUES ('main', gen_random_uuid(), :id, :position, 'budget', 'pending', 0.6, now(),"
                    " CAST(:content AS json))"
                ),
                {"id": conversation, "position": position, "content": json.dumps(signal)},
            )


def test_a_long_call_with_a_hundred_signals_stays_small(bare: Site, page: Page) -> None:
    post(bare, long_call(9000))
    with_signals(bare, "c-long", 100)
    whole = httpx2.get(f"{bare.url}/conversations/c-long", headers={"Accept-Encoding": "identity"})
    assert whole.text.count('class="note item') == 100
    assert len(whole.content) < 300_000
    page.goto(f"{bare.url}/conversations/c-long#n90")
    expect(page.locator("#n90")).to_be_in_viewport()


def test_a_very_long_call_is_paged_and_links_find_their_part(bare: Site, page: Page) -> None:
    post(bare, long_call(40000))
    whole = httpx2.get(f"{bare.url}/conversations/c-long", headers={"Accept-Encoding": "identity"})
    assert len(whole.content) < 300_000
    page.goto(f"{bare.url}/conversations/c-long#s1100")
    page.wait_for_url(re.compile("at=1100"))
    expect(page.locator("#s1100")).to_be_in_viewport()
    assert page.locator("#s0").count() == 0
    assert_accessible(page)


def test_on_a_phone_in_the_dark_and_without_scripts(demo: Site, phone: Page, new_page: Callable[..., Page]) -> None:
    phone.goto(demo.url + DISCOVERY)
    expect(phone.get_by_role("heading", name="Call with Brightwater Foods")).to_be_visible()
    assert_accessible(phone)
    assert_fits(phone)
    phone.goto(f"{demo.url}/conversations")
    assert_fits(phone)
    dark = new_page(color_scheme="dark")
    dark.goto(demo.url + DISCOVERY)
    assert_accessible(dark)
    plain = new_page(java_script_enabled=False)
    plain.goto(demo.url + DISCOVERY)
    plain.get_by_role("link", name="Add a signal that Dana Reyes gave here").first.click()
    plain.get_by_label("Type", exact=True).select_option("milestone")
    plain.get_by_role("button", name="Show its fields").click()
    plain.get_by_label("Step").select_option("verbal_commitment")
    plain.get_by_role("button", name="Save").click()
    expect(plain.locator(".told")).to_contain_text("Added.")


def test_there_is_no_conversation_of_that_id(demo: Site, page: Page) -> None:
    answer = page.goto(f"{demo.url}/conversations/nothing%2Fhere")
    assert answer is not None
    assert answer.status == 404
    page.get_by_role("link", name="All conversations").click()
    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()


def test_from_empty_the_list_teaches(bare: Site, page: Page) -> None:
    page.goto(f"{bare.url}/conversations")
    expect(page.get_by_role("heading", name="No conversation yet")).to_be_visible()
    expect(page.locator("pre")).to_contain_text(f"{bare.url}/v1/conversations")
    assert_accessible(page)
