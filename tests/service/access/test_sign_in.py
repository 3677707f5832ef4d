"""Signing in to the pages through an identity provider, with a real one, and with everything that may go wrong."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.access.sessions import COOKIE
from service.access.sign_in import LASTS
from service.app import create_app
from service.pages.signing_in import BEGUN
from tests.service.access.conftest import browser, to_provider
from tests.service.access.provider import CLIENT, SECRET, STRANGER, SmallProvider

Json = dict[str, Any]
PAGE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


def refused(answer: Any, words: str) -> None:
    assert answer.status_code == 422, answer.text
    assert words in answer.text
    assert COOKIE not in answer.cookies


def test_who_the_provider_names_is_signed_in_and_out(visitor: TestClient, provider: SmallProvider, served: Any) -> None:
    form = visitor.get("/login", params={"next": "/deals?q=1"}).text
    assert "Sign in with Northstar ID" in form
    assert 'href="/login/provider?next=/deals%3Fq%3D1"' in form
    assert visitor.get("/v1/deals").status_code == 401
    done = visitor.get(to_provider(visitor))
    assert (done.status_code, done.headers["location"]) == (303, "/deals?q=1")
    assert "HttpOnly" in done.headers["set-cookie"]
    assert BEGUN not in visitor.cookies
    me = visitor.get("/v1/me").json()
    ana = "ana@northstar.example"
    assert (me["name"], me["role"], me["workspace"], me["owners"]) == (ana, "rep", "main", [ana])
    assert visitor.get("/deals").status_code == 200
    with served.context.database.connect() as connection:
        line = connection.execute(sa.text("SELECT who, action FROM audit_log")).one()
    assert tuple(line) == (ana, "GET /login/callback")
    out = visitor.post("/logout", headers=PAGE)
    assert visitor.get("/v1/me").status_code == 401
    assert "/login/leave" in visitor.get(out.headers["location"]).text
    left = urlsplit(visitor.get("/login/leave").headers["location"])
    assert f"{left.scheme}://{left.netloc}{left.path}" == f"{provider.url}/leave"
    assert parse_qs(left.query) == {"client_id": [CLIENT], "post_logout_redirect_uri": ["http://localhost/login"]}


def test_the_code_goes_with_the_secret_and_the_verifier_and_neither_with_the_browser(
    visitor: TestClient, provider: SmallProvider
) -> None:
    begun = visitor.get("/login/provider").headers["location"]
    back = to_provider(visitor)
    visitor.get(back)
    (asked,) = provider.asked
    assert asked["authorization"].startswith("Basic ")
    assert SECRET not in begun
    assert asked["code_verifier"] not in begun + back + str(dict(visitor.cookies))
    assert len(asked["code_verifier"]) == 43


def test_a_provider_that_wants_the_secret_in_the_body_gets_it_there(
    visitor: TestClient, provider: SmallProvider
) -> None:
    provider.lies = {"discovery": {"token_endpoint_auth_methods_supported": ["client_secret_post"]}}
    assert visitor.get(to_provider(visitor)).status_code == 303
    assert provider.asked[0]["authorization"] == ""


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"telltale_role": ["x", "manager", "rep"], "telltale_team": ["ben@northstar.example"]}, ("manager", 2)),
        ({"telltale_role": "admin", "telltale_workspace": "acme"}, ("admin", None)),
        ({"aud": [CLIENT, "other"], "azp": CLIENT}, ("rep", 1)),
        ({"azp": CLIENT}, ("rep", 1)),
    ],
)
def test_claims_say_role_team_and_workspace(
    visitor: TestClient, provider: SmallProvider, claims: Json, told: tuple[str, int | None]
) -> None:
    provider.person |= claims
    assert visitor.get(to_provider(visitor)).status_code == 303
    me = visitor.get("/v1/me").json()
    assert (me["role"], None if me["owners"] is None else len(me["owners"])) == told
    assert me["workspace"] == claims.get("telltale_workspace", "main")


PROVES_NOTHING = "proves nothing"
LIES = [
    ({"claims": {"nonce": "of-another-sign-in"}}, PROVES_NOTHING),
    ({"claims": {"nonce": None}}, PROVES_NOTHING),
    ({"claims": {"nonce": ["x"]}}, PROVES_NOTHING),
    ({"claims": {"iss": "https://other.example"}}, PROVES_NOTHING),
    ({"claims": {"aud": "another-client"}}, PROVES_NOTHING),
    ({"claims": {"aud": [CLIENT, "another-client"]}}, PROVES_NOTHING),
    ({"claims": {"aud": [CLIENT, "another-client"], "azp": "another-client"}}, PROVES_NOTHING),
    ({"claims": {"azp": "another-client"}}, PROVES_NOTHING),
    ({"claims": {"exp": 1_000_000_000}}, PROVES_NOTHING),
    ({"claims": {"exp": None}}, PROVES_NOTHING),
    ({"claims": {"sub": None}}, PROVES_NOTHING),
    ({"key": STRANGER}, PROVES_NOTHING),
    ({"answer": {"iss": "https://other.example"}}, "not that of the identity provider"),
    ({"answer": {"iss": None}}, "not that of the identity provider"),
    ({"answer": {"error": "access_denied"}}, "did not sign you in"),
    ({"answer": {"code": "made-up"}}, "does not answer as it should"),
    ({"answer": {"state": "made-up"}}, "not the sign-in that was begun"),
    ({"answer": {"state": None}}, "not the sign-in that was begun"),
    ({"claims": {"telltale_role": "boss"}}, "holds no role"),
    ({"claims": {"telltale_role": "ingest"}}, "only send conversations"),
    ({"claims": {"email": None}}, "holds no e-mail address"),
    ({"claims": {"email_verified": False}}, "has not verified"),
]


def test_no_lie_signs_anybody_in(visitor: TestClient, provider: SmallProvider) -> None:
    for lies, words in LIES:
        provider.lies = lies
        back = to_provider(visitor)
        if "code" in lies.get("answer", {}):
            back = back.partition("code=")[0] + "code=made-up"
        refused(visitor.get(back), words)
        assert visitor.get("/v1/me").status_code == 401, lies


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://other.example"},
        {"authorization_endpoint": "http://login.example/authorize"},
        {"token_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_a_provider_that_is_not_the_settings_one_is_not_asked(
    visitor: TestClient, provider: SmallProvider, lie: Json
) -> None:
    provider.lies = {"discovery": lie}
    refused(visitor.get("/login/provider"), "Northstar ID" if "issuer" not in lie else "TELLTALE_OIDC_ISSUER")


def test_a_sign_in_is_of_one_browser(served: Any, visitor: TestClient, provider: SmallProvider) -> None:
    """The one who began cannot have another finish it, and so be signed in as them or sign them in as himself."""
    back = to_provider(visitor)
    victim = browser(served)
    refused(victim.get(back), "No sign-in was begun in this browser")
    to_provider(victim)
    refused(victim.get(back), "not the sign-in that was begun")
    assert provider.asked == []


def test_what_was_finished_is_not_finished_again(served: Any, visitor: TestClient, provider: SmallProvider) -> None:
    """Even by a provider that takes a code twice, and a browser whose cookie was copied."""
    back = to_provider(visitor)
    begun = visitor.cookies[BEGUN]
    assert visitor.get(back).status_code == 303
    thief = browser(served)
    thief.cookies.set(BEGUN, begun)
    refused(thief.get(back), "does not answer as it should")
    provider.lies = {"forgets_codes": True}
    other = browser(served)
    back, begun = to_provider(other), other.cookies[BEGUN]
    assert other.get(back).status_code == 303
    thief.cookies.set(BEGUN, begun)
    refused(thief.get(back), "finished already")


@pytest.mark.parametrize("cookie", ["", "x", "gAAAAA", '{"state": "s"}', "sealed:x", "\u00e9".encode().hex()])
def test_a_cookie_that_was_not_sealed_here_begins_nothing(visitor: TestClient, cookie: str) -> None:
    visitor.cookies.set(BEGUN, cookie)
    refused(visitor.get("/login/callback?state=s&code=c"), "No sign-in was begun in this browser")


def test_a_sign_in_has_its_time(served: Any, visitor: TestClient, provider: SmallProvider) -> None:
    back = to_provider(visitor)
    late = served.context.now() + LASTS
    served.provider.now = lambda: late
    refused(visitor.get(back), "took too long")
    assert provider.asked == []


@pytest.mark.parametrize(
    "after", ["https://evil.example", "//evil.example", "/\\evil.example", "/%0d%0aLocation: x\r\n", "javascript:x"]
)
def test_signing_in_leads_to_no_other_site(visitor: TestClient, after: str) -> None:
    done = visitor.get(to_provider(visitor, after))
    assert (done.status_code, done.headers["location"]) == (303, "/")


def test_another_session_in_the_browser_ends(served: Any, visitor: TestClient) -> None:
    visitor.get(to_provider(visitor))
    first = visitor.cookies[COOKIE]
    visitor.get(to_provider(visitor))
    assert visitor.cookies[COOKIE] != first
    assert TestClient(create_app(served), cookies={COOKIE: first}).get("/v1/me").status_code == 401


def test_a_provider_that_is_away_is_a_sentence_and_comes_back(
    visitor: TestClient, provider: SmallProvider, served: Any
) -> None:
    there, served.provider.issuer = served.provider.issuer, "http://127.0.0.1:1"
    refused(visitor.get("/login/provider"), "does not answer as it should")
    refused(visitor.get("/login/leave"), "does not answer as it should")
    served.provider.issuer = there
    assert visitor.get(to_provider(visitor)).status_code == 303


def test_without_a_provider_there_is_no_way_there(client: TestClient, make: Callable[..., str]) -> None:
    make("admin")
    assert "provider" not in client.get("/login").text
    for path in ("/login/provider", "/login/callback", "/login/leave"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"oidc_client_id": "x"}, "TELLTALE_OIDC_ISSUER"),
        ({"oidc_client_secret": "x"}, "TELLTALE_OIDC_CLIENT_ID"),
        ({"oidc_client_id": "x", "oidc_issuer": "http://login.example"}, "https"),
        ({"oidc_client_id": "x", "oidc_issuer": "https://i.example", "host": "0.0.0.0"}, "TELLTALE_PUBLIC_URL"),
        ({"oidc_client_id": "x", "oidc_issuer": "https://i.example", "oidc_audience": "x"}, "TELLTALE_OIDC_JWKS"),
    ],
)
def test_settings_with_which_nobody_could_sign_in_are_refused(
    with_settings: Callable[..., Any], settings: Json, names: str
) -> None:
    with pytest.raises(ValueError, match=names), with_settings(**settings):
        pass


def test_the_secret_is_in_no_text_of_the_settings(served: Any) -> None:
    assert SECRET not in repr(served.settings)
    assert SECRET not in str(dataclasses.replace(served, limits=served.limits).settings)


def test_the_session_ends_at_half_a_day(served: Any, visitor: TestClient) -> None:
    visitor.get(to_provider(visitor))
    now = served.context.now() + dt.timedelta(hours=12)
    served.gate.everywhere = dataclasses.replace(served.gate.everywhere, now=lambda: now)
    assert visitor.get("/v1/me").status_code == 401
