"""Words go when they were kept as long as a workspace keeps them; what was concluded from them stays.

Signals, events and decisions keep the short quotes that they rest on: they are the deal's history.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from service.flows.context import Context
from service.privacy.masks import masked
from service.store import conversations, retention

__all__ = ["retain_words", "retention_of", "set_retention", "without_words"]

Json = dict[str, Any]

AT_ONCE = 200


def set_retention(context: Context, days: int | None, *, by: str) -> None:
    """None: as the settings say."""
    with context.database.begin() as connection:
        if days is None:
            retention.forget_days(connection, context.workspace)
        else:
            retention.keep_days(connection, context.workspace, days, by=by, at=context.now())


def retention_of(context: Context, default: int | None) -> int | None:
    """How many days the workspace's words are kept; None: for ever."""
    with context.database.connect() as connection:
        own = retention.days_of(connection, context.workspace)
    return default if own is None else own


def retain_words(context: Context, default: int | None) -> int:
    """Mask what is over its time, in every workspace, some at a time; how many conversations lost their words."""
    now = context.now()
    with dataclasses.replace(context, workspace="").database.connect() as connection:
        limits = retention.workspaces_with_words(connection, now, default)
    return sum(lose(dataclasses.replace(context, workspace=workspace), before) for workspace, before in limits)


def lose(context: Context, before: dt.datetime) -> int:
    workspace = context.workspace
    with context.database.begin() as connection:
        found = conversations.with_words(connection, workspace, before=before, most=AT_ONCE)
        for id, content in found:
            conversations.lose_words(connection, workspace, id, without_words(content), context.now())
            retention.drop_envelope(connection, workspace, id)
            headline = retention.headline(connection, workspace, id)
            if headline is not None and isinstance(headline.get("subject"), str):
                told = headline | {"subject": masked(str(headline["subject"]))}
                retention.set_headline(connection, workspace, id, told)
            # Files, which no transaction holds: a process that dies before the commit only loses answers.
            context.forget_answers(id)
    return len(found)


def without_words(content: Json) -> Json:
    """Who took part, when, and for how long, with nothing left of what was said."""
    out = dict(content)
    if "segments" in out:
        out["segments"] = [each | {"text": masked(each["text"])} for each in out["segments"]]
    for name in ("subject", "body"):
        if isinstance(out.get(name), str):
            out[name] = masked(out[name])
    return out
