"""Calls to other systems: bounded in time and size, never redirected, and every failure told as what it means."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from service.connectors.errors import LaterError, RefusedError
from service.connectors.guard import Guard

if TYPE_CHECKING:
    import httpx2

__all__ = ["Http", "Reply"]

LARGEST = 1 << 20
LONGEST_WAIT = dt.timedelta(days=1)
SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises LaterError for what is no JSON: whatever it was meant to say, the request may have worked."""
        try:
            return orjson.loads(self.body) if self.body else {}
        except orjson.JSONDecodeError:
            raise LaterError(f"the answer ({self.status}) is no JSON: {self.shown()}", unclear=True) from None

    def object(self, sender: str, *, unclear: bool = True) -> dict[str, Any]:
        """As `json`; also raises LaterError for what is no object, in the name of the `sender`."""
        answer = self.json()
        if not isinstance(answer, dict):
            raise LaterError(f"{sender} answered no object", unclear=unclear)
        return answer

    def shown(self) -> str:
        text = self.body[: 4 * SHOWN].decode("utf-8", "replace")
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:SHOWN]


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """`total` and `read` are seconds: for all of a call, and for each silence in it. `guard` looks at every address."""

    total: float = 20
    read: float = 10
    guard: Guard | None = None

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:
        """The answer, whatever its status; raises LaterError where there is none, RefusedError for a forbidden URL."""
        sent = dict(headers or {})
        if json is not None:
            content, sent["content-type"] = orjson.dumps(json), "application/json"
        return asyncio.run(self.bounded(method, url, sent, content, form, params))

    async def bounded(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        content: bytes | None,
        form: Mapping[str, str] | None,
        params: Mapping[str, str] | None,
    ) -> Reply:
        import httpx2

        host = urlsplit(url).hostname or url
        try:
            async with asyncio.timeout(self.total):
                return await self.exchange(method, url, headers, content, form, params)
        except TimeoutError:
            raise LaterError(f"{host} gave no whole answer within {self.total:g} s", unclear=True) from None
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            raise LaterError(f"{host} cannot be reached") from None
        except httpx2.TimeoutException:
            raise LaterError(f"{host} was silent for {self.read:g} s", unclear=True) from None
        except (httpx2.UnsupportedProtocol, httpx2.InvalidURL):
            raise RefusedError(f"{host}: expected a URL that begins with https:// or http://") from None
        except httpx2.TransportError as error:
            raise LaterError(f"{host} broke off ({type(error).__name__})", unclear=True) from None

    async def exchange(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        content: bytes | None,
        form: Mapping[str, str] | None,
        params: Mapping[str, str] | None,
    ) -> Reply:
        import httpx2

        extensions: dict[str, Any] = {}
        if self.guard is not None:
            target = await asyncio.to_thread(self.guard.allowed, url)
            url, headers["host"], extensions["sni_hostname"] = target.url, target.host, target.name
        timeout = httpx2.Timeout(self.read)
        async with (
            httpx2.AsyncClient(verify=trust(), timeout=timeout, follow_redirects=False, trust_env=False) as client,
            client.stream(
                method, url, headers=headers, content=content, data=form, params=params, extensions=extensions
            ) as answer,
        ):
            body = await whole(answer)
            return Reply(status=answer.status_code, headers=dict(answer.headers), body=body)

    def ask(self, method: str, url: str, **more: Any) -> Reply:
        """As `call`; also raises for every status that is no success, as what it means for sending again."""
        return checked(self.call(method, url, **more), urlsplit(url).hostname or url)


async def whole(answer: httpx2.Response) -> bytes:
    body = bytearray()
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > LARGEST:
            # What matters is the status; nobody of ours sends more than this.
            break
    return bytes(body[:LARGEST])


@functools.cache
def trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def checked(reply: Reply, host: str) -> Reply:
    """The reply if it is a success; else raises what its status means."""
    status = reply.status
    if 200 <= status < 300:
        return reply
    said = f"{host} answered {status}" + (f": {reply.shown()}" if reply.body else "")
    if 300 <= status < 400:
        raise RefusedError(f"{host} answered {status}, a redirect, which is not followed: give its final URL")
    if status == 429 or (status == 503 and "retry-after" in reply.headers):
        raise LaterError(said, wait=wait_of(reply.headers), blames=status == 503)
    if status in (401, 403):
        raise LaterError(f"{said}; look at its credentials and their scopes")
    if status in (408, 425) or status >= 500:
        raise LaterError(said, unclear=status >= 500, blames=status >= 500)
    raise RefusedError(said)


def wait_of(headers: Mapping[str, str]) -> dt.timedelta | None:
    """What Retry-After asks for: seconds, or a moment compared with the answer's own Date."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal() and len(said) < 10:
        return min(dt.timedelta(seconds=int(said)), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(said) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return max(dt.timedelta(0), min(wait, LONGEST_WAIT))
