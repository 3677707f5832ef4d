"""Who one is: signing in with a key, seeing one's own deals only, signing out."""

from __future__ import annotations

import dataclasses
import re
import secrets
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from service.access.keys import asked, make_key
from tests.pages.accessible import assert_accessible
from tests.pages.serving import Site


def key_for(site: Site, **wanted: Any) -> str:
    """A new key's text."""
    context = dataclasses.replace(site.context, workspace="main")
    return make_key(context, asked(wanted), by="test", random=secrets.token_bytes)[1]


def sign_in(page: Page, key: str) -> None:
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()


def test_without_keys_whoever_sits_at_the_machine_is_let_in(demo: Site, page: Page) -> None:
    page.goto(demo.url)
    page.get_by_role("link", name="local").click()
    expect(page.locator("main")).to_contain_text("There are no keys yet")
    assert_accessible(page)


def test_a_stranger_signs_in_and_comes_to_where_they_were_going(demo: Site, page: Page) -> None:
    key = key_for(demo, role="admin", name="ops")
    page.goto(f"{demo.url}/conversations?q=kestrel")
    page.wait_for_url(re.compile("/login"))
    assert_accessible(page)
    sign_in(page, "tt_wrong")
    expect(page.get_by_role("alert")).to_contain_text("not known here")
    sign_in(page, key)
    page.wait_for_url(re.compile(r"/conversations\?q=kestrel"))
    expect(page.locator("tbody tr")).to_have_count(2)
    cookie = next(each for each in page.context.cookies() if each["name"] == "telltale_session")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert key not in page.content()
    assert page.evaluate("document.cookie") == ""


def test_a_rep_sees_their_own_deals_and_of_others_not_even_that_they_are(demo: Site, page: Page) -> None:
    owners = {card["id"]: card["owner"] for card in httpx2.get(f"{demo.url}/v1/deals").json()["deals"]}
    assert owners["DEMO-1"]
    mine = {deal for deal, owner in owners.items() if owner == owners["DEMO-1"]}
    other = next((deal for deal in owners if deal not in mine), None)
    key = key_for(demo, role="rep", name="rep", person=owners["DEMO-1"])
    page.goto(demo.url)
    sign_in(page, key)
    page.goto(f"{demo.url}/conversations")
    accounts = set(page.locator("tbody th").all_inner_texts())
    assert "Brightwater Foods" in accounts
    assert page.get_by_role("link", name="Admin").count() == 0
    if other is not None:
        answer = page.goto(f"{demo.url}/deals/{other}")
        assert answer is not None
        assert answer.status == 404


def test_others_conversations_and_signals_are_not_there(strict: Site, page: Page) -> None:
    signals = httpx2.get(f"{strict.url}/v1/signals?state=pending").json()["signals"]
    key = key_for(strict, role="rep", name="nobody", person="nobody@northstar.example")
    page.goto(strict.url)
    sign_in(page, key)
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    assert page.locator(".item").count() == 0
    page.goto(f"{strict.url}/conversations")
    assert page.locator("tbody tr").count() == 0
    request = page.context.request
    id, conversation = signals[0]["id"], signals[0]["conversation"]
    for method, path in (
        ("GET", f"/conversations/{conversation}"),
        ("GET", f"/conversations/{conversation}/add?segment=0"),
        ("POST", f"/conversations/{conversation}/side"),
        ("POST", f"/conversations/{conversation}/assign"),
        ("POST", f"/conversations/{conversation}/add"),
        ("GET", f"/signals/{id}/effect"),
        ("GET", f"/signals/{id}/correct"),
        ("POST", f"/signals/{id}/accept"),
        ("POST", f"/signals/{id}/dismiss"),
        ("POST", f"/signals/{id}/correct"),
    ):
        form = {"person": "b1", "side": "buyer", "deal": "DEMO-1"} if method == "POST" else None
        answer = request.fetch(strict.url + path, method=method, form=form, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status == 404, f"{method} {path}"
    assert httpx2.get(f"{strict.url}/v1/signals/{id}", headers={"Authorization": f"Bearer {key}"}).status_code == 404


def test_signing_out_ends_the_session_everywhere(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/healthz")
    key = key_for(demo, role="admin", name="ops")
    page.goto(f"{demo.url}/me")
    sign_in(page, key)
    copied = {each["name"]: each["value"] for each in page.context.cookies()}
    assert httpx2.get(f"{demo.url}/conversations", cookies=copied).status_code == 200
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".told")).to_contain_text("You are signed out.")
    assert httpx2.get(f"{demo.url}/conversations", cookies=copied).status_code == 401
    page.goto(demo.url)
    page.wait_for_url(re.compile("/login"))


def test_a_key_that_may_only_post_opens_no_page(demo: Site, page: Page) -> None:
    key = key_for(demo, role="ingest", name="recorder")
    page.goto(demo.url)
    sign_in(page, key)
    expect(page.get_by_role("alert")).to_contain_text("may only send")


@pytest.mark.parametrize("path", ["/login?next=//evil.example/x", "/login?next=https://evil.example"])
def test_signing_in_leads_to_no_other_site(demo: Site, page: Page, path: str) -> None:
    key = key_for(demo, role="admin", name="ops")
    page.goto(demo.url + path)
    sign_in(page, key)
    page.wait_for_url(f"{demo.url}/")


def test_a_page_of_another_site_can_change_nothing_with_a_session(demo: Site, page: Page) -> None:
    key = key_for(demo, role="admin", name="ops")
    page.goto(demo.url)
    sign_in(page, key)
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    form = {"deal": "DEMO-1", "seq": "1"}
    own = httpx2.post(f"{demo.url}/notices/seen", data=form, cookies=cookies, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 303
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        foreign = httpx2.post(f"{demo.url}/notices/seen", data=form, cookies=cookies, headers=headers)
        assert foreign.status_code == 403, headers


@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_a_page_of_another_site_signs_nobody_in_or_out(demo: Site, path: str) -> None:
    form = {"key": key_for(demo, role="admin", name="ops")}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ):
        answer = httpx2.post(demo.url + path, data=form, headers=headers)
        assert answer.status_code == 403, headers
        assert "set-cookie" not in answer.headers
    own = httpx2.post(demo.url + path, data=form, headers={"Origin": demo.url})
    assert own.status_code == 303
