"""Progress is for somebody who watches, and for work that takes longer than a moment."""

from __future__ import annotations

import io
import sys

import pytest

from service.commands import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock shows; the test moves it."""
    shown = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: shown[0])
    return shown


def run(steps: int, each: float, seconds: list[float]) -> None:
    with progress.shown("conversations") as line:
        for _ in range(steps):
            seconds[0] += each
            line.step()
        with line.aside():
            sys.stderr.write("something else\n")


def test_long_work_shows_how_far_it_is_and_cleans_up(monkeypatch: pytest.MonkeyPatch, seconds: list[float]) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run(10, 0.5, seconds)
    said = terminal.getvalue()
    assert "4 conversations, 2.0 a second" in said
    assert "10 conversations, 2.0 a second" in said
    assert said.endswith("\r\033[Ksomething else\n")


@pytest.mark.parametrize(("stream", "each"), [(Terminal(), 0.01), (io.StringIO(), 5.0)], ids=["short", "unwatched"])
def test_otherwise_it_is_silent(
    monkeypatch: pytest.MonkeyPatch, seconds: list[float], stream: io.StringIO, each: float
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    run(10, each, seconds)
    assert stream.getvalue() == "something else\n"
