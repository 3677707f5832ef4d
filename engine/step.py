"""One step of a fold: the deal, the event at hand, and the decisions taken so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from engine.deal import Deal
from engine.decisions import Decision, DecisionType
from engine.events import Event, Quote
from engine.pipeline import Pipeline

LONGEST = 200
NO_DATA: Mapping[str, Any] = {}


class Step:
    """`at` is the moment that decisions carry; `event` the event at hand, and for what time brings, the newest one.

    `heard_at` is the newest time that was known of the deal when the event arrived; `gained` is who has just been given
    a role, with the role; `timed` is true while time brings something.
    """

    __slots__ = ("at", "deal", "decisions", "earned", "event", "gained", "heard_at", "move", "pipeline", "timed")

    def __init__(self, pipeline: Pipeline, deal: Deal, event: Event, heard_at: dt.datetime) -> None:
        self.pipeline, self.deal, self.event, self.heard_at = pipeline, deal, event, heard_at
        self.at = event.occurred_at
        self.decisions: list[Decision] = []
        self.earned: list[tuple[str, int]] = []
        self.gained: tuple[str, str] | None = None
        self.move: str | None = None
        self.timed = False

    def decide(
        self,
        kind: DecisionType,
        rule: str,
        why: str,
        *,
        source: Any = None,
        to: Any = None,
        events: tuple[str, ...] = (),
        data: Mapping[str, Any] = NO_DATA,
        cause: object = None,
    ) -> None:
        """Records a decision. `events` beside the one at hand come first; what time brings rests on `events` alone."""
        ids = events if self.timed and events else unique((*events, self.cause()))
        full = {**data, "pipeline": self.pipeline.label, "quotes": self.quotes(ids)}
        decision = Decision(
            type=kind,
            deal_id=self.deal.id,
            at=self.at,
            rule=rule,
            source=source,
            to=to,
            events=ids,
            why=why,
            data=full,
            cause=cause,
        )
        self.decisions.append(decision)

    def cause(self) -> str:
        """The event at hand. What time brings has none, for any may have brought the time: it rests on what moved the
        deal just now, or on the last touch."""
        if not self.timed:
            return self.event.id
        return self.deal.entered_event if self.move else self.deal.last_touch_event

    def quotes(self, ids: tuple[str, ...]) -> list[dict[str, Any]]:
        words = self.deal.words
        return [quoted(name, quote) for name in ids if name in words for quote in words[name]]


def unique(ids: tuple[str, ...]) -> tuple[str, ...]:
    return ids if len(ids) < 2 else tuple(dict.fromkeys(ids))


def quoted(event: str, quote: Quote) -> dict[str, Any]:
    out: dict[str, Any] = {"event": event, "conversation": quote.conversation, "segments": list(quote.segments)}
    out["text"] = quote.text
    if quote.speaker is not None:
        out["speaker"] = quote.speaker
    return out


def words_of(step: Step) -> str:
    """The words of the event at hand, as the end of a sentence; empty where none came along, or time brings it."""
    quotes = () if step.timed else step.event.quotes
    return f" (“{shortened(quotes[0].text)}”)" if quotes else ""


def ended(text: str) -> str:
    """A sentence with its end, whether or not a person has written one."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def shortened(text: str) -> str:
    """Words on one line, at most so long that a sentence stays one; the whole stands in the decision's quotes."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"
