"""What the identity provider ends or changes later is heard: by its own word, and by asking it again."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.access.sign_in import LOGOUT
from service.store.connect import within
from tests.service.access.conftest import browser, to_provider
from tests.service.access.provider import CLIENT, SECRET, STRANGER, SmallProvider

Json = dict[str, Any]


def named(wrong: Json) -> str:
    return ", ".join(f"{name} {'of another' if name == 'key' else value}" for name, value in wrong.items())


def signed_in(served: Any, provider: SmallProvider, **person: Any) -> TestClient:
    provider.person |= person
    visitor = browser(served)
    done = visitor.get(to_provider(visitor))
    assert done.status_code == 303, done.text
    return visitor


def status(visitor: TestClient) -> int:
    return visitor.get("/v1/me").status_code


class TestItsOwnWord:
    """OpenID Connect Back-Channel Logout 1.0."""

    def tell(self, served: Any, token: str) -> Any:
        return browser(served).post("/login/ended", data={"logout_token": token})

    def test_it_ends_the_session_that_it_names_and_no_other(self, served: Any, provider: SmallProvider) -> None:
        one, other = (signed_in(served, provider, sid=sid) for sid in ("s-1", "s-2"))
        ben = signed_in(served, provider, sid="s-3", sub="2", email="ben@northstar.example")
        told = self.tell(served, provider.logout_token(sid="s-1"))
        assert (told.status_code, told.headers["cache-control"], told.content) == (200, "no-store", b"")
        assert [status(each) for each in (one, other, ben)] == [401, 200, 200]

    def test_it_ends_all_of_a_person_in_every_workspace(self, served: Any, provider: SmallProvider) -> None:
        mine = [signed_in(served, provider, sid=sid) for sid in ("s-1", "s-2")]
        mine.append(signed_in(served, provider, telltale_workspace="acme"))
        ben = signed_in(served, provider, sub="2", email="ben@northstar.example")
        assert self.tell(served, provider.logout_token(sub="1")).status_code == 200
        assert [status(each) for each in (*mine, ben)] == [401, 401, 401, 200]

    def test_with_both_a_session_without_a_name_is_the_persons(self, served: Any, provider: SmallProvider) -> None:
        nameless, other = signed_in(served, provider), signed_in(served, provider, sid="s-2")
        assert self.tell(served, provider.logout_token(sub="1", sid="s-1")).status_code == 200
        assert [status(nameless), status(other)] == [401, 200]

    def test_it_is_taken_once(self, served: Any, provider: SmallProvider) -> None:
        token = provider.logout_token(sub="1")
        assert self.tell(served, token).status_code == 200
        again = signed_in(served, provider)
        told = self.tell(served, token)
        assert (told.status_code, told.json()["error"]) == (400, "invalid_request")
        assert status(again) == 200

    @pytest.mark.parametrize(
        "wrong",
        [
            {"events": None},
            {"events": {"http://schemas.openid.net/event/other": {}}},
            {"events": {LOGOUT: "yes"}},
            {"events": [LOGOUT]},
            {"nonce": "n"},
            {"sub": None},
            {"sub": 7},
            {"sub": ""},
            {"jti": None},
            {"jti": ""},
            {"iat": None},
            {"exp": None},
            {"exp": 1_000_000_000},
            {"iss": "https://other.example"},
            {"aud": "another-client"},
            {"header": {"typ": "at+jwt"}},
            {"key": STRANGER},
        ],
        ids=named,
    )
    def test_one_that_is_not_to_be_believed_ends_nothing(
        self, served: Any, provider: SmallProvider, wrong: Json
    ) -> None:
        visitor = signed_in(served, provider)
        told = self.tell(served, provider.logout_token(**{"sub": "1"} | wrong))
        assert (told.status_code, told.json()["error"]) == (400, "invalid_request")
        assert status(visitor) == 200

    def test_nor_does_what_is_no_logout_token_at_all(self, served: Any, provider: SmallProvider) -> None:
        visitor = signed_in(served, provider)
        unsigned = "eyJhbGciOiJub25lIn0." + provider.logout_token(sub="1").split(".")[1] + "."
        for token in ("", "x", "a.b.c", unsigned, provider.id_token("n")):
            assert self.tell(served, token).status_code == 400, token
        assert status(visitor) == 200

    @pytest.mark.parametrize("header", [{"typ": "JWT"}, {"typ": "application/logout+jwt"}])
    def test_older_providers_call_it_otherwise(self, served: Any, provider: SmallProvider, header: Json) -> None:
        assert self.tell(served, provider.logout_token(sub="1", header=header)).status_code == 200

    def test_without_a_provider_there_is_nobody_to_hear(self, client: TestClient) -> None:
        assert client.post("/login/ended", data={"logout_token": "x"}).status_code == 404


class TestAskedAgain:
    """With the refresh token, once what the provider said is older than TELLTALE_OIDC_RECHECK."""

    @pytest.fixture
    def later(self, served: Any) -> Callable[[float], None]:
        began = served.context.now()

        def move(minutes: float) -> None:
            moment = began + dt.timedelta(minutes=minutes)
            served.gate.everywhere = dataclasses.replace(served.gate.everywhere, now=lambda: moment)
            served.gate.idle = None
            served.gate.renew = dataclasses.replace(served.gate.renew, now=lambda: moment)

        return move

    def test_a_role_that_was_changed_is_had_within_the_hour(
        self, served: Any, provider: SmallProvider, later: Callable[[float], None]
    ) -> None:
        visitor = signed_in(served, provider, telltale_role="admin", sid="s-1")
        provider.person["telltale_role"] = "rep"
        later(59)
        assert visitor.get("/v1/me").json()["role"] == "admin"
        assert len(provider.asked) == 1
        later(61)
        assert visitor.get("/v1/me").json()["role"] == "rep"
        assert visitor.get("/v1/keys").status_code == 403
        assert [each["grant_type"] for each in provider.asked] == ["authorization_code", "refresh_token"]
        # What it called its session when they signed in is still what ends it.
        assert TestItsOwnWord().tell(served, provider.logout_token(sid="s-1")).status_code == 200
        assert status(visitor) == 401

    def test_each_refresh_token_is_used_once_however_many_ask(
        self, served: Any, provider: SmallProvider, later: Callable[[float], None]
    ) -> None:
        visitor = signed_in(served, provider)
        for hours in (1, 2, 3):
            later(hours * 60 + 1)
            with ThreadPoolExecutor(8) as many:
                assert set(many.map(lambda _: status(visitor), range(16))) == {200}
        assert [each["grant_type"] for each in provider.asked] == ["authorization_code", *["refresh_token"] * 3]

    @pytest.mark.parametrize(
        ("lies", "person"),
        [
            ({"tokens": {"id_token": None}}, {}),
            ({}, {"sub": "2"}),
            ({}, {"telltale_role": "ingest"}),
            ({}, {"telltale_role": None}),
            ({}, {"telltale_workspace": "acme"}),
            ({}, {"email_verified": False}),
        ],
        ids=str,
    )
    def test_whom_it_does_not_name_any_more_is_out(
        self, served: Any, provider: SmallProvider, later: Callable[[float], None], lies: Json, person: Json
    ) -> None:
        visitor = signed_in(served, provider)
        provider.lies, provider.person = lies, provider.person | person
        later(61)
        assert status(visitor) == 401
        provider.lies = {}
        assert status(visitor) == 401

    @pytest.mark.parametrize("refuses_with", [400, 403])
    def test_who_was_thrown_out_there_is_out(
        self, served: Any, provider: SmallProvider, later: Callable[[float], None], refuses_with: int
    ) -> None:
        visitor = signed_in(served, provider)
        provider.refreshes.clear()
        provider.lies = {"refuses_with": refuses_with}
        later(61)
        assert status(visitor) == 401

    def test_without_a_refresh_token_one_signs_in_again(
        self, served: Any, provider: SmallProvider, later: Callable[[float], None]
    ) -> None:
        provider.lies = {"no_refresh": True}
        visitor = signed_in(served, provider)
        later(59)
        assert status(visitor) == 200
        later(61)
        assert status(visitor) == 401

    def test_a_provider_that_is_away_has_as_long_again(
        self, served: Any, provider: SmallProvider, later: Callable[[float], None]
    ) -> None:
        visitor = signed_in(served, provider)
        provider.lies = {"is_away": True}
        for minutes, asked in ((61, 1), (61.5, 1), (63, 2), (119, 3)):
            later(minutes)
            assert status(visitor) == 200, minutes
            assert len(provider.asked) == asked + 1
        later(125)
        assert status(visitor) == 401

    def test_it_comes_back(self, served: Any, provider: SmallProvider, later: Callable[[float], None]) -> None:
        visitor = signed_in(served, provider)
        provider.lies = {"is_away": True}
        later(61)
        assert status(visitor) == 200
        provider.lies, provider.person["telltale_role"] = {}, "manager"
        later(63)
        assert visitor.get("/v1/me").json()["role"] == "manager"

    def test_refresh_tokens_are_sealed(self, served: Any, provider: SmallProvider) -> None:
        signed_in(served, provider)
        (token,) = provider.refreshes
        with within(served.context.database, "").connect() as connection:
            (row,) = connection.execute(sa.text("SELECT p::text FROM page_sessions p")).scalars()
        assert token not in row
        assert "sealed:" in row

    def test_it_is_not_asked_where_the_settings_say_so(
        self, with_settings: Callable[..., Any], provider: SmallProvider
    ) -> None:
        given = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        with with_settings(**given, oidc_recheck=0) as service:
            assert service.gate.renew is None
