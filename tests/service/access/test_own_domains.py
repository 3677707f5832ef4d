"""Each workspace's own mail domains tell the sides of its mails, and of nobody else's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from service.flows.own_settings import KNOWN_FOR, OwnSettings
from service.store import own_settings
from service.store.connect import within

MAIL = b"""From: Dana Reyes <dana@hollis.example>
To: Sam Okoro <sam@northstar.example>
Subject: Budget
Date: Mon, 02 Mar 2026 15:00:00 +0000
Message-ID: <%b@hollis.example>

Hello Sam
"""


def sides(client: TestClient, id: bytes) -> dict[str, str]:
    posted = client.post("/v1/ingest/eml?wait=true", content=MAIL % id)
    assert posted.status_code == 200, posted.text
    conversation = client.get(f"/v1/conversations/{posted.json()['accepted'][0]['id']}").json()
    return {each["email"]: each.get("side", "unknown") for each in conversation["conversation"]["participants"]}


def test_they_tell_sides_in_their_workspace_only(
    signed_in: Callable[[str], TestClient], make: Callable[..., str]
) -> None:
    ours, theirs = signed_in(make("admin")), signed_in(make("admin", "other"))
    assert set(sides(theirs, b"a").values()) == {"unknown"}
    assert theirs.put("/v1/settings/our_domains", json={"value": ["northstar.example"]}).status_code == 200
    assert sides(theirs, b"b") == {"dana@hollis.example": "buyer", "sam@northstar.example": "seller"}
    assert set(sides(ours, b"a").values()) == {"unknown"}
    assert ours.put("/v1/settings/our_domains", json={"value": ["hollis.example"]}).status_code == 200
    assert sides(ours, b"b") == {"dana@hollis.example": "seller", "sam@northstar.example": "buyer"}
    assert theirs.delete("/v1/settings/our_domains").status_code == 200
    assert set(sides(theirs, b"c").values()) == {"unknown"}


def test_another_process_follows_within_seconds_and_asks_no_more_often(service: Any) -> None:
    database, now = service.context.database, [service.context.now()]
    own = OwnSettings(lambda: now[0])
    own.ask(database)
    with within(database, "other").begin() as connection:
        own_settings.put(connection, "other", "our_domains", ["a.example"], by="test", at=now[0])
    own.ask(database)
    assert own.domains("other", ()) == ()
    now[0] += dt.timedelta(seconds=KNOWN_FOR)
    own.ask(database)
    assert own.domains("other", ()) == ("a.example",)
    assert own.domains("main", ("b.example",)) == ("b.example",)
