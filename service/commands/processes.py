"""`telltale serve --processes N`: several processes that answer on one port, and one that does the jobs.

The first process starts the embedded PostgreSQL, holds the port, and sees to the others: one that ends is followed by
another, and all end with it. The kernel shares connections out among those that listen (SO_REUSEPORT).
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from service.app import Extract
from service.commands.serve import checked, level_of, listen, opened, run, stop_on_terminate, url_of, work_until_told
from service.commands.terminal import DONE, UNUSABLE, UnusableError, complain
from service.logs import log_to_stderr
from service.settings import Settings
from service.store.embedded import embedded

__all__ = ["serve_by_many"]

log = logging.getLogger(__name__)

# Never by a fork: what threads of this process hold would be held in the copy for ever.
SPAWN = multiprocessing.get_context("spawn")
# Seconds, before another one follows a process that ended by itself.
AGAIN_AFTER = 0.5

ANSWERS, WORKS = "answers", "works"


@dataclass(frozen=True, slots=True)
class Child:
    """`says` brings one word once it is ready; `lives` is closed with this process, and it ends then."""

    does: str
    process: BaseProcess
    says: Connection
    lives: Connection


def serve_by_many(settings: Settings, ready: Callable[[str], None], *, extract: Extract | None = None) -> int:
    """Until told to stop; `ready` is called with the URL once all of them answer. `extract` is for tests.

    Raises UnusableError where this cannot be had here.
    """
    if not hasattr(socket, "SO_REUSEPORT"):
        raise UnusableError("--processes: this system cannot share a port among processes; run one")
    stop_on_terminate()
    try:
        with contextlib.ExitStack() as stack:
            url = settings.database or stack.enter_context(embedded(settings.data))
            host, port = stack.enter_context(held(settings.host, settings.port))
            of_all = settings.model_copy(update={"database": url, "port": port, "worker": False})
            does = [ANSWERS] * settings.processes + ([WORKS] if settings.worker else [])
            children = stack.enter_context(living(of_all, extract))
            for each in does:
                children.append(started(of_all, each, extract))
            if not all(first_word(child) for child in children):
                # It has said why.
                return UNUSABLE
            ready(host)
            while True:
                follow_ended(children, of_all, extract)
    except KeyboardInterrupt:
        return DONE


@contextlib.contextmanager
def held(host: str, port: int) -> Iterator[tuple[str, int]]:
    """(URL, port) of an address that nobody else listens on, nor can by chance while this lasts."""
    with opened(host, port, or_any=False) as alone:
        url, port = url_of(alone), alone.getsockname()[1]
        family = alone.family
    with socket.socket(family, socket.SOCK_STREAM) as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            holder.bind((host, port))
        except OSError:
            # Connections of a process that ended a moment ago are still closing. With this option somebody else might
            # listen there before ours do, who then say that they cannot.
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind((host, port))
        yield url, port


@contextlib.contextmanager
def living(settings: Settings, extract: Extract | None) -> Iterator[list[Child]]:
    """Processes that end with this block: they finish what they have in hand, as one process would."""
    children: list[Child] = []
    try:
        yield children
    finally:
        for child in children:
            if child.process.is_alive():
                child.process.terminate()
        deadline = time.monotonic() + settings.stop_within + 5
        for child in children:
            child.process.join(max(0.0, deadline - time.monotonic()))
            if child.process.is_alive():
                child.process.kill()
                child.process.join()


def started(settings: Settings, does: str, extract: Extract | None) -> Child:
    says, tells = SPAWN.Pipe(duplex=False)
    hears, lives = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=child, args=(settings, does, extract, tells, hears), name=f"telltale-{does}")
    process.start()
    tells.close()
    hears.close()
    return Child(does, process, says, lives)


def first_word(child: Child) -> bool:
    """Whether it became ready, rather than ended."""
    try:
        return bool(child.says.recv())
    except EOFError:
        return False


def follow_ended(children: list[Child], settings: Settings, extract: Extract | None) -> None:
    """Wait until one ends, and start another in its place."""
    wait([child.process.sentinel for child in children])
    ended = [child for child in children if not child.process.is_alive()]
    time.sleep(AGAIN_AFTER)
    for each in ended:
        log.error("a process that %s ended with status %s; another follows", each.does, each.process.exitcode)
        children[children.index(each)] = started(settings, each.does, extract)


def child(settings: Settings, does: str, extract: Extract | None, tells: Connection, hears: Connection) -> None:
    """The whole life of one of the processes."""
    log_to_stderr(level_of(settings))
    threading.Thread(target=end_with, args=(hears,), daemon=True).start()
    try:
        sys.exit(work(settings, extract, tells) if does == WORKS else answer(settings, extract, tells))
    except UnusableError as error:
        complain(f"telltale: {error}")
        sys.exit(UNUSABLE)


def end_with(parent: Connection) -> None:
    """Stop as if told to, once the process that started this one is gone."""
    with contextlib.suppress(EOFError, OSError):
        parent.recv()
    os.kill(os.getpid(), signal.SIGTERM)


def answer(settings: Settings, extract: Extract | None, tells: Connection) -> int:
    return run(
        settings,
        lambda service: checked(service) or listen(service, lambda url: tells.send(url), shared=True),
        extract=extract,
    )


def work(settings: Settings, extract: Extract | None, tells: Connection) -> int:
    return run(settings, lambda service: work_until_told(service, lambda: tells.send(WORKS)), extract=extract)
