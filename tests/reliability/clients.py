"""Clients that post, many at a time, over connections that stay open; each attempt is timed."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

GAVE_UP_AFTER = 120.0


@dataclass(slots=True)
class Posted:
    """`acknowledged` are ids that were answered 2xx; `statuses` counts all answers, 0 for a connection that broke."""

    acknowledged: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)
    bodies: list[str] = field(default_factory=list)


class Connection:
    """One kept-alive connection; HTTP/1.1 with a Content-Length on either side is all that it knows."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes | None = None, seconds: float = 60) -> tuple[int, bytes]:
        """Raises OSError or EOFError where the connection broke."""
        try:
            async with asyncio.timeout(seconds):
                return await self.exchange(method, path, body or b"")
        except BaseException:
            self.close()
            raise

    async def exchange(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        answer = await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            self.close()
        return int(lines[0].split(" ")[1]), answer

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


async def post_all(
    port: int,
    documents: Iterable[Json],
    *,
    clients: int,
    retry: bool = True,
    until: float | None = None,
    done: Callable[[int], None] = lambda count: None,
    posted: Posted | None = None,
) -> Posted:
    """Post each document once, or, with `retry`, until it is acknowledged, for at most two minutes each.

    `until` is a moment of time.monotonic() after which nothing more is begun; `done` hears how many are acknowledged;
    `posted` is filled as it goes, for whoever watches.
    """
    posted, left = Posted() if posted is None else posted, iter(documents)
    await asyncio.gather(*(client(port, left, posted, retry, until, done) for _ in range(clients)))
    return posted


async def client(
    port: int, left: Iterator[Json], posted: Posted, retry: bool, until: float | None, done: Callable[[int], None]
) -> None:
    connection = Connection(port)
    for document in left:
        if until is not None and time.monotonic() > until:
            break
        id, body, began = document["id"], json.dumps(document).encode(), time.monotonic()
        while True:
            sent = time.monotonic()
            try:
                status, answer = await connection.ask("POST", "/v1/conversations", body)
            except (OSError, EOFError, TimeoutError):
                status, answer = 0, b""
            posted.statuses[status] += 1
            if 200 <= status < 300:
                posted.seconds.append(time.monotonic() - sent)
                posted.acknowledged.add(id)
                done(len(posted.acknowledged))
                break
            if status not in (0, 503):
                posted.bodies.append(answer.decode()[:300])
            if not retry or time.monotonic() - began > GAVE_UP_AFTER:
                posted.unanswered.add(id)
                break
            await asyncio.sleep(0.1)
    connection.close()


async def post_at_rate(port: int, documents: Iterable[Json], *, clients: int, rate: float, seconds: float) -> Posted:
    """Post so many a second, whether what was posted before is answered or not, as far as there are clients: one that
    still waits for an answer posts late. Each time is counted from when it should have been posted."""
    posted, left, began = Posted(), iter(documents), time.monotonic() + 0.5

    async def one(number: int) -> None:
        connection = Connection(port)
        for turn in itertools.count():
            due = began + (number + turn * clients) / rate
            if due > began + seconds:
                break
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            document = next(left)
            try:
                status, answer = await connection.ask("POST", "/v1/conversations", json.dumps(document).encode())
            except (OSError, EOFError, TimeoutError):
                status, answer = 0, b""
            posted.statuses[status] += 1
            if 200 <= status < 300:
                posted.seconds.append(time.monotonic() - due)
                posted.acknowledged.add(document["id"])
            else:
                posted.bodies.append(answer.decode()[:300])
        connection.close()

    await asyncio.gather(*(one(number) for number in range(clients)))
    return posted


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
