"""The words of an action for people: what every mail, message and task says in the same way."""

from __future__ import annotations

import datetime as dt

from service.connectors.errors import NeedsPersonError
from service.connectors.protocol import About, Asked

__all__ = ["hold", "line", "plain", "subject"]

LONGEST_SUBJECT = 200


def line(text: str) -> str:
    """One line of it: a header or a title can hold no more."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def hold(asked: Asked, minutes: int) -> tuple[dt.datetime, dt.datetime]:
    """From when to when a calendar holds the time for it; what is due at no time has no place in a calendar."""
    if asked.due_at is None:
        raise NeedsPersonError("it has no due date: a calendar can hold only what has one")
    end = asked.due_at.astimezone(dt.UTC)
    return end - dt.timedelta(minutes=minutes), end


def subject(asked: Asked) -> str:
    text = line(asked.title)
    return text if len(text) <= LONGEST_SUBJECT else text[: LONGEST_SUBJECT - 1] + "…"


def plain(asked: Asked, about: About) -> str:
    """What it is about, why, until when, and where to look."""
    parts = [about.text] if about.text else []
    if asked.content.get("suggest"):
        parts.append(str(asked.content["suggest"]))
    if asked.content.get("why"):
        parts.append(f"Why: {asked.content['why']}")
    parts += about.quotes
    if asked.due_at is not None:
        parts.append(f"Due: {asked.due_at:%Y-%m-%d %H:%M} UTC")
    where = f"Deal: {about.account} ({about.deal})" + (f", in {about.state['stage']}" if about.state else "")
    parts.append(where + (f"\n{about.link}" if about.link else ""))
    return "\n\n".join(parts)
