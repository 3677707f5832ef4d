"""A connector's own part of the settings file, read key by key.

Secrets of the service's file come from the environment or from files. A workspace's own text names secrets that its
admins gave, and nothing of the machine: neither its environment, nor its files, nor the networks that it stands in.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from engine.reader import Table
from service.connectors.guard import Guard, Network

__all__ = ["Options"]

LARGEST_SECRET = 64 << 10
NETWORKS = "TELLTALE_CONNECTOR_NETWORKS"


@dataclass(slots=True, kw_only=True)
class Options:
    """`missing` gathers what has to be there before the connector can send anything, each as a phrase.

    `secrets` are a workspace's own by their names; None: the file is the service's, and so are its `environment` and
    files. `reach` are the private networks that a workspace's own connectors may call.
    """

    table: Table
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] | None = None
    reach: tuple[Network, ...] = ()
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

    def file(self, key: str) -> str | None:
        """The name of a file of this machine."""
        if self.secrets is not None and self.table.has(key):
            self.table.raw(key)
            self.table.bad(key, "files of the machine are not a workspace's to read", f"Leave {key} out.")
            return None
        return self.optional(key)

    @property
    def fence(self) -> Guard | None:
        """What looks at each address that a workspace's own connectors call; the service's file may name any system."""
        return None if self.secrets is None else Guard(allow=self.reach, where=NETWORKS)

    def guard(self, key: str) -> Guard:
        """For where only public addresses are called, and the networks that `key` names."""
        if self.fence is None:
            return Guard(allow=self.networks(key))
        if self.table.has(key):
            self.table.raw(key)
            mend = f"Leave {key} out; {NETWORKS} of the service says it for all."
            self.table.bad(key, "which private networks are reached is not a workspace's to say", mend)
        return self.fence

    def networks(self, key: str) -> tuple[Network, ...]:
        out = []
        for each in self.table.texts(key):
            try:
                out.append(ipaddress.ip_network(each))
            except ValueError:
                self.table.bad(key, f'"{each[:80]}" is no network', 'Write it as "10.1.0.0/16" or "10.1.2.3/32".')
        return tuple(out)

    def secret(self, key: str) -> str:
        """The secret that `{ env = "NAME" }`, `{ file = "/path" }` or, in a workspace's own text, `{ secret = "name" }`
        points to; empty where it is not there yet."""
        if not self.table.has(key):
            self.table.bad(key, f"{key} is missing", f"Add {key} = {self.places}.")
            return ""
        return self.optional_secret(key)

    def optional_secret(self, key: str) -> str:
        value = self.table.raw(key)
        if value is None:
            return ""
        if isinstance(value, str):
            mend = f"Write {key} = {self.places}, and change the secret: it may be known."
            self.table.bad(key, f"{key} holds the secret itself", mend)
            return ""
        where = self.table.table(key)
        found, told = self.found(where)
        where.done()
        if told is None:
            self.table.bad(key, f"{key} names no place", f"Write {key} = {self.places}.")
            return ""
        if not found.strip():
            self.missing.append(told)
        elif re.search(r"[\x00-\x09\x0b-\x1f\x7f]", found.replace("\r\n", "\n")):
            self.table.bad(key, f"{key} holds control characters", "Store the secret as plain text.")
        return found.strip()

    @property
    def places(self) -> str:
        """How to say where a secret is."""
        return '{ env = "NAME" } or { file = "/path" }' if self.secrets is None else '{ secret = "name" }'

    def found(self, where: Table) -> tuple[str, str | None]:
        """What stands at the place, and the place as a phrase; None where none is named, or two are."""
        if self.secrets is not None:
            own = where.optional_text("secret")
            return ("", None) if own is None else (self.secrets.get(own, ""), f"the secret {own}")
        name, file = where.optional_text("env"), where.optional_text("file")
        if (name is None) == (file is None):
            return "", None
        if name is not None:
            return self.environment.get(name, ""), f"the environment variable {name}"
        return read(str(file)), f"the file {file}"


def read(file: str) -> str:
    try:
        return Path(file).read_bytes()[:LARGEST_SECRET].decode("utf-8")
    except (OSError, ValueError):
        return ""
