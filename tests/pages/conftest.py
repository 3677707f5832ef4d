"""A running service, and one real browser for the tests of this folder.

`demo` is a site with the demo's stories, `strict` one in which many of their signals wait for review, `bare` one with
nothing at all: each test has its own copy of the database.
`page` is a fresh browser page; an error in its console or a script's exception fails the test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.databases import at, run
from tests.pages.chromium import find_chromium
from tests.pages.serving import Site, fill, serving

expect.set_options(timeout=5000)


@pytest.fixture(scope="session")
def demo_database(server: str, worker_id: str) -> str:
    """The name of a database with the demo's stories, to be copied; reading them takes a few seconds, once."""
    name = f"pages_demo_{worker_id}"
    run(server, f"CREATE DATABASE {name}")
    fill(at(server, name))
    return name


@pytest.fixture(scope="session")
def strict_database(server: str, worker_id: str) -> str:
    """The same stories, read so strictly that many signals are left to review."""
    name = f"pages_strict_{worker_id}"
    run(server, f"CREATE DATABASE {name}")
    fill(at(server, name), accept_at=0.66)
    return name


@pytest.fixture(scope="session")
def bare_database(server: str, worker_id: str) -> str:
    name = f"pages_bare_{worker_id}"
    run(server, f"CREATE DATABASE {name}")
    with serving(at(server, name)):
        pass
    return name


@pytest.fixture
def copy_of(server: str, worker_id: str) -> Iterator[Callable[[str], str]]:
    """The URL of a fresh copy of a database."""
    name = f"pages_{worker_id}"

    def copied(template: str) -> str:
        run(server, f"CREATE DATABASE {name} TEMPLATE {template}")
        return at(server, name)

    yield copied
    run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def demo(copy_of: Callable[[str], str], demo_database: str) -> Iterator[Site]:
    with serving(copy_of(demo_database)) as site:
        yield site


@pytest.fixture
def strict(copy_of: Callable[[str], str], strict_database: str) -> Iterator[Site]:
    with serving(copy_of(strict_database)) as site:
        yield site


@pytest.fixture
def bare(copy_of: Callable[[str], str], bare_database: str) -> Iterator[Site]:
    with serving(copy_of(bare_database)) as site:
        yield site


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Not for the session: its event loop would go on in this thread, and other tests run loops of their own."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments, headless=True)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Pages of contexts with options of their own: `viewport`, `color_scheme`, `java_script_enabled`, ..."""
    contexts: list[Any] = []
    faults: list[str] = []

    def made(**options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        context.set_default_timeout(5000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
        page.on("console", lambda said: faults.append(f"console: {said.text}") if unexpected(said) else None)
        return page

    yield made
    for context in contexts:
        context.close()
    assert faults == [], "the page's scripts stumbled, or broke the policy of what may run"


def unexpected(said: Any) -> bool:
    """An answer that is an error is the test's business; whatever else a browser calls an error is a fault."""
    answered = ("Failed to load resource", "Response Status Error Code")
    return said.type == "error" and not said.text.startswith(answered)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    return new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
