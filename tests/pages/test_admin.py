"""Administration in a real browser."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import httpx2
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from service.access.keys import Asked, make_key
from service.api.principal import Role
from service.store.tables import conversations
from tests.pages.accessible import assert_accessible, assert_fits
from tests.pages.serving import Site, serving

SECTIONS = ("", "/workspaces", "/connectors", "/dead", "/retention", "/audit")


def test_the_first_key_is_made_shown_once_and_signs_in(bare: Site, page: Page) -> None:
    page.goto(f"{bare.url}/admin")
    expect(page.get_by_role("heading", name="No keys yet")).to_be_visible()
    page.get_by_label("Name").fill("Root")
    page.get_by_label("Role").select_option("admin: everything")
    page.get_by_role("button", name="Make the key").click()
    key = page.get_by_role("region", name="The key").inner_text()
    assert key.startswith("tt_")
    # From now on nobody gets in without one.
    page.goto(f"{bare.url}/admin")
    expect(page).to_have_url(re.compile("/login"))
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{bare.url}/admin")
    assert key not in page.content()
    row = page.locator("tbody tr")
    expect(row).to_contain_text("Root")
    assert_accessible(page)


def test_a_key_that_cannot_be_is_refused_with_the_field_and_nothing_is_lost(bare: Site, page: Page) -> None:
    page.goto(f"{bare.url}/admin")
    page.get_by_label("Name").fill("Ana")
    page.get_by_label("Role").select_option("rep: own deals")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("alert")).to_contain_text("person")
    expect(page.get_by_label("Name")).to_have_value("Ana")
    page.get_by_label("Person").fill("ana@northstar.example")
    page.get_by_label("Good for days").fill("many")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("alert")).to_contain_text("days")
    assert_accessible(page)


def test_a_key_is_exchanged_and_revoked_by_keyboard(bare: Site, new_page: Callable[..., Page]) -> None:
    random = bare.service.gate.random
    _, root = make_key(bare.context, Asked(name="Root", role=Role.ADMIN), by="tests", random=random)
    _, other = make_key(bare.context, Asked(name="Bot", role=Role.INGEST), by="tests", random=random)
    page = new_page(extra_http_headers={"authorization": f"Bearer {root}"})
    page.goto(f"{bare.url}/admin")
    page.get_by_role("button", name="New secret for Bot").click()
    fresh = page.get_by_role("region", name="The key").inner_text()
    assert fresh != other
    for key in (other, fresh):
        assert httpx2.get(f"{bare.url}/v1/me", headers={"authorization": f"Bearer {key}"}).status_code == 200
    page.locator("summary", has_text="Revoke").nth(0).focus()
    summary = page.get_by_label("Revoke Bot", exact=True)
    summary.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yes, revoke it: Bot").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("good for nothing any more")).to_be_visible()
    for key in (other, fresh):
        assert httpx2.get(f"{bare.url}/v1/me", headers={"authorization": f"Bearer {key}"}).status_code == 401


def test_a_workspace_is_made_with_its_first_key(bare: Site, page: Page) -> None:
    page.goto(f"{bare.url}/admin/workspaces")
    page.get_by_label("Name").fill("ACME!")
    page.get_by_role("button", name="Make the workspace").click()
    expect(page.locator(".fault")).to_contain_text("small letters")
    page.get_by_label("Name").fill("acme")
    page.get_by_role("button", name="Make the workspace").click()
    key = page.get_by_role("region", name="The key").inner_text()
    headers = {"authorization": f"Bearer {key}", "accept": "text/html"}
    assert httpx2.get(f"{bare.url}/v1/me", headers=headers).json()["workspace"] == "acme"
    # Its administrator does not see the other workspaces, nor that there are any.
    assert "Workspaces" not in httpx2.get(f"{bare.url}/admin", headers=headers).text
    assert httpx2.get(f"{bare.url}/admin/workspaces", headers=headers).status_code == 403


def test_a_connector_is_tested_by_its_button(bare: Site, page: Page, tmp_path: Path) -> None:
    page.goto(f"{bare.url}/admin/connectors")
    expect(page.get_by_role("heading", name="Nothing is sent anywhere")).to_be_visible()
    file = tmp_path / "connectors.toml"
    file.write_text(
        '[workspaces.main.connectors.mail]\nkind = "smtp"\ntakes = ["email"]\n'
        'host = "127.0.0.1"\nport = 9\nfrom = "deals@northstar.example"\ntls = "none"\n',
        "utf-8",
    )
    url = bare.context.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with serving(url, connectors=file) as site:
        page.goto(f"{site.url}/admin/connectors")
        expect(page.get_by_role("region", name="Connectors")).to_contain_text("mail")
        page.get_by_role("button", name="Test mail").click()
        expect(page.get_by_role("status").first).to_contain_text("does not do")
        assert_accessible(page)


def test_a_dead_letter_is_tried_again(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/admin/dead")
    expect(page.get_by_role("heading", name="Nothing was given up")).to_be_visible()
    with demo.context.database.begin() as connection:
        one = connection.execute(sa.select(conversations.c.id).order_by(conversations.c.id).limit(1)).scalar_one()
        values = {"state": "failed", "reason": "ValueError: the reading stumbled"}
        connection.execute(sa.update(conversations).where(conversations.c.id == one).values(values))
    page.reload()
    row = page.locator("tbody tr", has_text=one)
    expect(row).to_contain_text("the reading stumbled")
    assert_accessible(page)
    row.get_by_role("button").click()
    expect(page.get_by_text("It is tried again.")).to_be_visible()
    with demo.context.database.connect() as connection:
        state = connection.execute(sa.select(conversations.c.state).where(conversations.c.id == one)).scalar_one()
    assert state == "received"
    for wrong in ("", "conversation:nobody", "action:x", "job:7", "x"):
        assert httpx2.post(f"{demo.url}/admin/dead", data={"id": wrong}).status_code == 404, wrong


def test_retention_is_shown_and_set(bare: Site, page: Page) -> None:
    page.goto(f"{bare.url}/admin/retention")
    expect(page.get_by_text("are kept for good")).to_be_visible()
    page.get_by_label("Days").fill("0")
    page.get_by_role("button", name="Keep it so").click()
    expect(page.locator(".fault")).to_contain_text("number of days")
    page.get_by_label("Days").fill("400")
    page.get_by_role("button", name="Keep it so").click()
    expect(page.get_by_text("masked after 400 days")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Days")).to_have_value("400")


def test_the_audit_log_is_filtered_in_the_address(bare: Site, page: Page) -> None:
    page.goto(f"{bare.url}/admin/audit")
    expect(page.get_by_role("heading", name="Nothing was changed yet")).to_be_visible()
    page.goto(f"{bare.url}/admin/retention")
    page.get_by_label("Days").fill("400")
    page.get_by_role("button", name="Keep it so").click()
    page.goto(f"{bare.url}/admin/audit")
    expect(page.locator("tbody tr").first).to_contain_text("POST /admin/retention")
    page.get_by_label("Who", exact=True).fill("somebody else")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile(r"who=somebody\+else"))
    expect(page.get_by_role("heading", name="No line fits")).to_be_visible()


def test_nobody_but_administrators_comes_in(bare: Site) -> None:
    random = bare.service.gate.random
    _, mia = make_key(bare.context, Asked(name="Mia", role=Role.MANAGER), by="tests", random=random)
    headers = {"authorization": f"Bearer {mia}", "accept": "text/html"}
    for path in SECTIONS:
        assert httpx2.get(f"{bare.url}/admin{path}", headers=headers).status_code == 403, path
    for path in (
        "/keys",
        "/keys/x/revoke",
        "/keys/x/rotate",
        "/workspaces",
        "/connectors/x/test",
        "/dead",
        "/retention",
    ):
        assert httpx2.post(f"{bare.url}/admin{path}", headers=headers, data={"id": "x"}).status_code == 403, path


def test_administration_fits_a_phone_and_the_dark(demo: Site, phone: Page, new_page: Callable[..., Page]) -> None:
    dark = new_page(color_scheme="dark")
    for path in SECTIONS:
        phone.goto(f"{demo.url}/admin{path}")
        assert_fits(phone)
        assert_accessible(phone)
        dark.goto(f"{demo.url}/admin{path}")
        assert_accessible(dark)


def test_keys_come_in_pages(bare: Site, page: Page) -> None:
    context = dataclasses.replace(bare.context)
    for n in range(51):
        make_key(context, Asked(name=f"Key {n}", role=Role.INGEST), by="tests", random=bare.service.gate.random)
    _, root = make_key(context, Asked(name="Root", role=Role.ADMIN), by="tests", random=bare.service.gate.random)
    page.set_extra_http_headers({"authorization": f"Bearer {root}"})
    page.goto(f"{bare.url}/admin")
    expect(page.locator("tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("tbody tr")).to_have_count(2)
