"""The ground of all pages: static files, errors as pages, the policy of what may run, themes."""

from __future__ import annotations

import gzip
import re

import httpx2
import pytest
from playwright.sync_api import Page, expect

from service.pages.html import POLICY
from service.pages.static_files import files, url_of
from tests.pages.accessible import assert_accessible, assert_fits
from tests.pages.serving import Site

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def test_a_static_file_is_kept_forever_under_the_hash_of_its_content(bare: Site) -> None:
    url = url_of("site.js")
    assert re.fullmatch(r"/static/site\.[0-9a-f]{10}\.js", url)
    answer = httpx2.get(bare.url + url, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.text == files()["site.js"].content.decode()
    plain = httpx2.get(bare.url + url, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == gzip.decompress(files()["site.js"].zipped)


@pytest.mark.parametrize("name", ["site.js", "site.0000000000.js", "..%2Fhtml.py", "README.md"])
def test_no_other_file_is_served(bare: Site, name: str) -> None:
    assert httpx2.get(f"{bare.url}/static/{name}").status_code == 404


def test_what_is_vendored_says_its_version_and_licence() -> None:
    htmx = files()["htmx.min.js"].content.decode()
    assert 'version:"2.0.11"' in htmx


def test_an_error_is_a_page_for_a_browser_and_a_problem_for_a_program(bare: Site) -> None:
    page = httpx2.get(f"{bare.url}/nowhere", headers=BROWSER)
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"] == POLICY
    assert "To the inbox" in page.text
    problem = httpx2.get(f"{bare.url}/nowhere")
    assert problem.headers["content-type"] == "application/problem+json"
    api = httpx2.get(f"{bare.url}/v1/deals/D-404", headers=BROWSER)
    assert api.headers["content-type"] == "application/problem+json"


def test_what_an_error_repeats_is_text_and_never_markup(bare: Site) -> None:
    page = httpx2.get(f"{bare.url}/<script>alert(1)</script>", headers=BROWSER)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_the_theme_follows_the_toggle_and_stays(bare: Site, page: Page) -> None:
    page.goto(f"{bare.url}/nowhere")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark theme").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    expect(page.get_by_role("button", name="Dark theme")).to_have_attribute("aria-pressed", "true")
    assert_accessible(page)


def test_an_error_page_is_sound_on_a_phone(bare: Site, phone: Page) -> None:
    phone.goto(f"{bare.url}/deals-nowhere")
    assert_accessible(phone)
    assert_fits(phone)


def test_a_link_from_another_site_opens_a_page_and_a_form_of_another_site_does_nothing(bare: Site) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert httpx2.get(f"{bare.url}/healthz", headers=link).status_code == 200
    assert httpx2.post(f"{bare.url}/v1/events", headers=link, json=[]).status_code == 403
