"""What the registry knows of a source: how it proves itself, how it is read, and answers that it expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import Found
from service.webhooks.verify import Proof, Scheme

__all__ = ["Reply", "Source"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer in the source's own form. `keep_secret` is one that it handed over, to be kept before the answer."""

    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    keep_secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`read` yields what a proven delivery holds, and raises DecodeError where it is none of this source's at all.

    `beside`: starts of the names of headers that belong to the content. `handshake` answers what comes before any
    signature can; `early` answers a proven delivery that is no event, such as a validation of the URL; `answer` is
    what the source wants to hear when its events were taken, None where that is nothing of its own.
    """

    name: str
    verify: Scheme
    read: Callable[[Delivery, Site], Iterator[Found]]
    beside: tuple[str, ...] = ()
    handshake: Callable[[Delivery, tuple[str, ...]], Reply | None] | None = None
    early: Callable[[Delivery, Proof], Reply | None] | None = None
    answer: Callable[[Delivery, Json], Reply | None] | None = None
