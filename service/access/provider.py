"""The identity provider of the settings: what reads its tokens, and what signs people in through it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from service.access.gate import Renew, TokenReader
from service.access.sessions import is_loopback
from service.sealing import Sealer
from service.settings import Settings

if TYPE_CHECKING:
    from service.access.sign_in import Provider

__all__ = ["renewal_of", "sign_in_of", "token_reader"]


Now = Callable[[], dt.datetime]


def token_reader(settings: Settings, now: Now) -> TokenReader | None:
    """None where tokens stand in for no keys. Raises ValueError where the provider is set by halves."""
    issuer, audience, jwks = settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks
    if audience is None and jwks is None and (issuer is None or settings.oidc_client_id is not None):
        return None
    if issuer is None or audience is None or jwks is None:
        raise ValueError("TELLTALE_OIDC_ISSUER, TELLTALE_OIDC_AUDIENCE and TELLTALE_OIDC_JWKS: set all three, or none")
    from service.access.oidc import Oidc

    claims = claims_of(settings)
    return Oidc(issuer=issuer, audience=audience, jwks=jwks, claims=claims, home=settings.workspace, now=now)


def sign_in_of(settings: Settings, now: Now) -> Provider | None:
    """None where people sign in with keys only. Raises ValueError for settings with which nobody could sign in."""
    issuer, client = settings.oidc_issuer, settings.oidc_client_id
    if client is None:
        if settings.oidc_client_secret is not None:
            raise ValueError("TELLTALE_OIDC_CLIENT_SECRET: there is no TELLTALE_OIDC_CLIENT_ID that it is of")
        return None
    if issuer is None:
        raise ValueError("TELLTALE_OIDC_CLIENT_ID: expected TELLTALE_OIDC_ISSUER beside it, https://login.example.com")
    if settings.public_url is None and not is_loopback(settings.host):
        raise ValueError("TELLTALE_PUBLIC_URL: the identity provider has to know where to send people back to")
    from service.access.sign_in import Provider, is_safe

    if not is_safe(issuer):
        raise ValueError(f"TELLTALE_OIDC_ISSUER: expected an https URL, got {issuer[:80]!r}")
    return Provider(
        issuer=issuer,
        client_id=client,
        client_secret=settings.oidc_client_secret,
        scopes=settings.oidc_scopes,
        name=settings.oidc_name or urlsplit(issuer).hostname or issuer,
        claims=claims_of(settings),
        home=settings.workspace,
        now=now,
    )


def renewal_of(settings: Settings, provider: Provider | None, sealer: Sealer, now: Now) -> Renew | None:
    """None where nobody is asked about again."""
    if provider is None or not settings.oidc_recheck:
        return None
    from service.access.renewal import Renewal

    return Renewal(provider=provider, sealer=sealer, every=dt.timedelta(minutes=settings.oidc_recheck), now=now)


def claims_of(settings: Settings) -> Mapping[str, str]:
    from service.access.oidc import CLAIMS

    for name in settings.oidc_claims:
        if name not in CLAIMS:
            raise ValueError(f"TELLTALE_OIDC_CLAIMS: expected {', '.join(CLAIMS)}, got {name[:40]!r}")
    return CLAIMS | settings.oidc_claims
