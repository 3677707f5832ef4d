"""What every flow works with, put together once by the composition root."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection, Engine

from service.connectors.config import Workspace
from service.flows.adopted import Following, none_adopted
from service.flows.folding import Folds
from service.flows.observing import NOBODY, Observer
from service.flows.outlet import NO_OUTLET, Outlet
from service.flows.own_settings import OwnSettings
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
    for it; `our_domains` are the seller's mail domains; `policy`, `our_domains` and the outlet's connectors are the
    service's, `review_policy`, `domains` and `connectors` what holds here: `own` knows what is the workspace's own.
    `forget_answers` throws away what a language model's cache has of a conversation; `readers` are those of workspaces
    that have another than `extract`.

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
    own: OwnSettings | None = None
    forget_answers: Callable[[str], None] = nothing_kept

    def __post_init__(self) -> None:
        object.__setattr__(self, "database", within(self.database, self.workspace))
        if self.adopted is not none_adopted:
            object.__setattr__(self, "base", self.base or self.pipeline)
            found = self.adopted(self.database, self.workspace) if self.workspace else None
            object.__setattr__(self, "pipeline", found or self.base)
        if self.own is not None and self.workspace:
            self.own.ask(self.database)

    def domains_of(self, workspace: str) -> tuple[str, ...]:
        """The mail domains of a workspace, whichever this is in; asks nothing of the database."""
        return self.our_domains if self.own is None else self.own.domains(workspace, self.our_domains)

    @property
    def domains(self) -> tuple[str, ...]:
        return self.domains_of(self.workspace)

    @property
    def review_policy(self) -> Policy:
        return self.policy if self.own is None else self.own.policy(self.workspace, self.policy)

    @property
    def connectors(self) -> Workspace:
        given = self.outlet.outlets.of(self.workspace)
        return given if self.own is None else self.own.outlets(self.workspace, given)

    def read(self, conversation: Conversation) -> list[Signal]:
        """Its signals, by the workspace's reader. Raises ModelUnreachableError where that is a model which is away."""
        from service.flows.model_confidence import with_learned_confidence  # it takes a Context

        with self.observer.reading(conversation.kind.value):
            found = self.readers.get(self.workspace, self.extract)(conversation)
        return with_learned_confidence(self, found)
