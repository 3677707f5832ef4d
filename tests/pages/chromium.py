"""The browser that the tests drive: a Chromium that is there, else one that is fetched; never none in silence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
DEBIANS = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]
NO_BROWSER = (
    "these tests drive a real browser and found no Chromium: install one (Debian: apt-get install chromium; elsewhere: "
    "python -m playwright install chromium), or name one in TELLTALE_TEST_CHROMIUM"
)


def find_chromium() -> str | None:
    """The path of a Chromium; None for Playwright's own. Raises RuntimeError where none can be had."""
    given = os.environ.get("TELLTALE_TEST_CHROMIUM")
    if given:
        if shutil.which(given) is None:
            raise RuntimeError(f"TELLTALE_TEST_CHROMIUM names {given!r}, and no program is there")
        return given
    found = installed()
    if found:
        return found
    if playwrights_own():
        return None
    if os.geteuid() == 0 and shutil.which("apt-get"):
        # A fresh container has no lists of packages, and then there is no such package.
        if not done(DEBIANS):
            done(["apt-get", "update", "-q"])
            done(DEBIANS)
        found = installed()
        if found:
            return found
    # With this very interpreter: "python" may be none, or another one without Playwright.
    if done([sys.executable, "-m", "playwright", "install", "chromium"]) and playwrights_own():
        return None
    raise RuntimeError(NO_BROWSER)


def installed() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def playwrights_own() -> bool:
    kept = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return any(kept.glob("chromium*/**/chrome")) or any(kept.glob("chromium*/**/headless_shell"))


def done(command: list[str]) -> bool:
    try:
        return subprocess.run(command, timeout=600, capture_output=True, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
