"""The demo's stories with signals that are known: what readers come to hear must not change what these tests see."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from service.app import running
from service.flows.fill_demo import fill_demo
from service.settings import Settings
from signals import Conversation, Signal, signal_from_json
from tests.databases import at, run
from tests.pages.serving import NOW, Site, serving

# By conversation, what was heard in it, wrongly or rightly.
SAID: dict[str, list[dict[str, Any]]] = orjson.loads(Path(__file__).with_name("said.json").read_bytes())


def heard(conversation: Conversation) -> list[Signal]:
    return [signal_from_json(each) for each in SAID[conversation.id]]


@pytest.fixture(scope="session")
def demo_database(server: str, worker_id: str) -> str:
    """The name of a database with the demo's stories, to be copied."""
    name = f"pages_said_{worker_id}"
    run(server, f"CREATE DATABASE {name}")
    with running(Settings(database=at(server, name), worker=False), extract=heard) as made:
        for _ in fill_demo(dataclasses.replace(made.context, now=lambda: NOW)):
            pass
    return name


@pytest.fixture(scope="package")
def shown(server: str, demo_database: str, worker_id: str) -> Iterator[Site]:
    """A site for the tests that only look, so that they need no database each."""
    name = f"pages_shown_{worker_id}"
    run(server, f"CREATE DATABASE {name} TEMPLATE {demo_database}")
    with serving(at(server, name)) as site:
        yield site
    run(server, f"DROP DATABASE {name} WITH (FORCE)")
