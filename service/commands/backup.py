"""`telltale backup` and `telltale restore`."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from service.commands.terminal import DONE, SOME_REFUSED, UnusableError, complain
from service.settings import Settings
from service.store.connect import connect
from service.store.embedded import embedded

if TYPE_CHECKING:
    from service.api.service import Service

__all__ = ["backup", "restore"]

SHOWN = 10
SEALED = ("webhook_secrets", "webhook_sources", "connector_secrets")


def backup(settings: Settings, file: str) -> int:
    from service.store.dump import DumpError, dump
    from service.store.migrate import revisions

    to = Path(file)
    if to.exists():
        raise UnusableError(f"{file}: it is there already; choose another name")
    if settings.database is None and not (settings.data / "postgres").exists():
        raise UnusableError(f"--data {settings.data}: there is no database in it")
    with opened(settings) as engine:
        with engine.connect() as connection:
            if revisions(connection)[0] is None:
                raise UnusableError("the database has no tables of Telltale's")
            sealed = any_sealed(connection)
            server = major(connection)
        try:
            dump(engine.url, server, to)
        except (DumpError, OSError) as error:
            raise UnusableError(f"{file}: {error}") from None
    complain(f"{file}: {to.stat().st_size} bytes")
    if sealed:
        key = "TELLTALE_SECRET_KEY" if settings.secret_key else str(settings.data / "secret.key")
        complain(f"it holds sealed secrets, which only {key} opens: keep that apart from the backup")
    return DONE


def any_sealed(connection: sa.Connection) -> bool:
    """Tables of an earlier version, backed up before this one migrates them, have not all of these."""
    there = [name for name in SEALED if sa.inspect(connection).has_table(name)]
    return any(connection.execute(sa.text(f"SELECT EXISTS (SELECT FROM {name})")).scalar_one() for name in there)


def restore(settings: Settings, file: str) -> int:
    """Status 1 where a deal is not what its events add up to."""
    from service.commands.serve import run
    from service.store.dump import DumpError, is_empty
    from service.store.dump import restore as fill

    source = Path(file)
    if not source.is_file():
        raise UnusableError(f"{file}: no such file")
    with opened(settings) as engine:
        with engine.connect() as connection:
            if not is_empty(connection):
                raise UnusableError(
                    "the database has tables already: restore into an empty one, or a new --data folder"
                )
            server = major(connection)
        try:
            fill(engine.url, server, source)
        except DumpError as error:
            raise UnusableError(f"{file}: {error}; nothing was changed") from None
        # Keeps the embedded server until the service has taken it over.
        return run(settings, checked)


def checked(service: Service) -> int:
    from service.access.workspaces import workspace_names
    from service.flows.check_history import check_history

    told: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for workspace in workspace_names(service.context, home=service.settings.workspace):
        here = dataclasses.replace(service.context, workspace=workspace)
        for deal, same in check_history(here):
            told[same].append(f"{workspace}/{deal}")
    complain(f"{len(told[True])} deals are what their events add up to")
    if told[None]:
        complain(f"{len(told[None])} deals follow another version of the pipeline and were not checked")
    if told[False]:
        complain(f"{len(told[False])} deals are not: {', '.join(told[False][:SHOWN])}")
    return SOME_REFUSED if told[False] else DONE


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[sa.Engine]:
    with contextlib.ExitStack() as stack:
        try:
            url = settings.database or stack.enter_context(embedded(settings.data))
            engine = connect(url, connections=2)
            stack.callback(engine.dispose)
            with engine.connect():
                pass
        except (ValueError, OSError) as error:
            raise UnusableError(str(error)) from None
        except sa.exc.OperationalError as error:
            reason = str(error.orig).strip().partition("\n")[0]
            raise UnusableError(f"the database does not answer: {reason}") from None
        yield engine


def major(connection: sa.Connection) -> int:
    number: int = connection.execute(sa.text("SELECT current_setting('server_version_num')::int")).scalar_one()
    return number // 10_000
