"""Pictures of the pages for the documentation: `python -m tests.pages.screenshots [NAME...]` writes docs/images/*.png.

Each page in light, in dark and at a phone's width, on the demo's stories at a day that never changes.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Browser, sync_playwright

from service.store.embedded import embedded
from tests.databases import run
from tests.pages.chromium import find_chromium
from tests.pages.serving import Site, fill, serving

# Of a page that has more to show than this, the upper part is enough.
LARGEST = 150_000
IMAGES = Path(__file__).parents[2] / "docs" / "images"

# Of these signals some are left to review, as where people want it stricter than by default.
STRICT = {"inbox", "inbox-signals", "accept-many", "conversation"}

# Asked of a site where everybody needs a key.
SIGNED_OUT = {"login"}

# A picture is to stay below 150 kB; these pages are full of letters.
HEIGHTS = {"conversation": 620, "accept-many": 700}

# name, path on the site
PAGES = {
    "inbox": "/",
    "inbox-signals": "/?show=signals",
    "accept-many": "/accept?least=60",
    "conversations": "/conversations",
    "conversation": "/conversations/demo-brightwater-discovery",
    "mail": "/conversations/demo-kestrel-goodbye",
    "login": "/login",
    "pipeline": "/pipeline",
    "deals": "/deals?sort=amount",
    "deal": "/deals/DEMO-1",
    "deal-people": "/deals/DEMO-1#people-h",
    "deal-timeline": "/deals/DEMO-4#timeline",
    "deal-falls-back": "/deals/DEMO-3",
    "analytics": "/analytics",
    "forecast": "/analytics/forecast",
    "rules": "/rules",
    "rules-edit": "/rules/edit",
    "admin": "/admin",
    "admin-audit": "/admin/audit",
    "deal-move": "/deals/DEMO-2/move?to=negotiation",
}
SHAPES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "is_mobile": True, "has_touch": True},
}


def take(site: Site, browser: Browser, names: list[str], folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for shape, options in SHAPES.items():
        context = browser.new_context(**options, reduced_motion="reduce")
        page = context.new_page()
        for name in names:
            size = options["viewport"]
            page.set_viewport_size(size if shape == "phone" else size | {"height": HEIGHTS.get(name, size["height"])})
            page.goto(site.url + PAGES[name])
            page.wait_for_load_state("load")
            page.wait_for_function("() => !document.querySelector('.htmx-request')")
            path = folder / f"{name}-{shape}.png"
            page.screenshot(path=path)
            if path.stat().st_size > LARGEST:
                size = options["viewport"]
                page.screenshot(
                    path=path, clip={"x": 0, "y": 0, "width": size["width"], "height": size["height"] * 0.8}
                )
            yield path
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(PAGES)}; all of them without")
    parser.add_argument("--out", type=Path, default=IMAGES, help="the folder to write to")
    chosen = parser.parse_args()
    data = Path(tempfile.mkdtemp(prefix="telltale-pictures-"))
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    names = chosen.names or list(PAGES)
    with embedded(data) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        for database, accept_at, mine in (
            ("pictures", 0.5, [name for name in names if name not in STRICT | SIGNED_OUT]),
            ("strict", 0.66, [name for name in names if name in STRICT]),
            ("signed_out", 0.5, [name for name in names if name in SIGNED_OUT]),
        ):
            if not mine:
                continue
            run(url, f"CREATE DATABASE {database}")
            of_it = sa.make_url(url).set(database=database).render_as_string(hide_password=False)
            if database != "signed_out":
                fill(of_it, accept_at=accept_at)
            with serving(of_it, keys="required" if database == "signed_out" else "auto") as site:
                for path in take(site, browser, mine, chosen.out):
                    print(f"{path.stat().st_size // 1024:4} kB  {path}")
        browser.close()


if __name__ == "__main__":
    main()
