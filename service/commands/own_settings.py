"""`telltale settings`: what a workspace has of its own, told on the machine that has the database."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from service.api.service import Service
from service.commands.keys import operator, within
from service.commands.terminal import DONE, SOME_REFUSED, UnusableError, complain, print_json
from service.flows.context import Context
from service.flows.set_secret import drop_secret
from service.flows.set_secret import set_secret as keep_secret
from service.flows.set_setting import SETTINGS, TEXTS, TextError, drop_setting, set_setting
from service.store import connector_secrets, own_settings
from signals import DecodeError

__all__ = ["drop_own", "list_own", "set_own", "set_secret", "show_own"]

Json = dict[str, Any]

LARGEST = 1 << 20


def known(name: str) -> str:
    if name not in SETTINGS:
        raise UnusableError(f"NAME: expected one of {', '.join(SETTINGS)}, got {name!r}")
    return name


def list_own(given: Json, *, workspace: str | None, as_json: bool) -> int:
    def then(service: Service, context: Context) -> int:
        with context.database.connect() as connection:
            values = own_settings.values(connection, context.workspace)
            secrets = connector_secrets.listed(connection, context.workspace)
        if as_json:
            for name in SETTINGS:
                print_json({"name": name, "own": name in values, "value": values.get(name)})
            for each in secrets:
                print_json({"secret": each.name, "set_by": each.set_by, "set_at": each.set_at.isoformat()})
            return DONE
        for name in SETTINGS:
            sys.stdout.write(f"{name:<17} {'own' if name in values else 'the service’s'}\n")
        for each in secrets:
            sys.stdout.write(f"secret {each.name}  set {each.set_at:%d %b %Y} by {each.set_by}\n")
        return DONE

    return within(given, workspace, "settings list", then)


def show_own(given: Json, name: str, *, workspace: str | None) -> int:
    known(name)

    def then(service: Service, context: Context) -> int:
        with context.database.connect() as connection:
            values = own_settings.values(connection, context.workspace)
        if name not in values:
            complain(f"the workspace {context.workspace} has no {name} of its own")
            return SOME_REFUSED
        value = values[name]
        sys.stdout.write(value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False) + "\n")
        return DONE

    return within(given, workspace, "settings show", then)


def set_own(given: Json, name: str, files: Sequence[str], *, workspace: str | None) -> int:
    value = value_of(known(name), [text_of(file) for file in files])

    def then(service: Service, context: Context) -> int:
        try:
            set_setting(context, name, value, by=operator())
        except TextError as error:
            raise UnusableError(str(error)) from None
        except DecodeError as error:
            raise UnusableError(str(error.under(name))) from None
        complain(f"{name} is the workspace {context.workspace}'s own now")
        return DONE

    return within(given, workspace, "settings set", then)


def text_of(file: str) -> str:
    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if file == "-" else Path(file).read_bytes()
        if len(data) > LARGEST:
            raise UnusableError(f"{file}: expected at most {LARGEST} bytes")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UnusableError(f"{file}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise UnusableError(f"{file}: expected UTF-8") from None


def value_of(name: str, texts: Sequence[str]) -> Any:
    """What the files hold: mapping files by the names in them, a text, or JSON."""
    if name == "webhook_mappings":
        return {named(text): text for text in texts}
    if len(texts) != 1:
        raise UnusableError(f"FILE: expected one for {name}, got {len(texts)}")
    if name in TEXTS:
        return texts[0]
    try:
        return orjson.loads(texts[0])
    except orjson.JSONDecodeError as error:
        raise UnusableError(f"FILE: expected JSON for {name}: {error}") from None


def named(text: str) -> str:
    """The name in a mapping file, which is looked at closely when it is set."""
    try:
        return str(tomllib.loads(text).get("name", "?"))
    except tomllib.TOMLDecodeError:
        return "?"


def drop_own(given: Json, name: str, *, workspace: str | None) -> int:
    known(name)

    def then(service: Service, context: Context) -> int:
        there = drop_setting(context, name)
        complain(f"{name}: the service's holds {'again' if there else 'anyway'}")
        return DONE

    return within(given, workspace, "settings drop", then)


def set_secret(given: Json, name: str, *, drop: bool, workspace: str | None) -> int:
    value = "" if drop else text_of("-").rstrip("\r\n")

    def then(service: Service, context: Context) -> int:
        if drop:
            if not drop_secret(context, name):
                complain(f"there is no secret {name!r}")
                return SOME_REFUSED
            complain(f"{name} is gone: connectors that use it are not ready")
            return DONE
        try:
            keep_secret(context, name, value, seal=service.sealer.seal, by=operator())
        except DecodeError as error:
            raise UnusableError(str(error)) from None
        complain(f"{name} is kept, sealed")
        return DONE

    return within(given, workspace, "settings secret", then)
