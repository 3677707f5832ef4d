"""A small identity provider (OpenID Connect) that really answers on this machine, as strict as its kind has to be.

Whoever comes to its authorization endpoint is signed in at once. `lies` changes what it says, for hostile cases.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from service import clock

Json = dict[str, Any]

KEY = RSAKey.generate_key(2048, {"kid": "of-the-provider"})
STRANGER = RSAKey.generate_key(2048, {"kid": "of-the-provider"})
CLIENT, SECRET = "telltale", "a secret: of this client"


class SmallProvider:
    def __init__(self, url: str) -> None:
        self.url = url
        self.person: Json = {"email": "ana@northstar.example", "email_verified": True, "telltale_role": "rep"}
        self.lies: Json = {}
        self.codes: dict[str, Json] = {}
        self.asked: list[Json] = []
        # Each is good once. One that is used again ends them all, as providers do that suspect a thief.
        self.refreshes: set[str] = set()
        self.used: set[str] = set()

    def discovery(self) -> Json:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize?tenant=7",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/leave",
            "authorization_response_iss_parameter_supported": True,
        } | self.lies.get("discovery", {})

    def authorize(self, query: Json) -> str:
        """Where the browser is sent back to."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert query["tenant"] == "7"
        assert "openid" in query["scope"].split()
        answer = {"state": query["state"], "iss": self.url} | self.lies.get("answer", {})
        if "error" not in answer:
            answer["code"] = secrets.token_urlsafe()
            self.codes[answer["code"]] = query
        return f"{query['redirect_uri']}?{urlencode({k: v for k, v in answer.items() if v is not None})}"

    def token(self, form: Json, authorization: str) -> tuple[int, Json]:
        self.asked.append(form | {"authorization": authorization})
        known = self.codes.get(form.get("code", ""))
        if not self.lies.get("forgets_codes"):
            self.codes.pop(form.get("code", ""), None)
        if self.lies.get("is_away"):
            return 503, {}
        if not self.knows(form, authorization):
            return 401, {"error": "invalid_client"}
        if form.get("grant_type") == "refresh_token":
            return self.refreshed(form.get("refresh_token", ""))
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            known is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != known["redirect_uri"]
            or base64.urlsafe_b64encode(challenge).decode().rstrip("=") != known["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        return 200, self.tokens(known["nonce"])

    def tokens(self, nonce: str | None) -> Json:
        out = {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(nonce)}
        if not self.lies.get("no_refresh"):
            out["refresh_token"] = secrets.token_urlsafe()
            self.refreshes.add(out["refresh_token"])
        return out | self.lies.get("tokens", {})

    def refreshed(self, token: str) -> tuple[int, Json]:
        if token in self.used:
            self.refreshes.clear()
        if token not in self.refreshes:
            return self.lies.get("refuses_with", 400), {"error": "invalid_grant"}
        self.refreshes.remove(token)
        self.used.add(token)
        out = self.tokens(None)
        return 200, {name: value for name, value in out.items() if value is not None}

    def logout_token(self, *, header: Json | None = None, key: RSAKey = KEY, **claims: Any) -> str:
        now = int(clock.now().timestamp())
        told = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": secrets.token_urlsafe()}
        told |= {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}} | claims
        return jwt.encode(
            {"alg": "RS256", "kid": KEY.kid, "typ": "logout+jwt"} | (header or {}),
            {name: value for name, value in told.items() if value is not None},
            key,
        )

    def knows(self, form: Json, authorization: str) -> bool:
        if authorization.startswith("Basic "):
            client, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            return (unquote(client), unquote(secret)) == (CLIENT, SECRET)
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)

    def id_token(self, nonce: str | None) -> str:
        now = int(clock.now().timestamp())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 300, "nonce": nonce}
        claims |= self.person | self.lies.get("claims", {})
        told = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": KEY.kid}, told, self.lies.get("key", KEY))


@contextmanager
def small_provider() -> Iterator[SmallProvider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self.answer(200, provider.discovery())
            elif parts.path == "/keys":
                self.answer(200, {"keys": [KEY.as_dict(private=False)]})
            elif parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            self.answer(*provider.token(form, self.headers.get("Authorization", "")))

        def answer(self, status: int, value: Json) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

        def log_message(self, *told: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = SmallProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
