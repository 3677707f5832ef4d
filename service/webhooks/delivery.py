"""One delivery of a webhook as it came in, and what its reader needs to know of this installation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Delivery", "Site"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`url` is the one that the sender called, `headers` have small letters, `body` is untouched."""

    source: str
    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    received_at: dt.datetime

    def header(self, name: str) -> str | None:
        return self.headers.get(name.lower())

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`our_domains` are the seller's mail domains; `stages` says for each system which of its stages is which of ours.

    `known_stages` are those of the pipeline.
    """

    our_domains: tuple[str, ...] = ()
    stages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    known_stages: tuple[str, ...] = ()

    def is_ours(self, address: str) -> bool:
        """Whether a mail address is the seller's."""
        domain = address.rpartition("@")[2].lower()
        return any(domain == ours or domain.endswith("." + ours) for ours in self.our_domains)
