"""Signing in through an identity provider in a real browser, and what an open page does when its session ends."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from service.access.identity import Role
from service.access.keys import Asked, make_key, revoke_key
from tests.pages.accessible import assert_accessible
from tests.pages.serving import Site, serving
from tests.service.access.provider import CLIENT, SECRET, small_provider


def test_a_person_signs_in_and_out_through_the_provider(
    copy_of: Callable[[str], str], demo_database: str, page: Page
) -> None:
    with small_provider() as provider:
        provider.person["telltale_role"] = "manager"
        settings = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        with serving(copy_of(demo_database), oidc_name="Northstar ID", **settings) as site:
            page.goto(f"{site.url}/conversations?q=kestrel")
            page.wait_for_url(re.compile("/login"))
            assert_accessible(page)
            page.get_by_role("link", name="Sign in with Northstar ID").click()
            page.wait_for_url(re.compile(r"/conversations\?q=kestrel"))
            expect(page.locator("tbody tr")).to_have_count(2)
            expect(page.get_by_role("link", name="ana@northstar.example")).to_be_visible()
            cookies = {each["name"]: each for each in page.context.cookies()}
            assert set(cookies) == {"telltale_session"}
            assert cookies["telltale_session"]["httpOnly"]
            page.goto(f"{site.url}/me")
            page.get_by_role("button", name="Sign out").click()
            expect(page.locator(".told")).to_contain_text("You are signed out.")
            expect(page.get_by_role("link", name="Sign out of Northstar ID")).to_have_attribute("href", "/login/leave")
            assert_accessible(page)


def test_an_open_page_leads_to_the_login_when_its_key_is_revoked(
    demo: Site, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.pages.live.ASK_EVERY", 0.2)
    key = make_key(demo.context, Asked(name="ops", role=Role.ADMIN), by="test", random=secrets.token_bytes)[1]
    page.goto(demo.url)
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-listening", "yes")
    revoke_key(demo.context, key.split("_")[1])
    page.wait_for_url(re.compile("/login"))
