"""The rules in a real browser: read, a copy checked, tried on history and adopted, and the deals that follow."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx2
from playwright.sync_api import Page, expect

from service.access.keys import Asked, make_key
from service.api.principal import Role
from service.flows.adopt_pipeline import RULE, refold_all
from service.flows.append_events import append_events
from service.flows.backtest_version import backtest_version
from service.flows.deal_paths import FIRES, refresh_paths
from service.store import deal_cards, decisions, pipelines
from tests.pages.accessible import assert_accessible, assert_fits
from tests.pages.serving import Site

# A pipeline in which a deal leaves the first stage with an e-mail or call alone, and the second one with nothing.
EASY = """
name = "easy"
extends = "b2b"
gate_policy = "strict"
"""


def stages(site: Site) -> dict[str, str]:
    with site.context.database.connect() as connection:
        found = deal_cards.cards(connection, "main", deal_cards.Filters(), sort="account", descending=False, most=None)
    return {card.deal: card.stage for card in found}


def without_gate(text: str, gate: str) -> str:
    """The file without one of its gates."""
    parts = re.split(r"(?=^\[\[)", text, flags=re.M)
    left = [part for part in parts if not (part.startswith("[[stages.gates]]") and f'id = "{gate}"' in part)]
    assert len(left) == len(parts) - 1
    return "".join(left)


def write(page: Page, text: str) -> None:
    """In place of what stands in the box; typing so much takes a browser seconds."""
    page.get_by_label("The pipeline as TOML").evaluate("(box, text) => { box.value = text }", text)


def newest(site: Site) -> UUID:
    with site.context.database.connect() as connection:
        return pipelines.find(connection, "main", most=1)[0].id


def test_the_pipeline_is_drawn_and_each_rule_is_a_sentence_with_its_counts(demo: Site, page: Page) -> None:
    assert refresh_paths(demo.context, most=100) == 0
    page.goto(f"{demo.url}/rules")
    drawing = page.get_by_role("img", name=re.compile("Stages from left to right"))
    for stage in demo.context.pipeline.stages:
        expect(drawing).to_contain_text(stage.id.replace("_", " ").capitalize())
    row = page.locator("tr", has_text="Three e-mails were exchanged, both ways.")
    expect(row).to_contain_text("moves the deal on from Identified to Discovery")
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(row).to_contain_text("e-mails exchanged at least 3")
    with demo.context.database.connect() as connection:
        moments = {
            (deal, each.at)
            for deal in stages(demo)
            for each in decisions.of_deal(connection, "main", deal)
            if each.type in FIRES and each.rule == "gates"
        }
    gates = page.locator("tr", has_text="All gates of a stage are met").locator("td.number").first
    expect(gates).to_have_text(str(len(moments)))
    assert moments
    assert_accessible(page)


def test_mistakes_are_named_with_their_lines_and_nothing_is_lost(demo: Site, page: Page) -> None:
    page.goto(f"{demo.url}/rules")
    page.get_by_role("link", name="Edit a copy").first.click()
    box = page.get_by_label("The pipeline as TOML")
    text = box.input_value()
    assert text.startswith("#:schema")
    wrong = text.replace('id = "discovery"\nprobability = 15', 'id = "discovery"\nprobability = 150')
    line = wrong.split("\n").index("probability = 150") + 1
    write(page, wrong)
    page.get_by_role("button", name="Check it").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"Line {line}")
    expect(alert).to_contain_text("probability")
    expect(page.get_by_label("The pipeline as TOML")).to_have_value(wrong)
    assert_accessible(page)
    page.get_by_role("button", name="Try it on history").click()
    expect(page.get_by_role("alert")).to_contain_text(f"Line {line}")
    write(page, "name = [")
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("alert")).to_contain_text("1 mistake")
    write(page, text)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("status").first).to_contain_text("It says the same as what is followed now.")


def met_and_pained(demo: Site) -> None:
    """A deal of which discovery's first gate is met and the others are not, whatever the readers make of the demo."""

    def event(hour: int, kind: str, **data: Any) -> dict[str, Any]:
        at = f"2026-03-02T{hour:02}:00:00Z"
        return {"id": f"t-{hour}", "deal_id": "T-1", "type": kind, "occurred_at": at, "source": "crm", "data": data}

    pain = {"segment": None, "start": 0, "end": 16, "text": "Mondays are lost"}
    told = [
        event(8, "deal.created", name="Line planning", account="Thornton Mills"),
        event(9, "contact.added", person="Ann Okafor", title="COO", side="buyer"),
        event(10, "activity.call", minutes=45, contacts=["Ann Okafor"]),
        event(11, "signal", type="qualification", element="pain", evidence=[pain], confidence=0.9),
    ]
    append_events(dataclasses.replace(demo.context, workspace="main"), told)


def test_a_copy_is_tried_on_history_and_adopted_and_the_deals_follow(demo: Site, page: Page) -> None:
    met_and_pained(demo)
    before = stages(demo)
    assert before["T-1"] == "discovery"
    page.goto(f"{demo.url}/rules/edit")
    box = page.get_by_label("The pipeline as TOML")
    text = box.input_value()
    # Of each stage's gates the first is left: a stage has at least one.
    for stage in demo.context.pipeline.stages:
        for gate in stage.gates[1:]:
            text = without_gate(text, gate.id)
    write(page, text)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Try it on history").click()
    expect(page.get_by_role("heading", name="Being tried on your history")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    backtest_version(demo.context, newest(demo))
    expect(page.get_by_role("heading", name="What it would have changed")).to_be_visible()
    differing = page.get_by_role("region", name="Deals that would stand elsewhere").locator("tbody tr")
    count = differing.count()
    assert count > 0
    expect(page.locator("#backtest .lead")).to_contain_text(f"{count} would stand elsewhere")
    told = {row.locator("a").get_attribute("href"): row.locator("td").nth(2).inner_text() for row in differing.all()}
    assert_accessible(page)
    assert stages(demo) == before
    page.get_by_role("button", name="Adopt this version").click()
    expect(page).to_have_url(re.compile(r"/rules/versions/"))
    page.get_by_label("Why").fill("our deals are small")
    page.get_by_role("button", name="Adopt this version").click()
    expect(page.get_by_text("Adopted. The deals are folded anew")).to_be_visible()
    expect(page.locator(".lead")).to_contain_text("our deals are small")
    context = dataclasses.replace(demo.context, workspace="main")
    assert refold_all(context) == len(before)
    assert refold_all(context) == 0
    after = stages(demo)
    moved = {deal: stage for deal, stage in after.items() if stage != before[deal]}
    assert {f"/deals/{deal}": stage.replace("_", " ").capitalize() for deal, stage in moved.items()} == told
    deal = next(iter(moved))
    with context.database.connect() as connection:
        last = decisions.of_deal(connection, "main", deal)[-1]
    assert (last.type, last.rule) == ("correction", RULE)
    assert (last.content["from"], last.content["to"]) == (before[deal], after[deal])
    page.goto(f"{demo.url}/deals/{deal}")
    expect(page.locator("#timeline")).to_contain_text("was adopted: under it the deal's events lead to")
    answer = httpx2.get(f"{demo.url}/v1/deals/{deal}").json()
    assert answer["stage"] == after[deal]


def test_a_version_that_is_followed_by_nobody_changes_nothing(demo: Site, page: Page) -> None:
    before = stages(demo)
    page.goto(f"{demo.url}/rules/edit?from=own")
    write(page, EASY)
    page.get_by_role("button", name="Try it on history").click()
    backtest_version(demo.context, newest(demo))
    page.reload()
    expect(page.locator("#backtest .lead")).to_contain_text("none would stand elsewhere")
    assert refold_all(demo.context) == 0
    assert stages(demo) == before


def test_only_administrators_edit_and_adopt(demo: Site, new_page: Callable[..., Page]) -> None:
    wanted = Asked(name="Mia", role=Role.MANAGER)
    _, key = make_key(demo.context, wanted, by="tests", random=demo.service.gate.random)
    make_key(demo.context, Asked(name="root", role=Role.ADMIN), by="tests", random=demo.service.gate.random)
    headers = {"authorization": f"Bearer {key}", "accept": "text/html"}
    assert httpx2.get(f"{demo.url}/rules", headers=headers).status_code == 200
    assert "Edit a copy" not in httpx2.get(f"{demo.url}/rules", headers=headers).text
    for method, path in (
        ("GET", "/rules/edit"),
        ("POST", "/rules/check"),
        ("POST", "/rules/versions"),
        ("GET", "/rules/versions/x"),
        ("POST", "/rules/versions/x/adopt"),
    ):
        assert httpx2.request(method, demo.url + path, headers=headers).status_code == 403, path


def test_what_is_not_there_is_not_found(demo: Site) -> None:
    headers = {"accept": "text/html"}
    for path in ("/rules/versions/x", f"/rules/versions/{UUID(int=7)}", "/rules/edit?from=x"):
        assert httpx2.get(demo.url + path, headers=headers).status_code == 404
    assert httpx2.post(f"{demo.url}/rules/versions/{UUID(int=7)}/adopt", data={"comment": "x"}).status_code == 404


def test_rules_fit_a_phone_and_the_dark(demo: Site, new_page: Callable[..., Page], phone: Page) -> None:
    dark = new_page(color_scheme="dark")
    for path in ("/rules", "/rules/edit"):
        phone.goto(demo.url + path)
        assert_fits(phone)
        assert_accessible(phone)
        dark.goto(demo.url + path)
        assert_accessible(dark)
