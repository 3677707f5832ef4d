"""What every flow works with, put together once by the composition root."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection, Engine

from service.flows.adopted import Following, none_adopted
from service.flows.folding import Folds
from service.flows.observing import NOBODY, Observer
from service.flows.outlet import NO_OUTLET, Outlet
from service.flows.own_domains import OwnDomains
from service.flows.review_policy import NO_RULES, Policy
from service.store.connect import within
from signals import Conversation, Signal

if TYPE_CHECKING:
    from engine import Pipeline

__all__ = ["Context", "Defer", "ReadJob"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadJob:
    """A conversation to be read, in `delay` seconds at the earliest."""

    workspace: str
    conversation: str
    deal: str | None
    delay: int = 0


# Jobs that are there exactly if the transaction is.
Defer = Callable[[Connection, Sequence[ReadJob]], None]


def nothing_kept(conversation: str) -> None:
    """Where no language model reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """`accept_at` is the confidence from which a signal moves its deal without a person, where `policy` has no rule
    for it; `our_domains` are the seller's mail domains, the workspace's own where it has some; `forget_answers` throws
    away what a language model's cache has of a conversation; `readers` are those of workspaces that have another than
    `extract`.

    `database` is inside `workspace`, whichever was given: a query that forgets its workspace finds no other one's rows.
    The workspace "" is none and all of them, for sweeps, which then go into one by `dataclasses.replace`.

    `folds` keeps deals' folds between their events, for those who come next.

    `pipeline` is the one that the workspace `adopted`, else the one that was given, which `base` keeps.
    """

    database: Engine
    workspace: str
    pipeline: Pipeline
    accept_at: float
    extract: Callable[[Conversation], list[Signal]]
    defer: Defer
    now: Callable[[], dt.datetime]
    new_id: Callable[[], UUID]
    our_domains: tuple[str, ...] = ()
    policy: Policy = NO_RULES
    outlet: Outlet = NO_OUTLET
    readers: Mapping[str, Callable[[Conversation], list[Signal]]] = field(default_factory=dict)
    observer: Observer = NOBODY
    adopted: Following = none_adopted
    base: Pipeline | None = None
    folds: Folds = field(default_factory=lambda: Folds(most=0))
    own_domains: OwnDomains | None = None
    base_domains: tuple[str, ...] | None = None
    forget_answers: Callable[[str], None] = nothing_kept

    def __post_init__(self) -> None:
        object.__setattr__(self, "database", within(self.database, self.workspace))
        if self.adopted is not none_adopted:
            object.__setattr__(self, "base", self.base or self.pipeline)
            found = self.adopted(self.database, self.workspace) if self.workspace else None
            object.__setattr__(self, "pipeline", found or self.base)
        if self.own_domains is not None:
            if self.base_domains is None:
                object.__setattr__(self, "base_domains", self.our_domains)
            if self.workspace:
                self.own_domains.ask(self.database)
            object.__setattr__(self, "our_domains", self.domains_of(self.workspace))

    def domains_of(self, workspace: str) -> tuple[str, ...]:
        """The mail domains of a workspace, whichever this is in; asks nothing of the database."""
        if self.own_domains is None:
            return self.our_domains
        return self.own_domains.of(workspace, self.base_domains or ())

    def read(self, conversation: Conversation) -> list[Signal]:
        """Its signals, by the workspace's reader. Raises ModelUnreachableError where that is a model which is away."""
        from service.flows.model_confidence import with_learned_confidence  # it takes a Context

        with self.observer.reading(conversation.kind.value):
            found = self.readers.get(self.workspace, self.extract)(conversation)
        return with_learned_confidence(self, found)
