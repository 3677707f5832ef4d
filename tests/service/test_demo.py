"""The demo tells its stories with what the extractors really find, and starts over each time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from service.app import running
from service.commands.demo import fresh_folder, story
from service.flows.fill_demo import fill_demo
from service.settings import Settings
from service.store import deals, decisions
from service.store.embedded import embedded
from tests.service.conftest import at_time

BIN = Path(sys.executable).parent / "telltale"
NOW = dt.datetime(2027, 5, 19, 12, tzinfo=dt.UTC)


@pytest.fixture
def filled(database: str) -> Iterator[Any]:
    with running(Settings(database=database, worker=False)) as service:
        here = at_time(service, NOW)
        assert len(list(fill_demo(here.context))) == 9
        yield here


def test_the_demo_shows_an_advance_a_hold_and_a_scheduled_regression_with_their_words(filled: Any) -> None:
    lines = list(story(filled))
    for what in ("moved on", "fell back", "will fall back", "still missing"):
        places = [place for place, line in enumerate(lines) if what in line]
        assert places, what
        for place in places:
            assert "because [italic]“" in lines[place + 1], lines[place : place + 2]
    assert sum(line.startswith("[bold]") for line in lines) == 4


def test_the_stories_happened_lately_on_the_weekdays_they_speak_of(filled: Any) -> None:
    with filled.context.database.connect() as connection:
        taken = [
            each
            for deal in ("DEMO-1", "DEMO-2", "DEMO-3", "DEMO-4")
            for each in decisions.of_deal(connection, "main", deal)
        ]
    newest = max(each.at for each in taken)
    assert NOW - dt.timedelta(days=7) < newest <= NOW
    assert newest.weekday() == dt.date(2026, 3, 12).weekday()


def test_the_stories_told_backwards_end_the_same(filled: Any) -> None:
    backwards = dataclasses.replace(filled.context, workspace="backwards")
    list(fill_demo(backwards, backwards=True))
    states = []
    for context in (filled.context, backwards):
        with context.database.connect() as connection:
            states.append(deals.find(connection, context.workspace, stage=None, after=None, most=9))
    assert [deal.state for deal in states[0]] == [deal.state for deal in states[1]]


def test_filling_twice_changes_nothing(filled: Any, rows: Callable[[], dict[str, int]]) -> None:
    before = rows()
    list(fill_demo(filled.context))
    assert rows() == before


def test_it_starts_afresh_beside_one_that_runs_and_never_on_a_database_that_was_given(data_folder: Path) -> None:
    assert fresh_folder(data_folder) == data_folder / "demo"
    with embedded(data_folder / "demo"):
        assert fresh_folder(data_folder) == data_folder / "demo-2"
    assert (data_folder / "demo" / "postgres" / "PG_VERSION").exists()
    environment = {**os.environ, "TELLTALE_DATABASE": "postgresql://precious@127.0.0.1:1/precious"}
    command = [BIN, "demo", "--once", "--data", data_folder]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "==> 9 conversations read" in done.stderr
    assert "Brightwater Foods · Plant reporting (DEMO-1)  is in " in done.stdout
    # The server of the run before was gone with its folder, this one is stopped.
    assert (data_folder / "demo" / "postgres" / "PG_VERSION").exists()
    assert not (data_folder / "demo" / "postgres" / "postmaster.pid").exists()
