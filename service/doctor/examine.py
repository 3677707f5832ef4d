"""Everything that is looked at, in order."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator

from sqlalchemy.exc import SQLAlchemyError

from service.doctor.finding import Finding, fail, warn
from service.doctor.of_database import of_database
from service.doctor.of_machine import of_machine
from service.settings import Settings
from service.store.connect import connect
from service.store.embedded import embedded

__all__ = ["examine"]


def examine(settings: Settings, now: Callable[[], dt.datetime]) -> Iterator[Finding]:
    """The embedded server is started for it where none runs, but never made."""
    if settings.database is None and not (settings.data / "postgres").exists():
        yield warn("database", f"none yet in {settings.data}", "telltale serve makes one, or give --database URL")
    else:
        yield from through(settings, now)
    yield from of_machine(settings)


def through(settings: Settings, now: Callable[[], dt.datetime]) -> Iterator[Finding]:
    with contextlib.ExitStack() as stack:
        try:
            url = settings.database or stack.enter_context(embedded(settings.data))
            database = connect(url, connections=2)
        except (OSError, RuntimeError, ValueError) as error:
            yield fail(
                "database", str(error).splitlines()[0], "give a URL such as postgresql://user:password@host/name"
            )
            return
        stack.callback(database.dispose)
        try:
            yield from of_database(database, settings, now)
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            yield fail(
                "database", f"does not answer: {reason}", "see that it runs, and that URL, user and password are right"
            )
