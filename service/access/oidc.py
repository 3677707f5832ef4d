"""Tokens of an identity provider (OpenID Connect) in place of keys: signed by it, for us, and not expired."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from service.access.gate import StrangerError
from service.access.identity import Principal, Role, owners_of
from service.access.keys import PERSON

__all__ = ["CLAIMS", "Oidc"]

# Signatures of a public key only: with `none` or a shared secret (HS256) everybody could sign who knows the public one.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
LEEWAY = 60
# The provider's keys are fetched anew so often at most, for a token that is signed by a key of another name.
FETCH_EVERY = dt.timedelta(minutes=1)
TIMEOUT = 5.0
LARGEST = 1 << 20

# What each of ours is called in a token.
CLAIMS = {"person": "email", "role": "telltale_role", "workspace": "telltale_workspace", "team": "telltale_team"}


@dataclass
class Oidc:
    """`jwks` is where the provider's public keys are: a URL or a file. `claims` names the claims (`CLAIMS`); `home` is
    the workspace of a token that names none. Raises StrangerError when called with a token that proves nothing."""

    issuer: str
    audience: str
    jwks: str
    claims: Mapping[str, str]
    home: str
    now: Callable[[], dt.datetime]
    keys: KeySet | None = None
    fetched_at: dt.datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, token: str) -> Principal:
        try:
            told = self.read(token)
        except (JoseError, OSError, ValueError, KeyError, TypeError, RecursionError):
            # One answer for all: which part of it was wrong is nobody's business.
            raise StrangerError("the token is not of the identity provider, not for this service, or expired") from None
        return self.principal(told)

    def read(self, token: str, *, sub: bool = True, types: Sequence[str] = ()) -> Mapping[str, Any]:
        """The token's claims; raises JoseError or ValueError for one that is not to be believed. `sub`: it has to say
        whom it is about; `types`: those that it may call itself, where not any."""
        header = json.loads(decoded(token.partition(".")[0]))
        if not isinstance(header, dict) or header.get("alg") not in ALGORITHMS:
            raise ValueError("algorithm")
        if types and str(header.get("typ", types[0])).lower() not in types:
            raise ValueError("type")
        found = jwt.decode(token, self.keys_for(header.get("kid")), algorithms=ALGORITHMS)
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self.now().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            sub={"essential": sub},
        )
        registry.validate(found.claims)
        return found.claims

    def keys_for(self, kid: str | None) -> KeySet:
        """The provider's keys, fetched anew where none has this name."""
        with self.lock:
            known = self.keys is not None and (kid is None or any(key.kid == kid for key in self.keys.keys))
            now = self.now()
            if not known and (self.fetched_at is None or now - self.fetched_at >= FETCH_EVERY):
                # Also noted where it fails: a provider that is away is not asked again for every token.
                self.fetched_at = now
                self.keys = self.fetch()
            if self.keys is None:
                raise ValueError("keys")
            if kid is not None and not any(key.kid == kid for key in self.keys.keys):
                raise ValueError("key")
            return self.keys

    def fetch(self) -> KeySet:
        if not self.jwks.startswith(("https://", "http://")):
            text = Path(self.jwks).read_text(encoding="utf-8")
        else:
            try:
                answer = httpx2.get(self.jwks, timeout=TIMEOUT, follow_redirects=False)
                answer.raise_for_status()
            except httpx2.HTTPError as error:
                raise ValueError(f"the identity provider's keys: {type(error).__name__}") from None
            text = answer.text[:LARGEST]
        found = KeySet.import_key_set(json.loads(text))
        # A shared secret among them would be a public one.
        return KeySet([key for key in found.keys if key.key_type != "oct"])

    def principal(self, told: Mapping[str, Any]) -> Principal:
        """Raises StrangerError for a person without a role that there is."""
        role, person = told.get(self.claims["role"]), told.get(self.claims["person"])
        if isinstance(role, list):
            known = [each for each in role if each in list(Role)]
            role = max(known, key=lambda each: Role(each).rank, default=None)
        if role not in list(Role):
            raise StrangerError(f"the token's claim {self.claims['role']!r} holds no role: one of {', '.join(Role)}")
        if not isinstance(person, str) or not PERSON.fullmatch(person):
            raise StrangerError(f"the token's claim {self.claims['person']!r} holds no e-mail address")
        if self.claims["person"] == "email" and told.get("email_verified") is False:
            raise StrangerError("the identity provider has not verified the e-mail address")
        team = told.get(self.claims["team"], [])
        workspace = told.get(self.claims["workspace"], self.home)
        told_team = isinstance(team, list) and all(isinstance(each, str) for each in team)
        # A team that cannot be read must not become none: a manager without one sees every deal.
        if not isinstance(workspace, str) or workspace in ("", "*") or not told_team:
            raise StrangerError(f"the token's claims {self.claims['workspace']!r} or {self.claims['team']!r} are none")
        mine = Role(role)
        return Principal(
            workspace=workspace,
            role=mine,
            name=person,
            owners=owners_of(mine, person, team),
            person=person,
        )


def decoded(part: str) -> bytes:
    import base64

    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
