"""What is known of a deal, with the words that say so: what documents are written from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from engine.close_date import close_date_of
from engine.deal import Deal, Person
from engine.events import Event, SignalHeard
from engine.pipeline import Pipeline
from engine.templates import NOT_KNOWN, money
from signals import Element, Qualification, Signal

__all__ = ["Dossier", "Heard", "dossier"]

S = TypeVar("S", bound=Signal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A signal with its day and its words, each piece as it was said."""

    signal: Signal
    day: dt.date
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A deal's state, and what was heard of it in order of time."""

    deal: Deal
    pipeline: Pipeline
    heard: tuple[Heard, ...]

    def of(self, kind: type[S]) -> list[tuple[S, Heard]]:
        """What was heard of one kind, the signal and all about it."""
        return [(heard.signal, heard) for heard in self.heard if isinstance(heard.signal, kind)]

    def element(self, element: Element) -> list[Heard]:
        return [heard for signal, heard in self.of(Qualification) if signal.element is element]

    def told(self, name: str) -> str:
        value = self.deal.facts.get(name)
        return NOT_KNOWN if value is None or value == "" else str(value)

    @property
    def amount(self) -> str:
        return money(self.deal.facts.get("amount"), self.deal.currency)

    @property
    def close_date(self) -> str:
        day = close_date_of(self.deal, self.pipeline, self.deal.now)
        return NOT_KNOWN if day is None else day.isoformat()

    @property
    def buyers(self) -> list[Person]:
        return [person for person in self.deal.people.values() if person.side_buyer]


def dossier(deal: Deal, events: Iterable[Event], pipeline: Pipeline) -> Dossier:
    """A dossier from a deal and its events that stand (`Ledger.dossier` knows which)."""
    heard = tuple(
        Heard(
            signal=event.body.signal,
            day=pipeline.calendar.day(event.occurred_at),
            words=tuple(quote.text for quote in event.quotes),
        )
        for event in events
        if isinstance(event.body, SignalHeard)
    )
    return Dossier(deal=deal, pipeline=pipeline, heard=heard)
