"""Answers of a language model lie in files beside the database: they go with the words that they were made of."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.flows.erase_person import erase_person
from service.flows.retain_words import retain_words
from service.readers.cache import Cache, forgetting
from service.readers.model import Answer
from service.store import audit
from tests.service.conftest import at_time
from tests.service.operations.filled import ADDRESS, MARKED
from tests.service.samples import PEOPLE, call

THEIRS, OTHERS = "c-theirs", "c-others"
KEPT = Answer(text="said by Zyxwina", model="m", sent_tokens=1, answer_tokens=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "answers"


@pytest.fixture
def reading(with_settings: Callable[..., Any], folder: Path) -> Any:
    with with_settings(llm_cache=folder) as service:
        client = TestClient(create_app(service))
        for id, people in ((THEIRS, [*PEOPLE, MARKED]), (OTHERS, PEOPLE)):
            speaker = people[-1]["id"]
            about = {"id": f"D-{id}", "account": "Hollis Freight"}
            document = call(id, f"{speaker}: hello there", participants=people, deal=about, at="2026-01-05T10:00:00Z")
            assert client.post("/v1/conversations?wait=true", json=document).is_success
        keep(folder)
        yield service


def keep(folder: Path) -> None:
    for id in (THEIRS, OTHERS):
        Cache(folder, 1 << 20).put(id, "asked", "m", KEPT)


def kept(folder: Path) -> list[str]:
    return [id for id in (THEIRS, OTHERS) if Cache(folder, 1 << 20).get(id, "asked", "m") is not None]


def test_an_erased_persons_go(reading: Any, folder: Path) -> None:
    assert kept(folder) == [THEIRS, OTHERS]
    erase_person(reading.context, ADDRESS)
    assert kept(folder) == [OTHERS]


def test_they_go_before_the_commit_and_what_was_added_meanwhile_after_it(
    reading: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies at the commit leaves none of an erasure that took place; one that reads meanwhile neither."""
    moments: list[str] = []
    commits = audit.on_commit

    def forget(conversation: str) -> None:
        moments.append("forgotten")
        forgetting(folder, 1 << 20)(conversation)
        if moments.count("forgotten") == 1:
            keep(folder)

    def commit(*given: Any) -> None:
        moments.append("commit")
        commits(*given)

    monkeypatch.setattr("service.store.connect.on_commit", commit)
    erase_person(dataclasses.replace(reading.context, forget_answers=forget), ADDRESS)
    assert moments.index("forgotten") < len(moments) - 1 - moments[::-1].index("forgotten")
    assert kept(folder) == [OTHERS]


def test_an_erasure_that_came_to_nothing_loses_answers_only(reading: Any, folder: Path) -> None:
    def dies(conversation: str) -> None:
        forgetting(folder, 1 << 20)(conversation)
        raise RuntimeError("killed")

    with contextlib.suppress(RuntimeError):
        erase_person(dataclasses.replace(reading.context, forget_answers=dies), ADDRESS)
    assert kept(folder) == [OTHERS]
    client = TestClient(create_app(reading))
    assert "Zyxwina" in client.get(f"/v1/conversations/{THEIRS}").text


def test_they_go_with_words_that_were_kept_long_enough(reading: Any, folder: Path) -> None:
    later = at_time(reading, dt.datetime(2026, 3, 12, tzinfo=dt.UTC))
    assert retain_words(later.context, 3650) == 0
    assert kept(folder) == [THEIRS, OTHERS]
    assert retain_words(later.context, 30) == 2
    assert kept(folder) == []
