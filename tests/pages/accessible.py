"""axe looks at a page as it stands; and what it cannot see is measured here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
GRAVE = ("serious", "critical")


def assert_accessible(page: Page) -> None:
    """No serious or critical fault by axe's rules of WCAG 2.2 A and AA and its best practices."""
    # Evaluated by the debugger and not put into the page: the page's own policy refuses strangers' scripts.
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    grave = [
        f"{fault['id']} ({fault['impact']}): {fault['help']}: {node['html'][:160]} | {node['failureSummary'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
    assert grave == [], "\n".join(grave)


def assert_fits(page: Page) -> None:
    """Nothing makes the page itself scroll sideways."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1, f"the page is {wide} pixels wider than its window"
