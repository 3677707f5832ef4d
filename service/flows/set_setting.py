"""Set what a workspace has of its own instead of the service's; what is wrong is said before anything is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import Mistake
from service.connectors.config import ConnectorsError, own_outlets_from
from service.flows.context import Context
from service.flows.review_policy import own_policy_from
from service.store import own_settings
from service.webhooks.door import BUILT_IN
from service.webhooks.inlet import SETTINGS as VALUES
from service.webhooks.inlet import checked_setting as checked_value
from service.webhooks.mapping_file import MappingError, source_from_text
from signals import DecodeError

__all__ = ["SETTINGS", "TEXTS", "TextError", "drop_setting", "heard", "secrets_of", "set_setting"]

# Those that are the text of what is a file for the service.
TEXTS = ("review_policy", "connectors", "webhook_mappings")
SETTINGS = (*VALUES, *TEXTS)

LONGEST_TEXT, MOST_MAPPINGS = 100_000, 50


class TextError(ValueError):
    """A text cannot be followed: every mistake in it, each with its line and its mend."""

    def __init__(self, name: str, mistakes: Sequence[Mistake]) -> None:
        self.name, self.mistakes = name, tuple(mistakes)
        super().__init__("\n".join(mistake.sentence(name) for mistake in mistakes))


def set_setting(context: Context, name: str, value: Any, *, by: str) -> Any:
    """The value as it is kept. Raises DecodeError, and TextError for a text that cannot be followed."""
    kept = checked(context, name, value)
    with context.database.begin() as connection:
        own_settings.put(connection, context.workspace, name, kept, by=by, at=context.now())
    heard(context)
    return kept


def drop_setting(context: Context, name: str) -> bool:
    """Let the service's hold again; whether the workspace had its own."""
    with context.database.begin() as connection:
        there = own_settings.drop(connection, context.workspace, name)
    heard(context)
    return there


def heard(context: Context) -> None:
    """Other processes follow within some seconds, this one at once."""
    if context.own is not None:
        context.own.forget()
        context.own.ask(context.database)


def checked(context: Context, name: str, value: Any) -> Any:
    match name:
        case "review_policy":
            pipeline = context.pipeline
            text = text_of(value, "value")
            try:
                own_policy_from(text, pipeline=pipeline.name, stages=pipeline.positions)
            except DecodeError as error:
                raise error.under("value") from None
            return text
        case "connectors":
            text = text_of(value, "value")
            try:
                own_outlets_from(text, source=name, secrets=secrets_of(context))
            except ConnectorsError as error:
                raise TextError(name, error.mistakes) from None
            return text
        case "webhook_mappings":
            return mappings(value)
        case _:
            return checked_value(name, value)


def secrets_of(context: Context) -> dict[str, str]:
    """The workspace's own, as far as they can be opened: what is in them may be wrong for what names them."""
    return {} if context.own is None else context.own.secrets(context.workspace)


def text_of(value: Any, field: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise DecodeError(field, value, f"the text of a TOML file, of at most {LONGEST_TEXT} characters")
    return value


def mappings(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or len(value) > MOST_MAPPINGS:
        raise DecodeError(
            "value", value, f'at most {MOST_MAPPINGS} mapping files by their names, {{"erp": "name = ..."}}'
        )
    taken = {source.name for source in BUILT_IN}
    out = {}
    for name, given in value.items():
        text = text_of(given, f"value.{name[:40]}")
        try:
            source = source_from_text(text, source=name[:40])
        except MappingError as error:
            raise TextError(f"webhook_mappings.{name[:40]}", error.mistakes) from None
        if source.name != name:
            raise DecodeError(
                f"value.{name[:40]}", source.name, f'a file that says name = "{name[:40]}", or the other key'
            )
        if name in taken:
            raise DecodeError(f"value.{name}", name, "a name that no built-in source has")
        out[name] = text
    return out
