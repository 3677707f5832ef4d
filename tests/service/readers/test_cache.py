"""Answers that are kept."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from service.readers.cache import Cache
from service.readers.model import Answer
from service.readers.reader import read_by_model
from tests.service.readers.conversations import OPTIONS, Scripted, conversation, local, whole

ANSWER = Answer(text='{"signals": []}', model="tiny-1", sent_tokens=7, answer_tokens=3)


def test_what_is_put_is_got(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "answers", 1 << 20)
    assert cache.get("c", "q", "m") is None
    cache.put("c", "q", "m", ANSWER)
    assert cache.get("c", "q", "m") == ANSWER
    assert cache.get("c", "q", "other model") is None
    assert cache.get("c", "other question", "m") is None
    assert (tmp_path / "answers").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("id", ["../../etc/passwd", "a/b", "\x00", "é" * 300, "\ud800"])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, id: str) -> None:
    cache = Cache(tmp_path / "answers", 1 << 20)
    cache.put(id, "q", "m", ANSWER)
    assert cache.get(id, "q", "m") == ANSWER
    assert all(file.is_relative_to(tmp_path / "answers") for file in tmp_path.rglob("*.json"))


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'{"text": 1}', b"{" * 50_000, b"\xff"])
def test_a_broken_file_is_none(tmp_path: Path, content: bytes) -> None:
    cache = Cache(tmp_path, 1 << 20)
    cache.put("c", "q", "m", ANSWER)
    next(tmp_path.rglob("*.json")).write_bytes(content)
    assert cache.get("c", "q", "m") is None


def test_a_conversation_can_be_forgotten(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 1 << 20)
    for id in ("a", "b"):
        cache.put(id, "q1", "m", ANSWER)
        cache.put(id, "q2", "m", ANSWER)
    cache.forget("a")
    cache.forget("never seen")
    assert cache.get("a", "q1", "m") is None
    assert cache.get("b", "q2", "m") == ANSWER
    assert len(list(tmp_path.iterdir())) == 1


def test_the_folder_keeps_its_size_and_the_latest(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 10_000)
    large = replace(ANSWER, text="x" * 900)
    for number in range(30):
        cache.put(f"c{number}", "q", "m", large)
        file = cache.file(f"c{number}", "q", "m")
        os.utime(file, ns=(number, number))
    cache.tidy()
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.json")) <= 10_000
    assert cache.get("c29", "q", "m") is not None
    assert cache.get("c0", "q", "m") is None


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file", 1 << 20)
    cache.put("c", "q", "m", ANSWER)
    assert cache.get("c", "q", "m") is None


def test_the_same_conversation_is_asked_about_once(tmp_path: Path) -> None:
    cache, model = Cache(tmp_path, 1 << 20), Scripted(whole())
    of = conversation("b1: Hello.")
    first, second = (read_by_model(of, ask=model, local=local, options=OPTIONS, cache=cache) for _ in range(2))
    assert len(model.asked) == 1
    assert (first.report.asked, first.report.cached) == (1, 0)
    assert (second.report.asked, second.report.cached) == (0, 1)
    read_by_model(conversation("b1: Hello there."), ask=model, local=local, options=OPTIONS, cache=cache)
    assert len(model.asked) == 2


def test_nonsense_is_asked_again(tmp_path: Path) -> None:
    cache, model = Cache(tmp_path, 1 << 20), Scripted("I would rather not.")
    for _ in range(2):
        read_by_model(conversation("b1: Hello."), ask=model, local=local, options=OPTIONS, cache=cache)
    assert len(model.asked) == 2
