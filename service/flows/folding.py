"""A deal's fold that goes on where it ended, and where such folds are kept between one event and the next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.flows.fold import added, creation_first

if TYPE_CHECKING:
    from engine import Decision, Event, Ledger, Pipeline

__all__ = ["Folding", "Folds"]

# (workspace, deal)
Whose = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class Folding:
    """`arrived` are the events so far in order of arrival, `taken` the same in the order in which they were taken."""

    ledger: Ledger
    arrived: list[Event] = field(default_factory=list)
    taken: list[Event] = field(default_factory=list)

    def begin(self, old: Sequence[Event]) -> None:
        """A fold that has taken nothing yet takes the deal's history, in order of arrival."""
        self.arrived, self.taken = list(old), creation_first(old)
        self.ledger.load(self.taken)

    def go_on(self, new: Sequence[Event]) -> list[Decision] | None:
        """What the new events bring; None where they change the order of those before, who must be folded anew: this
        fold is then as it was."""
        arrived = [*self.arrived, *new]
        order = creation_first(arrived)
        done = len(self.taken)
        if order[:done] != self.taken:
            return None
        self.arrived, self.taken = arrived, order
        return [decision for event in order[done:] for decision in added(self.ledger, event)]


@dataclass(frozen=True, slots=True)
class Kept:
    history: bytes
    pipeline: str
    folding: Folding


class Folds:
    """Those of the deals that had events last, `most` events in all. One for each process, for all its threads.

    A fold is known by the hash of the very history that it is the fold of. Whoever takes one owns it: it comes back
    when what it has taken since is stored, and never where that fails. What is found here is thus the fold of what the
    database holds, or is not found.
    """

    def __init__(self, *, most: int) -> None:
        self.most = most
        self.events = 0
        self.kept: OrderedDict[Whose, Kept] = OrderedDict()
        self.lock = threading.Lock()

    def take(self, whose: Whose, history: bytes, pipeline: Pipeline) -> Folding | None:
        """The fold of this history under the pipeline, if it is here. Another one of the deal's is of no more use."""
        with self.lock:
            kept = self.drop(whose)
        if kept is None or kept.history != history or kept.pipeline != pipeline.version:
            return None
        return kept.folding

    def put(self, whose: Whose, history: bytes, pipeline: Pipeline, folding: Folding) -> None:
        """In the transaction that stores its history: where that is rolled back, no history has this hash."""
        with self.lock:
            self.drop(whose)
            self.kept[whose] = Kept(history, pipeline.version, folding)
            self.events += len(folding.arrived)
            while self.events > self.most:
                self.drop(next(iter(self.kept)))

    def drop(self, whose: Whose) -> Kept | None:
        kept = self.kept.pop(whose, None)
        if kept is not None:
            self.events -= len(kept.folding.arrived)
        return kept
