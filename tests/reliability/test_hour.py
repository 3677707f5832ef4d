from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability.hour import growth, hour, told


def test_memory_is_looked_at_while_conversations_come_in(tmp_path: Path) -> None:
    figures = hour(seconds=3, rate=5, every=0.25, reader="marks", samples=tmp_path / "memory.csv")
    # From the beginning to the end, both included.
    assert figures["stored"] == figures["acknowledged"] == 16
    assert figures["other answers"] == 0
    head, *rows = (tmp_path / "memory.csv").read_text().splitlines()
    assert head == "seconds,server MiB,worker MiB,read"
    assert len(rows) == figures["samples"] >= 1
    for row in rows:
        _, server, worker, _ = map(float, row.split(","))
        assert min(server, worker) > 10


def test_figures_are_those_of_each_part() -> None:
    held = [(float(at), 100.0 + at) for at in range(0, 60, 2)]
    figures = told("worker", held, 60)
    parts = figures["MiB of the worker: least, middle, most of each 0.166667 minutes"]
    assert parts[0] == (100, 104, 108)
    assert parts[5] == (150, 154, 158)
    assert figures["MiB an hour by which the worker grew after the first of them"] == 3600


def test_growth_is_by_the_hour_and_none_where_there_is_too_little() -> None:
    assert growth([(0, 100), (1800, 101), (3600, 102)]) == pytest.approx(2)
    assert growth([(0, 100), (1800, 130), (3600, 100)]) == 0
    assert growth([(5, 100)]) is None
