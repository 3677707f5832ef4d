"""Experiment 4: the database restarts, has no connection left, and has no room left, while clients post."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests.reliability.clients import Posted, post_all
from tests.reliability.history import examine, made, query, wait_until_read
from tests.reliability.processes import Postgres, postgres, serving

Json = dict[str, Any]

# What is still to be done, for whoever wants to know why.
LEFT = "SELECT status::text, count(*), max(attempts), max(scheduled_at)::text FROM procrastinate_jobs GROUP BY status"
Say = Callable[[str], None]


def restarts(*, seconds: float, every: float, conversations: int, clients: int, say: Say = lambda line: None) -> Json:
    """PostgreSQL is stopped at once and started anew, again and again; clients post until the conversations are out or
    the time is up."""
    documents = list(made(conversations, deals=conversations // 10 + 1))
    with postgres() as database, serving(database.url) as server:
        over, count = threading.Event(), 0

        def unsettle() -> None:
            nonlocal count
            while not over.wait(every):
                database.restart()
                count += 1
                say(f"restart {count}")

        unsettling = threading.Thread(target=unsettle)
        unsettling.start()
        try:
            until = time.monotonic() + seconds
            posted = asyncio.run(post_all(server.port, documents, clients=clients, until=until))
            time.sleep(max(0.0, until - time.monotonic()))
        finally:
            over.set()
            unsettling.join()
        answered = until_answered(server.port)
        waited = wait_until_read(database.url, 200)
        found = examine(database.url, documents, posted.acknowledged)
        left = query(database.url, LEFT)
    return told(posted, answered) | {
        "restarts": count,
        "seconds until all was read": round(waited, 1),
        "jobs left": [tuple(row) for row in left],
        "states": found.states,
        "wrong": found.wrong,
    }


def exhausted(*, seconds: float, conversations: int, clients: int) -> Json:
    """Two connections for many clients, and somebody else holds a lock that all of them wait for: for so many seconds
    at least, and until somebody has been refused (two minutes at most).

    Whoever asks first waits for the lock, and several of those who ask at once may do it together; so that somebody is
    left to be refused, the clients must be more than all that can be under way.
    """
    documents = list(made(conversations, deals=5))
    posted = Posted()
    with postgres() as database, serving(database.url, TELLTALE_CONNECTIONS="2") as server:
        with psycopg.connect(database.url) as holder:
            holder.execute("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE")
            freeing = threading.Thread(target=free, args=(holder, posted, time.monotonic() + seconds))
            freeing.start()
            asyncio.run(post_all(server.port, documents, clients=clients, posted=posted))
            freeing.join()
        answered = until_answered(server.port)
        waited = wait_until_read(database.url, 200)
        found = examine(database.url, documents, posted.acknowledged)
    return told(posted, answered) | {
        "seconds until all was read": round(waited, 1),
        "states": found.states,
        "wrong": found.wrong,
    }


def free(holder: psycopg.Connection, posted: Posted, soonest: float) -> None:
    while time.monotonic() < soonest or (not posted.statuses[503] and time.monotonic() < soonest + 120):
        time.sleep(0.05)
    holder.rollback()


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of its own in memory. Raises OSError where this process may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="telltale-disk-"))
    folder.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        raise OSError("a file system of one's own can be mounted by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def full(*, conversations: int, clients: int, seconds: float) -> Json:
    """The disk of the data folder is filled while clients post, and freed again."""
    documents = list(made(conversations, deals=5))
    with small_disk(300) as folder, postgres(folder) as database, serving(database.url) as server:
        posted = asyncio.run(while_full(folder, database, server.port, documents, clients, seconds))
        answered = until_answered(server.port)
        waited = wait_until_read(database.url, 200)
        found = examine(database.url, documents, posted.acknowledged)
    return told(posted, answered) | {
        "seconds until all was read": round(waited, 1),
        "states": found.states,
        "wrong": found.wrong,
    }


async def while_full(
    folder: Path, database: Postgres, port: int, documents: list[Json], clients: int, seconds: float
) -> Posted:
    posting = asyncio.create_task(post_all(port, documents, clients=clients))
    await asyncio.sleep(0.5)
    ballast = folder / "ballast"
    await asyncio.to_thread(fill, ballast, time.monotonic() + seconds)
    ballast.unlink()
    with contextlib.suppress(subprocess.SubprocessError):
        # A server that ended because it could not write its log is started again, as its keeper would.
        if not await asyncio.to_thread(up, database.url):
            await asyncio.to_thread(database.ctl, "start")
    return await posting


def fill(ballast: Path, until: float) -> None:
    """Take whatever room there is, again and again: what the server frees is taken too."""
    with ballast.open("ab", buffering=0) as file:
        while time.monotonic() < until:
            try:
                file.write(bytes(1 << 16))
            except OSError:
                time.sleep(0.02)


def up(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def until_answered(port: int) -> float:
    """Seconds until a new conversation is acknowledged, once the trouble is over; infinity where it never is."""
    began = time.monotonic()
    (probe,) = made(1, deals=1, prefix="probe")
    posted = asyncio.run(post_all(port, [probe], clients=1))
    return time.monotonic() - began if posted.acknowledged else float("inf")


def told(posted: Posted, answered: float) -> Json:
    return {
        "acknowledged": len(posted.acknowledged),
        "503": posted.statuses[503],
        "connections broken": posted.statuses[0],
        "other errors": len(posted.bodies),
        "examples": sorted(set(posted.bodies))[:3],
        "seconds until acknowledged again": round(answered, 2),
    }
