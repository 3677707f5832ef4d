"""What a caller shows: made here, hashed at once, and compared without telling how much of it was right."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

__all__ = ["SECRET_BYTES", "KeyText", "hashed", "key_text", "public_id", "same", "taken_apart"]

SECRET_BYTES = 32
PUBLIC_BYTES = 10

# (public id, secret)
KeyText = tuple[str, str]

KEY = re.compile(r"tt_([a-z2-7]{16})_([A-Za-z0-9_-]{43})")


def public_id(random: bytes) -> str:
    """Sixteen small letters and digits from ten random bytes."""
    return base64.b32encode(random[:PUBLIC_BYTES]).decode().lower()


def key_text(id: str, random: bytes) -> KeyText:
    """(what is shown once, its secret) of a key with this public id and 32 random bytes."""
    secret = base64.urlsafe_b64encode(random).decode().rstrip("=")
    return f"tt_{id}_{secret}", secret


def taken_apart(text: str) -> KeyText | None:
    """The public id and the secret of a key as it was shown; None for what is none."""
    found = KEY.fullmatch(text)
    return None if found is None else (found[1], found[2])


def hashed(secret: str) -> bytes:
    """Of 32 random bytes, so that one round of SHA-256 leaves nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()


def same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)
