"""Which browser the tests drive: what is there, else what can be fetched, else a failure that says what to do."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.pages import chromium


@dataclass(slots=True)
class Machine:
    """A machine with some programs; `gives` is what a command that succeeds brings: a program or Playwright's own."""

    programs: set[str] = field(default_factory=set)
    gives: dict[str, str] = field(default_factory=dict)
    playwrights: Path | None = None
    root: bool = True
    updated: bool = True
    ran: list[str] = field(default_factory=list)

    def which(self, name: str) -> str | None:
        return name if name in self.programs else None

    def done(self, command: list[str]) -> bool:
        line = " ".join(command)
        self.ran.append(line)
        if "update" in command:
            self.updated = True
        for part, what in self.gives.items():
            if part in line and (self.updated or "apt-get" not in line):
                if what == "playwright" and self.playwrights is not None:
                    place = self.playwrights / "chromium-1" / "chrome-linux"
                    place.mkdir(parents=True)
                    (place / "chrome").touch()
                self.programs.add(what)
                return True
        return False


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    one = Machine(playwrights=tmp_path)
    monkeypatch.delenv("TELLTALE_TEST_CHROMIUM", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr(chromium.shutil, "which", one.which)
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0 if one.root else 1000)
    monkeypatch.setattr(chromium, "done", one.done)
    return one


def test_the_one_that_is_named_is_taken(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.programs = {"/opt/browser", "chromium"}
    monkeypatch.setenv("TELLTALE_TEST_CHROMIUM", "/opt/browser")
    assert chromium.find_chromium() == "/opt/browser"
    monkeypatch.setenv("TELLTALE_TEST_CHROMIUM", "/opt/none")
    with pytest.raises(RuntimeError, match="/opt/none"):
        chromium.find_chromium()


@pytest.mark.parametrize("name", chromium.NAMES)
def test_one_that_is_there_is_taken_and_nothing_fetched(machine: Machine, name: str) -> None:
    machine.programs = {name, "apt-get"}
    assert chromium.find_chromium() == name
    assert machine.ran == []


@pytest.mark.parametrize("updated", [True, False], ids=["lists there", "no lists yet"])
def test_debians_is_installed_where_that_is_allowed(machine: Machine, updated: bool) -> None:
    machine.programs, machine.gives, machine.updated = {"apt-get"}, {"apt-get install": "chromium"}, updated
    assert chromium.find_chromium() == "chromium"
    assert ["apt-get update -q" in machine.ran] == [not updated]


@pytest.mark.parametrize(("programs", "root"), [({"apt-get"}, False), (set(), True)], ids=["no rights", "no Debian"])
def test_else_playwright_fetches_its_own(machine: Machine, programs: set[str], root: bool) -> None:
    machine.programs, machine.root = set(programs), root
    machine.gives = {"playwright install chromium": "playwright", "apt-get": "chromium"}
    assert chromium.find_chromium() is None
    assert machine.ran == [f"{sys.executable} -m playwright install chromium"]
    assert chromium.find_chromium() is None  # it is there now
    assert len(machine.ran) == 1


def test_without_any_the_tests_fail_and_say_what_to_do(machine: Machine) -> None:
    machine.programs = {"apt-get"}
    with pytest.raises(RuntimeError, match="found no Chromium: install one"):
        chromium.find_chromium()
    assert len(machine.ran) == 4  # Debian's, after an update of its lists too, and Playwright's


def test_a_command_that_is_not_there_has_not_worked() -> None:
    assert not chromium.done(["/nowhere/apt-get"])
