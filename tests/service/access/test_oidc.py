"""Tokens of an identity provider: only those that it signed, for us, in time, with a key that it publishes."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from service.access.gate import StrangerError
from service.access.oidc import CLAIMS, FETCH_EVERY, Oidc
from service.app import create_app
from tests.service.access.conftest import bearer

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
ISSUER, AUDIENCE = "https://login.example", "telltale"
RSA = RSAKey.generate_key(2048, {"kid": "one"})
EC = ECKey.generate_key("P-256", {"kid": "two"})
STRANGER = RSAKey.generate_key(2048, {"kid": "one"})
CLAIMED = {
    "iss": ISSUER, "aud": AUDIENCE, "sub": "1", "exp": int(NOW.timestamp()) + 600,
    "email": "ana@northstar.example", "telltale_role": "rep",
}  # fmt: skip


def signed(key: Any = RSA, alg: str = "RS256", header: dict[str, Any] | None = None, **claims: Any) -> str:
    told = {name: value for name, value in (CLAIMED | claims).items() if value is not None}
    return jwt.encode({"alg": alg, "kid": key.kid} | (header or {}), told, key, algorithms=[alg])


def published(*keys: Any) -> str:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


@pytest.fixture
def reader(tmp_path: Path) -> Callable[..., Oidc]:
    file = tmp_path / "jwks.json"
    file.write_text(published(RSA, EC))

    def made(**changed: Any) -> Oidc:
        given = {"issuer": ISSUER, "audience": AUDIENCE, "jwks": str(file), "claims": CLAIMS, "home": "main"}
        return Oidc(**{**given, "now": lambda: NOW, **changed})

    return made


def test_a_good_token_tells_who_it_is(reader: Callable[..., Oidc]) -> None:
    for token in (signed(), signed(EC, "ES256"), signed(aud=["other", AUDIENCE])):
        who = reader()(token)
        assert (who.name, who.role, who.workspace) == ("ana@northstar.example", "rep", "main")
        assert who.owners == {"ana@northstar.example"}
    boss = reader()(signed(telltale_role=["staff", "rep", "manager"], telltale_team=["ben@x.example"]))
    assert (boss.role, boss.owners) == ("manager", {"ana@northstar.example", "ben@x.example"})
    assert reader()(signed(telltale_workspace="acme")).workspace == "acme"
    named = reader(claims=CLAIMS | {"role": "groups", "person": "upn"})
    assert named(signed(groups="admin", upn="ben@x.example")).owners is None


@pytest.mark.parametrize("team", [[5], ["ben@x.example", None], "", "ben@x.example", 0, {}])
def test_a_team_that_cannot_be_read_shows_a_manager_nothing(reader: Callable[..., Oidc], team: Any) -> None:
    """Without a team they would see every deal."""
    with pytest.raises(StrangerError, match="telltale_team"):
        reader()(signed(telltale_role="manager", telltale_team=team))


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def by_hand(header: Any, sign: Callable[[bytes], bytes]) -> str:
    start = ".".join(part(json.dumps(each).encode()) for each in (header, CLAIMED))
    return f"{start}.{part(sign(start.encode()))}"


def unsigned() -> str:
    return by_hand({"alg": "none", "kid": "one"}, lambda start: b"")


def confused() -> str:
    """Signed with what everybody knows: the public key, taken for a shared secret."""
    public = RSA.as_pem(private=False)
    return by_hand({"alg": "HS256", "kid": "one"}, lambda start: hmac.digest(public, start, "sha256"))


def swapped() -> str:
    head, _, tail = signed().split(".")
    return ".".join([head, signed(telltale_role="admin").split(".")[1], tail])


BAD = {
    "unsigned": unsigned,
    "HS256 with the public key": confused,
    "another's key under the same name": lambda: signed(STRANGER),
    "an unknown key": lambda: signed(RSA, header={"kid": "three"}),
    "other claims under the signature": swapped,
    "another audience": lambda: signed(aud="other"),
    "no audience": lambda: signed(aud=None),
    "another issuer": lambda: signed(iss="https://login.example.evil"),
    "expired": lambda: signed(exp=int(NOW.timestamp()) - 61),
    "no end": lambda: signed(exp=None),
    "not yet": lambda: signed(nbf=int(NOW.timestamp()) + 3600),
    "no role": lambda: signed(telltale_role=None),
    "a role that there is none of": lambda: signed(telltale_role="root"),
    "no person": lambda: signed(email=None),
    "an address that nobody verified": lambda: signed(email_verified=False),
    "the workspace of all": lambda: signed(telltale_workspace="*"),
    "nonsense": lambda: "a.b.c",
    "empty": lambda: "..",
}


@pytest.mark.parametrize("token", BAD.values(), ids=BAD)
def test_a_token_that_proves_nothing_is_refused(reader: Callable[..., Oidc], token: Callable[[], str]) -> None:
    with pytest.raises(StrangerError):
        reader()(token())


@pytest.fixture
def provider() -> Iterator[Any]:
    """A provider's keys over HTTP; `keys` may be exchanged, `asked` counts."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked += 1
            self.send_response(200)
            self.end_headers()
            self.wfile.write(published(*server.keys).encode())

        def log_message(self, *any: Any) -> None:
            pass

    server: Any = HTTPServer(("127.0.0.1", 0), Keys)
    server.keys, server.asked = [RSA], 0
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_keys_that_the_provider_exchanges_are_fetched_but_not_for_every_token(
    provider: Any, reader: Callable[..., Oidc]
) -> None:
    moment = NOW
    url = f"http://127.0.0.1:{provider.server_port}/jwks"
    read = reader(jwks=url, now=lambda: moment)
    assert read(signed()).role == "rep"
    assert read(signed()).role == "rep"
    assert provider.asked == 1
    provider.keys = [EC]
    for _ in range(3):
        with pytest.raises(StrangerError):
            read(signed(EC, "ES256"))
    assert provider.asked == 1
    moment = NOW + FETCH_EVERY
    assert read(signed(EC, "ES256")).role == "rep"
    with pytest.raises(StrangerError):
        read(signed())
    assert provider.asked == 2


def test_a_provider_that_is_away_lets_nobody_in(provider: Any, reader: Callable[..., Oidc]) -> None:
    read = reader(jwks=f"http://127.0.0.1:{provider.server_port + 1 if provider.server_port < 65535 else 1}/jwks")
    with pytest.raises(StrangerError):
        read(signed())


def test_a_token_is_taken_in_place_of_a_key(with_settings: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(published(RSA))
    with with_settings(oidc_issuer=ISSUER, oidc_audience=AUDIENCE, oidc_jwks=str(file)) as service:
        client = TestClient(create_app(service))
        token = signed(exp=int(service.context.now().timestamp()) + 60, telltale_role="admin")
        assert client.get("/v1/me", headers=bearer(token)).json()["name"] == "ana@northstar.example"
        assert client.get("/v1/deals").status_code == 401
        assert client.get("/v1/deals", headers=bearer(signed(exp=1))).status_code == 401


@pytest.mark.parametrize("given", [{"oidc_issuer": ISSUER}, {"oidc_jwks": "x"}])
def test_a_provider_that_is_set_by_halves_is_refused(with_settings: Callable[..., Any], given: Any) -> None:
    with pytest.raises(ValueError, match="TELLTALE_OIDC"), with_settings(**given):
        pass
