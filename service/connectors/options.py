"""A connector's own part of the settings file, read key by key; secrets come from the environment or from files."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from engine.reader import Table
from service.connectors.guard import Network

__all__ = ["Options"]

LARGEST_SECRET = 64 << 10


@dataclass(slots=True, kw_only=True)
class Options:
    """`missing` gathers what has to be there before the connector can send anything, each as a phrase."""

    table: Table
    environment: Mapping[str, str]
    missing: list[str] = field(default_factory=list)

    def text(self, key: str, default: str | None = None) -> str:
        return self.table.text(key, default)

    def optional(self, key: str) -> str | None:
        return self.table.optional_text(key)

    def whole(self, key: str, default: int, *, low: int, high: int) -> int:
        return self.table.whole(key, default, low=low, high=high)

    def flag(self, key: str, default: bool) -> bool:
        value = self.table.raw(key)
        if value is not None and not isinstance(value, bool):
            self.table.bad(key, f"{key} should be true or false", f"Write {key} = {str(default).lower()}.")
        return value if isinstance(value, bool) else default

    def one_of(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(key, default)
        if value not in choices:
            self.table.bad(key, f'"{value}" is no {key}', f"Use one of: {', '.join(choices)}.")
        return value

    def url(self, key: str, default: str | None = None) -> str:
        """Without the slash at its end."""
        value = self.text(key, default)
        try:
            parts = urlsplit(value)
            right = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.username is None
        except ValueError:
            right = False
        if value and not right:
            self.table.bad(key, f'"{value[:80]}" is no URL', f'Write {key} = "https://host/path", without a password.')
        return value.rstrip("/")

    def names(self, key: str) -> dict[str, str]:
        """A table of texts."""
        table = self.table.table(key)
        return {name: table.text(name) for name in table.value}

    def networks(self, key: str) -> tuple[Network, ...]:
        out = []
        for each in self.table.texts(key):
            try:
                out.append(ipaddress.ip_network(each))
            except ValueError:
                self.table.bad(key, f'"{each[:80]}" is no network', 'Write it as "10.1.0.0/16" or "10.1.2.3/32".')
        return tuple(out)

    def secret(self, key: str) -> str:
        """The secret that `{ env = "NAME" }` or `{ file = "/path" }` points to; empty where it is not there yet."""
        if not self.table.has(key):
            self.table.bad(key, f"{key} is missing", f'Add {key} = {{ env = "NAME" }} or {{ file = "/path" }}.')
            return ""
        return self.optional_secret(key)

    def optional_secret(self, key: str) -> str:
        value = self.table.raw(key)
        if value is None:
            return ""
        if isinstance(value, str):
            mend = f'Write {key} = {{ env = "NAME" }} or {{ file = "/path" }}, and change the secret: it may be known.'
            self.table.bad(key, f"{key} holds the secret itself", mend)
            return ""
        where = self.table.table(key)
        name, file = where.optional_text("env"), where.optional_text("file")
        where.done()
        if (name is None) == (file is None):
            self.table.bad(key, f"{key} names no place", f'Write {key} = {{ env = "NAME" }} or {{ file = "/path" }}.')
            return ""
        found = self.environment.get(name, "") if name is not None else read(str(file))
        if not found.strip():
            self.missing.append(f"the environment variable {name}" if name is not None else f"the file {file}")
        elif re.search(r"[\x00-\x09\x0b-\x1f\x7f]", found.replace("\r\n", "\n")):
            self.table.bad(key, f"{key} holds control characters", "Store the secret as plain text.")
        return found.strip()


def read(file: str) -> str:
    try:
        return Path(file).read_bytes()[:LARGEST_SECRET].decode("utf-8")
    except (OSError, ValueError):
        return ""
