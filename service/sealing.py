"""Secrets that the database keeps for other systems, sealed: a copy of the database alone tells none of them."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

__all__ = ["Sealer", "UnsealableError"]

SEALED = "sealed:"
KEY_FILE = "secret.key"


class UnsealableError(Exception):
    """A sealed secret cannot be opened: TELLTALE_SECRET_KEY is not the one it was sealed with."""


@dataclass(frozen=True)
class Sealer:
    """Seals with Fernet (AES-128-CBC and HMAC-SHA256). The key is made from `passphrase`; without one, from a file in
    the data folder, which is made when it is first needed and which only its owner can read."""

    passphrase: str | None
    data: Path

    @cached_property
    def fernet(self) -> Fernet:
        from cryptography.fernet import Fernet

        words = self.passphrase or kept_key(self.data)
        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"telltale/" + words.encode()).digest()))

    def seal(self, secret: str) -> str:
        return SEALED + self.fernet.encrypt(secret.encode()).decode()

    def unseal(self, kept: str) -> str:
        """What was sealed, and what an earlier version kept as it was. Raises UnsealableError."""
        from cryptography.fernet import InvalidToken

        if not kept.startswith(SEALED):
            return kept
        try:
            return self.fernet.decrypt(kept.removeprefix(SEALED).encode()).decode()
        except InvalidToken:
            raise UnsealableError(UnsealableError.__doc__) from None


def kept_key(data: Path) -> str:
    """The data folder's key. Of several processes that make it at once, the first one's is everybody's."""
    file = data / KEY_FILE
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        handle, own = tempfile.mkstemp(dir=data, prefix=KEY_FILE)
        with os.fdopen(handle, "wb") as out:
            out.write(base64.urlsafe_b64encode(os.urandom(32)))
        with contextlib.suppress(FileExistsError):
            os.link(own, file)
        os.unlink(own)
    return file.read_text(encoding="ascii")
