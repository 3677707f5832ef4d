"""`telltale keys` and `telltale workspaces`: who may call, told on the machine that has the database."""

from __future__ import annotations

import dataclasses
import datetime as dt
import getpass
import secrets
import sys
from collections.abc import Callable, Sequence
from typing import Any

from service.access.keys import OVERLAP, allowed, make_key, revoke_key, rotate_key
from service.access.workspaces import make_workspace, workspace_names
from service.api.keys import key_json
from service.api.service import Service
from service.commands.serve import run, settings_from
from service.commands.terminal import DONE, SOME_REFUSED, UnusableError, complain, print_json
from service.flows.context import Context
from service.store import audit, keys
from service.store.audit import Acting
from service.store.keys import StoredKey
from signals import DecodeError

__all__ = ["create", "create_workspace", "list_keys", "list_workspaces", "operator", "revoke", "rotate", "within"]

Json = dict[str, Any]

ALL = 10_000


def within(given: Json, workspace: str | None, action: str, then: Callable[[Service, Context], int]) -> int:
    """Do it in a workspace; what it changes stands in the audit log."""

    def inside(service: Service) -> int:
        home = service.settings.workspace
        context = dataclasses.replace(service.context, workspace=workspace or home)
        if context.workspace not in workspace_names(context, home=home):
            mend = f"telltale workspaces create {context.workspace}"
            raise UnusableError(f"--workspace: there is no {context.workspace!r}; {mend} makes it")
        with audit.acting(Acting(who=operator(), action=action, now=context.now)):
            return then(service, context)

    return run(settings_from(**given), inside)


def operator() -> str:
    """Whoever has the machine's shell."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):
        return "cli"


def create(
    given: Json,
    *,
    role: str,
    title: str | None,
    scopes: Sequence[str],
    person: str | None,
    team: Sequence[str],
    days: int | None,
    workspace: str | None,
    as_json: bool,
) -> int:
    try:
        wanted = allowed(
            title=title or person or role,
            role=role,
            scopes=scopes or None,
            person=person,
            team=team,
            expires_in=None if days is None else dt.timedelta(days=days),
        )
    except DecodeError as error:
        option = {"scopes": "scope"}.get(error.field, error.field)
        raise UnusableError(f"--{option}: expected {error.expected}, got {error.value!r}") from None

    def then(service: Service, context: Context) -> int:
        show_once(*make_key(context, wanted, by=operator(), random=secrets.token_bytes), as_json=as_json)
        return DONE

    return within(given, workspace, "keys create", then)


def rotate(given: Json, id: str, *, hours: float | None, workspace: str | None, as_json: bool) -> int:
    overlap = OVERLAP if hours is None else dt.timedelta(hours=hours)

    def then(service: Service, context: Context) -> int:
        done = rotate_key(context, id, random=secrets.token_bytes, overlap=overlap)
        if done is None:
            complain(f"there is no key {id!r} that is good")
            return SOME_REFUSED
        show_once(*done, as_json=as_json)
        return DONE

    return within(given, workspace, "keys rotate", then)


def revoke(given: Json, id: str, *, workspace: str | None, as_json: bool) -> int:
    def then(service: Service, context: Context) -> int:
        done = revoke_key(context, id)
        if done is None:
            complain(f"there is no key {id!r}")
            return SOME_REFUSED
        if as_json:
            print_json(key_json(done))
        else:
            complain(f"{id} is good for nothing any more")
        return DONE

    return within(given, workspace, "keys revoke", then)


def list_keys(given: Json, *, workspace: str | None, as_json: bool) -> int:
    def then(service: Service, context: Context) -> int:
        with context.database.connect() as connection:
            found = keys.find(connection, context.workspace, after=None, most=ALL)
        if as_json:
            for each in found:
                print_json(key_json(each))
        else:
            print_table(found, context.now())
        return DONE

    return within(given, workspace, "keys list", then)


def create_workspace(given: Json, name: str, *, as_json: bool) -> int:
    def then(service: Service, context: Context) -> int:
        home = context.workspace
        try:
            done = make_workspace(context, name, home=home, by=operator(), random=secrets.token_bytes)
        except DecodeError as error:
            raise UnusableError(f"NAME: expected {error.expected}, got {name!r}") from None
        if done is None:
            complain(f"there is a workspace {name!r} already")
            return SOME_REFUSED
        show_once(*done, as_json=as_json)
        return DONE

    return within(given, None, "workspaces create", then)


def list_workspaces(given: Json, *, as_json: bool) -> int:
    def then(service: Service, context: Context) -> int:
        for each in workspace_names(context, home=context.workspace):
            if as_json:
                print_json({"workspace": each})
            else:
                sys.stdout.write(each + "\n")
        return DONE

    return within(given, None, "workspaces list", then)


def show_once(key: StoredKey, text: str, *, as_json: bool) -> None:
    """The key alone on standard output, so that a script can take it."""
    if as_json:
        print_json({"workspace": key.workspace, **key_json(key), "key": text})
        return
    complain(f"{key.role} key {key.id} in workspace {key.workspace}; it is shown this once:")
    sys.stdout.write(text + "\n")


def print_table(found: Sequence[StoredKey], now: dt.datetime) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("id", "name", "role", "whose", "scopes", "last used", "state"):
        table.add_column(column, no_wrap=column == "id")
    for key in found:
        whose = ", ".join([*([key.person] if key.person else []), *key.team])
        used = "never" if key.used_at is None else f"{key.used_at:%d %b %Y %H:%M}"
        cells = (key.id, key.name, key.role, whose, ", ".join(key.scopes or ["all"]), used, state(key, now))
        table.add_row(*(escape(cell) for cell in cells))
    console = Console(file=sys.stdout, highlight=False)
    console.print(table if found else "no keys yet: telltale keys create --role admin makes the first one")


def state(key: StoredKey, now: dt.datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%d %b %Y}"
    if key.expires_at is None:
        return "good"
    return f"{'good until' if now < key.expires_at else 'expired'} {key.expires_at:%d %b %Y}"
