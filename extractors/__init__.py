"""Words to signals: what buyers say, read from a conversation. No web, no database, no judgement of deals."""

from __future__ import annotations

import datetime as dt
from typing import Any

from signals import Conversation, Signal

__all__ = ["extract", "notes", "spans"]


def extract(conversation: Conversation) -> list[Signal]:
    """The facts stated in the conversation, in the order in which they were first said.

    The first call loads what it needs (about a second); later ones are warm. Safe to call from threads.
    """
    from extractors.extraction import extract as run  # heavy imports stay out of `import extractors`

    return run(conversation)


def notes(conversation: Conversation) -> list[str]:
    """What whoever reads the result should know of how it came about, in sentences: that the conversation is in a
    language that is not read. Mostly nothing."""
    from extractors.language import notes as run

    return run(conversation)


def spans(
    text: str, *, now: dt.datetime | None = None, currency: str = "USD", day_first: bool = False
) -> dict[str, list[dict[str, Any]]]:
    """Everything written in `text` before any judgement: amounts, periods, people, companies, titles."""
    from extractors.written import spans as run

    return run(text, now=now, currency=currency, day_first=day_first)
