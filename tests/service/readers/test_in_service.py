"""The service with a language model: by workspace, and where it is away."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app, running
from service.flows.read_conversation import read_conversation
from service.reader import the_readers
from service.readers.model import ModelUnreachableError
from service.readers.options import ReaderSettingsError
from service.settings import Settings
from signals import Conversation
from tests.service.readers.conftest import Reply, Server
from tests.service.readers.conversations import proposal, whole
from tests.service.samples import call

SAID = "The board signed off on eighty thousand for this."
AMOUNT = {"low": 80000, "high": 80000, "currency": "USD", "per": "total"}
ANSWER = whole(proposal({"type": "budget", "status": "approved", "amount": AMOUNT}, (1, SAID)))
CALL = call("c-1", "s1: Hi.", f"b1: {SAID}")


@pytest.fixture
def settings(database: str, model_server: Server, tmp_path: Path) -> dict[str, Any]:
    return {
        "database": database, "worker": False, "data": tmp_path, "llm_url": model_server.url, "llm_model": "tiny",
    }  # fmt: skip


def test_conversations_are_read_by_the_model_that_is_set(settings: dict[str, Any], model_server: Server) -> None:
    model_server.replies = [Reply(ANSWER)]
    with running(Settings(**settings, reader="llm")) as service, TestClient(create_app(service)) as client:
        body = client.post("/v1/conversations?wait=true", json=CALL).json()
    assert body["state"] == "read"
    assert [signal["found_by"].partition(",")[0] for signal in body["signals"]] == ["tiny-1"]


def test_a_workspace_has_a_reader_of_its_own(settings: dict[str, Any], model_server: Server) -> None:
    model_server.replies = [Reply(ANSWER)]
    with running(Settings(**settings, readers='{"acme": "llm"}')) as service:
        of = Conversation.from_json(CALL)
        here = service.context
        there = dataclasses.replace(here, workspace="acme")
        assert all("tiny-1" not in (signal.found_by or "") for signal in here.read(of))
        assert model_server.requests == []
        assert ["tiny-1" in (signal.found_by or "") for signal in there.read(of)] == [True]


def test_where_the_model_is_away_the_conversation_waits(settings: dict[str, Any], model_server: Server) -> None:
    model_server.replies = [Reply(status=503)]
    with running(Settings(**settings, reader="llm")) as service, TestClient(create_app(service)) as client:
        body = client.post("/v1/conversations?wait=true", json=CALL).json()
        assert (body["state"], body["signals"]) == ("received", [])
        with pytest.raises(ModelUnreachableError):  # so its job is tried again
            read_conversation(service.context, "c-1")
        model_server.replies = [Reply(ANSWER)]
        assert read_conversation(service.context, "c-1")
        assert client.get("/v1/conversations/c-1").json()["state"] == "read"


def test_a_reader_that_cannot_be_made_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ReaderSettingsError, match="TELLTALE_LLM_URL"):
        the_readers(Settings(data=tmp_path, readers={"acme": "cascade"}))


@pytest.mark.parametrize("value", ['{"acme": "oracle"}', "[]", '{"acme": 1}', "nowhere.json"])
def test_readers_of_workspaces_that_there_are_not(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_READERS", value)
    with pytest.raises(ValueError, match="readers"):
        Settings()
