"""The stream of what changes: who hears what, and what happens when it is cut."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx2
import pytest
import sqlalchemy as sa

from service.access.identity import Principal, Role
from service.access.keys import Asked, make_key, revoke_key
from service.pages.live import MOST_WAITING, Change, Hub, Reader
from tests import databases
from tests.pages.serving import Site

T = TypeVar("T")

ADMIN = Principal(workspace="main", role=Role.ADMIN, name="ops")
STRANGER = Principal(workspace="other", role=Role.ADMIN, name="ops")


def always() -> bool:
    return True


def run(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: Playwright's loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result(30)


async def events(stream: AsyncIterator[str], count: int) -> list[tuple[str, Any]]:
    """The next events as (name, data)."""
    out = []
    async with asyncio.timeout(10):
        async for text in stream:
            fields = dict(line.split(": ", 1) for line in text.strip().splitlines())
            if "event" in fields:
                out.append((fields["event"], json.loads(fields["data"])))
            if len(out) == count:
                break
    return out


def test_a_change_names_what_follows_it() -> None:
    assert Change(workspace="main", topic="deal", id="D-1", deal="D-1").topics == ["deal", "deal:D-1"]
    assert Change(workspace="main", topic="signal", id="c-1", deal="D-1").topics == [
        "signal",
        "conversation:c-1",
        "deal:D-1",
    ]
    assert Change(workspace="main", topic="conversation").topics == ["conversation"]


def test_everybody_hears_of_their_own_workspace_and_their_own_deals_only(demo: Site) -> None:
    with demo.context.database.connect() as connection:
        rows = connection.execute(sa.text("SELECT deal, owner FROM deal_cards"))
        owners = {row.deal: row.owner for row in rows}
    mine = next(deal for deal, owner in owners.items() if owner)
    rep = Principal(workspace="main", role=Role.REP, name="r", owners=frozenset({owners[mine] or ""}))
    nobody = Principal(workspace="main", role=Role.REP, name="n", owners=frozenset({"nobody@northstar.example"}))

    async def told() -> dict[str, int]:
        hub = Hub(demo.context.database.url, demo.context.database)
        readers = {
            name: Reader(principal=who)
            for name, who in {"rep": rep, "nobody": nobody, "admin": ADMIN, "stranger": STRANGER}.items()
        }
        hub.readers |= set(readers.values())
        for deal in (mine, None):
            await hub.heard(json.dumps({"workspace": "main", "topic": "signal", "id": "c-1", "deal": deal}))
        return {name: reader.queue.qsize() for name, reader in readers.items()}

    assert run(told()) == {"rep": 1, "nobody": 0, "admin": 2, "stranger": 0}


def test_who_takes_nothing_is_told_once_that_it_missed_something() -> None:
    async def told() -> list[object]:
        reader = Reader(principal=ADMIN)
        for number in range(MOST_WAITING + 1):
            reader.put(Change(workspace="main", topic="deal", id=str(number)))
        return [reader.queue.get_nowait() for _ in range(reader.queue.qsize())]

    assert run(told()) == ["missed"]


def test_a_stream_begins_anew_with_what_may_have_been_missed_and_ends_when_the_service_does(demo: Site) -> None:
    async def told() -> tuple[list[Any], list[Any], list[Any]]:
        hub = Hub(demo.context.database.url, demo.context.database)
        first = await events(hub.stream(ADMIN, again=False, still=always), 1)
        second = await events(hub.stream(ADMIN, again=True, still=always), 1)
        hub.close()
        rest = [each async for each in hub.stream(ADMIN, again=False, still=always)]
        return first, second, rest

    first, second, rest = run(told())
    assert first == [("hello", {})]
    assert second == [("missed", {})]
    assert len(rest) == 1


def test_a_stream_of_the_real_thing(demo: Site) -> None:
    with httpx2.stream("GET", f"{demo.url}/live", timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(line for line in lines if line.startswith("event:")) == "event: hello"
        with demo.context.database.begin() as connection:
            connection.execute(sa.text("UPDATE deals SET updated_at = updated_at WHERE id = 'DEMO-1'"))
        data = next(line for line in lines if line.startswith("data:") and "topics" in line)
        assert json.loads(data.removeprefix("data: "))["topics"] == ["deal", "deal:DEMO-1"]


def test_very_many_changes_at_once_are_one_announcement(demo: Site) -> None:
    with httpx2.stream("GET", f"{demo.url}/live", timeout=20) as answer:
        lines = answer.iter_lines()
        next(line for line in lines if line.startswith("event:"))
        with demo.context.database.begin() as connection:
            connection.execute(sa.text("UPDATE signals SET place = place"))
        data = next(line for line in lines if line.startswith("data:") and "topics" in line)
        assert json.loads(data.removeprefix("data: "))["topics"] == ["signal"]


def test_a_very_long_id_is_announced_without_it_and_stops_nothing(demo: Site) -> None:
    with httpx2.stream("GET", f"{demo.url}/live", timeout=20) as answer:
        lines = answer.iter_lines()
        next(line for line in lines if line.startswith("event:"))
        with demo.context.database.begin() as connection:
            row = {"id": "\u00e9" * 2600}
            connection.execute(
                sa.text("INSERT INTO deals (workspace, id, updated_at) VALUES ('main', :id, now())"), row
            )
        data = next(line for line in lines if line.startswith("data:") and "topics" in line)
        assert json.loads(data.removeprefix("data: "))["topics"] == ["deal"]


def test_a_lost_database_connection_is_made_again_and_readers_are_told(
    demo: Site, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.pages.live.TRY_AGAIN_IN", 0.05)
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%telltale_live%'"
    with httpx2.stream("GET", f"{demo.url}/live", timeout=20) as answer:
        lines = answer.iter_lines()
        next(line for line in lines if line.startswith("event:"))
        databases.run(server, kill)
        assert next(line for line in lines if line.startswith("event:")) == "event: missed"


def key_of(site: Site) -> str:
    wanted = Asked(name="ops", role=Role.ADMIN)
    return make_key(site.context, wanted, by="test", random=secrets.token_bytes)[1]


def revoke(site: Site, key: str) -> None:
    revoke_key(site.context, key.split("_")[1])


def sign_out(site: Site, key: str) -> None:
    with site.context.database.begin() as connection:
        connection.execute(sa.text("DELETE FROM page_sessions"))


def make_a_rep_of_it(site: Site, key: str) -> None:
    with site.context.database.begin() as connection:
        connection.execute(sa.text("UPDATE api_keys SET role = 'rep', person = 'ana@northstar.example'"))


def change_nothing(site: Site, key: str) -> None:
    with site.context.database.begin() as connection:
        connection.execute(sa.text("UPDATE deals SET updated_at = updated_at WHERE id = 'DEMO-1'"))


@pytest.mark.parametrize("shown", ["key", "session"])
@pytest.mark.parametrize(
    ("change", "told"),
    [(revoke, "ended"), (make_a_rep_of_it, "ended"), (sign_out, "ended"), (change_nothing, "changed")],
)
def test_a_stream_ends_soon_after_what_let_its_reader_in(
    demo: Site, monkeypatch: pytest.MonkeyPatch, shown: str, change: Callable[[Site, str], None], told: str
) -> None:
    monkeypatch.setattr("service.pages.live.ASK_EVERY", 0.1)
    key = key_of(demo)
    with httpx2.Client(base_url=demo.url, timeout=20) as client:
        if shown == "key":
            client.headers["Authorization"] = f"Bearer {key}"
        else:
            signed_in = client.post("/login", data={"key": key}, headers={"Sec-Fetch-Site": "same-origin"})
            assert signed_in.status_code == 303
        with client.stream("GET", "/live") as answer:
            lines = answer.iter_lines()
            assert next(line for line in lines if line.startswith("event:")) == "event: hello"
            change(demo, key)
            if shown == "key" and change is sign_out:
                # The key is not the session's: it still lets its reader in.
                change_nothing(demo, key)
                told = "changed"
            assert next(line for line in lines if line.startswith("event:")) == f"event: {told}"
            if told == "ended":
                assert not [line for line in lines if line.startswith("event:")]


def test_the_first_key_ends_the_stream_of_who_needed_none(demo: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.pages.live.ASK_EVERY", 0.1)
    with httpx2.stream("GET", f"{demo.url}/live", timeout=20) as answer:
        lines = answer.iter_lines()
        next(line for line in lines if line.startswith("event:"))
        key_of(demo)
        assert next(line for line in lines if line.startswith("event:")) == "event: ended"
