"""What a signal is by all that people said of it: pure, and the same in whatever order reviews were undone."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from service.flows.same_signal import same_facts
from service.store.reviews import StoredReview
from service.store.signals import StoredSignal

__all__ = ["content_found", "contents_known", "latest", "repeats", "reviewed_state", "stands_as"]

Json = dict[str, Any]

# In these states a signal is an event of its deal.
COUNTING = ("accepted", "corrected")


def reviewed_state(signal: StoredSignal, log: Sequence[StoredReview]) -> StoredSignal:
    """The signal as the reviews that stand leave it; as the machine had it where none does."""
    if not log:
        return signal
    state, content = log[0].before["state"], log[0].before["signal"]
    corrected = False
    for review in log:
        if review.undone_at is not None:
            continue
        if review.action == "correct":
            state, content, corrected = "corrected", review.after["signal"], True
        elif review.action == "dismiss":
            state = "dismissed"
        else:
            # Accepting what was corrected, or dismissed after that, is agreeing with the correction.
            state = "corrected" if corrected else "accepted"
    return dataclasses.replace(signal, state=state, content=content, type=content["type"])


def latest(log: Sequence[StoredReview]) -> StoredReview | None:
    """The last review that stands: who decided."""
    return next((each for each in reversed(log) if each.undone_at is None), None)


def content_found(signal: StoredSignal, log: Sequence[StoredReview]) -> Json:
    """What the machine read, or what a person added, before anybody corrected it."""
    found: Json = log[0].before["signal"] if log else signal.content
    return found


def contents_known(signal: StoredSignal, log: Sequence[StoredReview]) -> list[Json]:
    """Everything that the signal was ever said to be."""
    return [signal.content, *(each.before["signal"] for each in log), *(each.after["signal"] for each in log)]


def stands_as(signal: StoredSignal) -> Json | None:
    """What it tells its deal, if anything."""
    return signal.content if signal.state in COUNTING else None


def repeats(log: Sequence[StoredReview], action: str, content: Json | None) -> StoredReview | None:
    """The standing review that this one would only say again."""
    last = latest(log)
    if last is None:
        return None
    if action == "correct":
        assert content is not None
        same = last.action in ("correct", "add") and same_facts(last.after["signal"], content)
    elif action == "accept":
        same = last.action in ("accept", "correct", "add")
    else:
        same = last.action == action
    return last if same else None
