"""The settings file of connectors: which of a workspace's actions go where. Everything wrong is named with its line.

[workspaces.main]
late_after_days = 7             # what was due longer ago waits in the outbox for a person

[workspaces.main.people]        # whom the pipeline's roles, and owners who are named and not addressed, are
manager = "mia@northstar.example"

[workspaces.main.connectors.mail]
kind = "smtp"
takes = ["email", "notify", "alert", "task:kickoff"]
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from engine.errors import Mistake
from engine.lines import Lines
from engine.reader import Report, Table, near
from service.connectors import catalogue
from service.connectors.addresses import is_address
from service.connectors.guard import Network
from service.connectors.http import Http
from service.connectors.options import Options
from service.connectors.protocol import Connector, Kind

__all__ = [
    "NONE",
    "NOWHERE",
    "ConnectorsError",
    "Outlets",
    "Route",
    "Workspace",
    "load",
    "outlets_from",
    "own_outlets_from",
]

LARGEST = 1 << 20
NAME = re.compile(r"[a-z][a-z0-9_-]{0,60}")
LATE_AFTER = 7


class ConnectorsError(ValueError):
    """A file that cannot be followed: every mistake in it, each with its line and its mend."""

    def __init__(self, source: str, mistakes: tuple[Mistake, ...]) -> None:
        self.source, self.mistakes = source, mistakes
        super().__init__("\n".join(mistake.sentence(source) for mistake in mistakes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One connector of a workspace. `takes` are kinds, or `kind:action` for one action of the pipeline; `missing` are
    credentials that are not there, without which nothing is sent."""

    name: str
    kind: str
    takes: frozenset[str]
    connector: Connector = field(repr=False)
    http: Http = field(default_factory=Http)
    dry_run: bool = False
    attempts: int = 8
    failures: int = 5
    missing: tuple[str, ...] = ()

    @property
    def is_crm(self) -> bool:
        """Whether it holds fields of a deal, of which only the newest value matters."""
        return self.kind in catalogue.CRMS

    def takes_it(self, kind: Kind, action: str) -> bool:
        return kind.value in self.takes or f"{kind.value}:{action}" in self.takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """`late_after` None: nothing is too late. `people` are mail addresses by role or name."""

    routes: tuple[Route, ...] = ()
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    late_after: dt.timedelta | None = dt.timedelta(days=LATE_AFTER)

    def taking(self, kind: Kind, action: str) -> list[Route]:
        """Those that name the very action, where there are such; else those that take its kind."""
        exact = [route for route in self.routes if f"{kind.value}:{action}" in route.takes]
        return exact or [route for route in self.routes if route.takes_it(kind, action)]

    def named(self, name: str | None) -> Route | None:
        return next((route for route in self.routes if route.name == name), None)


@dataclass(frozen=True, slots=True)
class Outlets:
    """Every workspace's connectors."""

    workspaces: Mapping[str, Workspace] = field(default_factory=dict)

    def of(self, workspace: str) -> Workspace:
        return self.workspaces.get(workspace, NONE)


NONE = Workspace()
NOWHERE = Outlets()


def load(file: Path, environment: Mapping[str, str]) -> Outlets:
    """Raises ConnectorsError, and OSError for a file that cannot be read."""
    data = file.read_bytes()
    if len(data) > LARGEST:
        raise one_mistake(str(file), f"{len(data)} bytes", f"It has at most {LARGEST}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise one_mistake(str(file), "it is not UTF-8", "Save it as UTF-8.") from None
    return outlets_from(text, source=str(file), environment=environment)


def one_mistake(source: str, problem: str, mend: str, line: int = 1) -> ConnectorsError:
    return ConnectorsError(source, (Mistake(line=line, field="the file", problem=problem, mend=mend),))


def outlets_from(text: str, *, source: str, environment: Mapping[str, str]) -> Outlets:
    """What the file says; raises ConnectorsError with every mistake found."""
    table = table_of(text, source)
    workspaces = table.table("workspaces")
    if not workspaces.value:
        table.bad("workspaces", "no workspace is described", "Write [workspaces.main.connectors.mail] and so on.")
    service = Options(table=table, environment=environment)
    found = {name: workspace_from(workspaces.table(name), service) for name in workspaces.value}
    finished(table, source)
    return Outlets(found)


def own_outlets_from(
    text: str, *, source: str, secrets: Mapping[str, str], reach: tuple[Network, ...] = ()
) -> Workspace:
    """What a workspace says of its own connectors: the file's part about one workspace, without its name before it.

    `secrets` are the workspace's, by their names; `reach` are the private networks that it may call. Raises
    ConnectorsError with every mistake found.
    """
    table = table_of(text, source)
    found = workspace_from(table, Options(table=table, secrets=secrets, reach=reach))
    finished(table, source)
    return found


def table_of(text: str, source: str) -> Table:
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise one_mistake(source, f"it is no TOML: {error}", "See toml.io.", int(line[1]) if line else 1) from None
    return Table(document, (), Report(Lines(text)))


def finished(table: Table, source: str) -> None:
    table.done()
    mistakes = table.report.mistakes
    if mistakes:
        raise ConnectorsError(source, tuple(sorted(mistakes, key=lambda mistake: mistake.line)))


def workspace_from(table: Table, places: Options) -> Workspace:
    """`places` says where secrets are."""
    days = table.whole("late_after_days", LATE_AFTER, low=0, high=3650)
    people = table.table("people")
    addresses = {name.casefold(): read_addresses(people, name) for name in people.value}
    connectors = table.table("connectors")
    routes = tuple(route_from(connectors, name, places) for name in connectors.value)
    table.done()
    return Workspace(
        routes=tuple(route for route in routes if route is not None),
        people=addresses,
        late_after=dt.timedelta(days=days) if days else None,
    )


def read_addresses(people: Table, name: str) -> tuple[str, ...]:
    value = people.raw(name)
    found = (value,) if isinstance(value, str) else people.texts(name)
    for each in found:
        if not is_address(each):
            people.bad(name, f'"{each[:80]}" is no mail address', f'Write {name} = "mia@northstar.example".')
    return found


def route_from(connectors: Table, name: str, places: Options) -> Route | None:
    table = connectors.table(name)
    if not NAME.fullmatch(name):
        connectors.bad(name, f'"{name}" is no name', "Use small letters, digits, dashes and underscores.")
    kind = table.text("kind")
    if kind and kind not in catalogue.KINDS:
        table.bad("kind", f'"{kind}" is no kind of connector', near(kind, catalogue.KINDS))
    if kind not in catalogue.KINDS:
        return None
    options = replace(places, table=table, missing=[])
    http = Http(
        total=options.whole("timeout", 20, low=1, high=120),
        read=options.whole("read_timeout", 10, low=1, high=120),
        guard=options.fence,
    )
    takes, dry_run = table.texts("takes"), options.flag("dry_run", False)
    attempts = options.whole("attempts", 8, low=1, high=50)
    failures = options.whole("failures", 5, low=1, high=1000)
    connector = catalogue.read(kind, options)
    if not takes:
        table.bad("takes", "nothing goes to it", f'Write takes = ["{min(connector.can)}"].')
    for each in takes:
        wanted = each.partition(":")[0]
        if wanted not in connector.can:
            table.bad("takes", f'"{each}" is nothing that {kind} can do', near(wanted, connector.can))
    table.done()
    return Route(
        name=name,
        kind=kind,
        takes=frozenset(takes),
        connector=connector,
        http=http,
        dry_run=dry_run,
        attempts=attempts,
        failures=failures,
        missing=tuple(options.missing),
    )
