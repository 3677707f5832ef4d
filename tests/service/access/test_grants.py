"""A key that is narrowed by scopes makes and exchanges no key that may more than itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from service.access.grants import BeyondMakerError, check_hands_on
from service.access.identity import Principal, Role
from service.access.keys import principal_of
from service.store.keys import StoredKey
from tests.service.access.conftest import bearer

Make = Callable[..., str]
In = Callable[[str], TestClient]

SCOPES = ("deals:read", "keys:write")
PLAIN = {"name": "x", "role": "ingest", "scopes": ["deals:read"]}
PAGE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (PLAIN, None),
        (PLAIN | {"role": "admin", "scopes": list(SCOPES)}, None),
        (PLAIN | {"scopes": []}, None),
        (PLAIN | {"scopes": None}, "scopes"),
        ({"name": "x", "role": "admin"}, "scopes"),
        (PLAIN | {"scopes": ["deals:read", "deals:write"]}, "scopes"),
    ],
)
def test_no_more_scopes_than_the_makers(signed_in: In, make: Make, wanted: Any, field: str | None) -> None:
    answer = signed_in(make("admin", scopes=SCOPES)).post("/v1/keys", json=wanted)
    assert (answer.status_code, answer.json().get("field")) == ((201, None) if field is None else (403, field))
    assert signed_in(make("admin")).post("/v1/keys", json=wanted).status_code == 201


def test_no_longer_than_the_maker(signed_in: In, make: Make) -> None:
    maker = signed_in(make("admin", scopes=SCOPES, expires_in=dt.timedelta(days=2)))
    assert maker.post("/v1/keys", json=PLAIN | {"expires_in_days": 1}).status_code == 201
    for days in (None, 3):
        answer = maker.post("/v1/keys", json=PLAIN | {"expires_in_days": days})
        assert (answer.status_code, answer.json()["field"]) == (403, "expires_in_days")


def test_in_nobody_elses_name(signed_in: In, make: Make) -> None:
    ana = "ana@northstar.example"
    maker = signed_in(make("admin", scopes=SCOPES, person=ana))
    assert maker.post("/v1/keys", json=PLAIN | {"person": ana}).status_code == 201
    for person in (None, "ben@northstar.example"):
        answer = maker.post("/v1/keys", json=PLAIN | {"person": person})
        assert (answer.status_code, answer.json()["field"]) == (403, "person")


def test_the_secret_of_a_stronger_key_is_not_to_be_had_by_rotation(signed_in: In, make: Make) -> None:
    strong, weak, own = make("admin"), make("ingest", scopes=("deals:read",)), make("admin", scopes=SCOPES)
    narrow = signed_in(own)
    refused = narrow.post(f"/v1/keys/{strong.split('_')[1]}/rotate")
    assert (refused.status_code, refused.json()["field"]) == (403, "scopes")
    assert "tt_" not in refused.text
    assert signed_in(strong).get("/v1/keys").status_code == 200
    for each in (weak, own):
        assert narrow.post(f"/v1/keys/{each.split('_')[1]}/rotate").status_code == 200


def test_pages_hand_on_no_more_either(signed_in: In, make: Make) -> None:
    strong = make("admin")
    narrow = signed_in(make("admin", scopes=("pages:read", "pages:write")))
    form = {"name": "mine", "role": "admin"}
    for path in ("/admin/keys", f"/admin/keys/{strong.split('_')[1]}/rotate"):
        refused = narrow.post(path, data=form, headers=PAGE)
        assert refused.status_code == 403
        assert "tt_" not in refused.text
        done = signed_in(strong).post(path, data=form, headers=PAGE)
        assert (done.status_code, "tt_" in done.text) == (200, True)
    assert len(signed_in(strong).get("/v1/keys").json()["keys"]) == 3


def stored(role: Role, person: str | None, team: list[str], scopes: list[str] | None, days: int | None) -> StoredKey:
    now = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    ends = None if days is None else now + dt.timedelta(days=days)
    return StoredKey(
        workspace="main", id="k", name="k", secret=b"", role=role.value, scopes=scopes, person=person, team=team,
        made_at=now, made_by="test", expires_at=ends,
    )  # fmt: skip


PEOPLE = ["ana", "ben", "eva"]
KEYS = st.builds(
    stored,
    st.sampled_from(Role),
    st.none() | st.sampled_from(PEOPLE),
    st.lists(st.sampled_from(PEOPLE), unique=True),
    st.none() | st.lists(st.sampled_from(["a:read", "a:write", "keys:write"]), unique=True),
    st.none() | st.integers(1, 3),
)


def rights(who: Principal, ends: dt.datetime | None, moment: dt.datetime) -> set[tuple[str, str, str]]:
    """(scope, role, owner) of all that may be done at a moment."""
    if ends is not None and moment >= ends:
        return set()
    scopes = {"a:read", "a:write", "keys:write", "other:write"} if who.scopes is None else who.scopes
    owners = {*PEOPLE, "nobody"} if who.owners is None else who.owners
    roles = [each for each in Role if who.role.covers(each)]
    return {(scope, role, owner) for scope in scopes for role in roles for owner in [*owners, "itself"]}


@given(maker=KEYS, made=KEYS)
def test_whatever_is_let_through_may_nothing_that_its_maker_may_not(maker: StoredKey, made: StoredKey) -> None:
    who = principal_of(maker)
    try:
        check_hands_on(who, made, maker.expires_at)
    except BeyondMakerError:
        return
    if maker.scopes is None:
        return
    for hours in (1, 30, 60, 1000):
        moment = maker.made_at + dt.timedelta(hours=hours)
        assert rights(principal_of(made), made.expires_at, moment) <= rights(who, maker.expires_at, moment)


def test_a_session_of_a_narrowed_key_is_as_narrow(client: TestClient, make: Make) -> None:
    key = make("admin", scopes=("pages:read", "pages:write", "keys:write"))
    client.base_url = "http://localhost"
    signed = client.post("/login", data={"key": key}, headers=PAGE, follow_redirects=False)
    assert signed.status_code == 303
    assert client.post("/v1/keys", json={"name": "x", "role": "admin"}, headers=PAGE).status_code == 403
    assert client.get("/v1/me", headers=bearer(key)).status_code == 403
