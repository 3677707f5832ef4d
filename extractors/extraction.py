"""From a conversation to its signals."""

from __future__ import annotations

from extractors.catalogue import families
from extractors.confidence import calibrated
from extractors.consolidate import place
from extractors.reading import read
from extractors.sides import nobody_sells
from signals import Conversation, Signal

__all__ = ["extract"]


def extract(conversation: Conversation) -> list[Signal]:
    """The facts stated in the conversation, in the order in which they were first said. Keeps no state between calls,
    so it may be called from threads. A meeting in which nobody sells has none."""
    reading = read(conversation)
    if nobody_sells(conversation, reading.sides):
        return []
    found = [calibrated(signal) for family in families() for signal in family(reading)]
    return sorted(found, key=lambda signal: (*place(signal), signal.type))
