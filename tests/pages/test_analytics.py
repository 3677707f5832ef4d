"""The figures in a real browser: on the demo's deals, from empty, and with 10,000 deals."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Callable, Iterator

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

from benchmarks.fill import fill
from service.app import running
from service.flows.deal_paths import refresh_paths
from service.pages.analytics.sections import SECTIONS
from service.settings import Settings
from service.store import tables
from service.store.deal_card_table import deal_cards
from service.store.figure_tables import deal_paths, deal_stays, deal_tallies
from tests.databases import at, run
from tests.pages.accessible import assert_accessible, assert_fits
from tests.pages.serving import NOW, Site, serving

MANY = 10_000
COUNTED = (tables.deals, deal_cards, deal_paths, deal_stays, deal_tallies)


@pytest.fixture(scope="module")
def crowded(server: str, worker_id: str) -> Iterator[Site]:
    """Ten stories and their copies."""
    name = f"pages_figures_{worker_id}"
    run(server, f"CREATE DATABASE {name}")
    with running(Settings(database=at(server, name), worker=False)) as made:
        fill(dataclasses.replace(made.context, now=lambda: NOW), deals=MANY, events=MANY, templates=10, copies=COUNTED)
    with serving(at(server, name)) as site:
        yield site
    run(server, f"DROP DATABASE {name} WITH (FORCE)")


def reveal(page: Page, name: str) -> Locator:
    """A section, once it has come into view and was fetched."""
    section = page.locator(f"section#{name}")
    # htmx may replace it at this very moment, and a locator's own scrolling does not begin anew then.
    section.evaluate("section => section.scrollIntoView()")
    expect(section.locator(".said")).to_be_visible()
    return section


def reveal_all(page: Page) -> None:
    for name in SECTIONS:
        reveal(page, name)
    for summary in page.locator("section summary").all():
        summary.click()


def test_each_figure_has_its_table_and_its_csv(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/analytics")
    for name in ("velocity", "conversion", "forecast"):
        section = reveal(page, name)
        expect(section.get_by_role("img")).to_be_visible()
        section.locator("summary").click()
        shown = section.locator("tbody tr").count()
        assert shown >= 1
        link = section.get_by_role("link", name=re.compile("Download as CSV")).get_attribute("href")
        assert link is not None
        assert link == f"/analytics/{name}?format=csv"
        answer = httpx2.get(demo.url + link)
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        headings = section.locator("thead th").all_inner_texts()
        assert rows[0] == headings
        assert len(rows) - 1 >= shown


def test_the_bottleneck_is_named_and_a_stalled_deal_leads_to_its_page(crowded: Site, page: Page) -> None:
    page.goto(f"{crowded.url}/analytics")
    expect(reveal(page, "velocity").locator(".said")).to_contain_text("The bottleneck is")
    stalls = reveal(page, "stalls")
    stalls.locator("summary").click()
    url = stalls.locator("tbody a").first.get_attribute("href") or ""
    assert url.startswith("/deals/")


def test_the_owner_and_the_period_stay_in_the_address(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/analytics/conversion")
    page.get_by_label("Looking back").select_option("30 days")
    owner = page.get_by_label("Owner").locator("option").nth(1).inner_text()
    page.get_by_label("Owner").select_option(owner)
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"/analytics/conversion\?owner=\w+.*&days=30$"))
    page.reload()
    expect(page.get_by_label("Owner")).to_have_value(owner)
    link = page.get_by_role("link", name=re.compile("Download as CSV"))
    if link.count():
        assert "days=30" in (link.get_attribute("href") or "")
    page.get_by_role("link", name="Clear").click()
    expect(page).to_have_url(f"{demo.url}/analytics/conversion")


def test_from_empty_the_page_says_what_would_be_needed(bare: Site, page: Page) -> None:
    page.goto(f"{bare.url}/analytics")
    expect(page.get_by_role("heading", name="No figures yet")).to_be_visible()
    assert_accessible(page)
    for name in SECTIONS:
        page.goto(f"{bare.url}/analytics/{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        answer = httpx2.get(f"{bare.url}/analytics/{name}?format=csv")
        assert answer.status_code == 200
        assert len(answer.content.decode("utf-8-sig").splitlines()) == 1


@pytest.mark.parametrize("query", ["owner=%27;%20DROP&days=x&skip=-1", "days=99999&skip=99999999", "owner=-&skip=5"])
def test_an_address_that_nobody_meant_breaks_nothing(demo: Site, query: str) -> None:
    assert httpx2.get(f"{demo.url}/analytics?{query}").status_code == 200
    for name in SECTIONS:
        assert httpx2.get(f"{demo.url}/analytics/{name}?{query}").status_code == 200
        assert httpx2.get(f"{demo.url}/analytics/{name}?{query}&format=csv").status_code == 200
    assert httpx2.get(f"{demo.url}/analytics/heaven", headers={"accept": "text/html"}).status_code == 404


def test_ten_thousand_deals_are_counted_exactly(crowded: Site, page: Page) -> None:
    assert refresh_paths(crowded.context) == 0
    page.goto(f"{crowded.url}/analytics/conversion?days=1095")
    first = page.locator("tbody tr").first
    expect(first.locator("td").nth(1)).to_have_text("10,000")
    page.goto(f"{crowded.url}/analytics/stalls")
    expect(page.locator("tbody tr")).to_have_count(25)
    page.get_by_role("link", name="Next page").click()
    expect(page).to_have_url(re.compile(r"skip=25"))
    expect(page.locator("details .pager")).to_contain_text("26 to 50")
    size = len(httpx2.get(f"{crowded.url}/analytics", headers={"accept-encoding": "identity"}).content)
    assert size < 300_000


def test_axe_finds_nothing_grave_in_light_and_dark(demo: Site, new_page: Callable[..., Page]) -> None:
    for scheme in ("light", "dark"):
        page = new_page(color_scheme=scheme)
        page.goto(f"{demo.url}/analytics")
        reveal_all(page)
        assert_accessible(page)


def test_it_fits_a_phone(demo: Site, phone: Page) -> None:
    phone.goto(f"{demo.url}/analytics")
    assert_fits(phone)
    reveal_all(phone)
    assert_fits(phone)
    assert_accessible(phone)


def test_tables_open_by_keyboard_and_without_scripts(demo: Site, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{demo.url}/analytics")
    page.locator("section#conversion h2 a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("section#conversion table")).to_be_visible()
    page.locator("section#conversion summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("section#conversion table")).to_be_hidden()
