"""What a connector is to the rest: it builds what is sent, sends it, and says in one of four ways why it could not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from service.connectors.http import Http

__all__ = [
    "FIELDS",
    "About",
    "Asked",
    "Attempt",
    "Buyer",
    "Connector",
    "Kind",
    "Mark",
    "Repeat",
]

Json = dict[str, Any]


class Kind(StrEnum):
    """What is asked for. The first eight are those of pipeline files."""

    EMAIL = "email"
    TASK = "task"
    NOTIFY = "notify"
    DOCUMENT = "document"
    APPROVAL = "approval"
    QUEUE = "queue"
    CRM = "crm"
    WEBHOOK = "webhook"
    ALERT = "alert"
    STAGE = "stage"
    AMOUNT = "amount"
    CLOSE_DATE = "close_date"
    REVIEW = "review"


# Of these only the newest matters; through one connector they go one after the other.
FIELDS = frozenset({Kind.STAGE, Kind.AMOUNT, Kind.CLOSE_DATE})


class Repeat(StrEnum):
    """What happens after an attempt that may have had its effect: the other system knows our key, we look for our mark
    before we write again, or neither is possible and a person decides."""

    KEY = "key"
    LOOK = "look"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One action: `kind`, the `action` of the pipeline file, and what is wanted. `content` holds `why` and, by kind,
    `body`, `document`, `to` (roles), `stage`, `from`, `value`, `signal`."""

    kind: Kind
    action: str
    title: str
    at: dt.datetime
    due_at: dt.datetime | None
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Somebody of the buyer's who has not left."""

    name: str
    role: str | None
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of the deal when the action is sent. `state` is the deal's, as the engine shows it; `elsewhere`
    says what other systems call the deal; `addresses` are the mail addresses of those who are to hear of it and
    `nobody` the roles without one; `text` is the body or the document, as Markdown; `quotes` are the words that caused
    the decision."""

    deal: str
    state: Mapping[str, Any]
    elsewhere: Mapping[str, str]
    addresses: tuple[str, ...]
    nobody: tuple[str, ...]
    text: str
    link: str | None
    buyers: tuple[Buyer, ...] = ()
    quotes: tuple[str, ...] = ()

    @property
    def account(self) -> str:
        return str(self.state.get("account") or self.deal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How a write comes back as an event (`service.webhooks.marks`); a standing one is who we are there."""

    system: str
    mark: str
    standing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`key` is the same in every attempt of an action; `again` says that an earlier one may have had its effect;
    `at` is the moment of the decision."""

    key: str
    again: bool
    at: dt.datetime
    now: Callable[[], dt.datetime]
    http: Http


class Connector(Protocol):
    """`build` is pure and raises NeedsPersonError; `send` raises RefusedError, LaterError, ConflictError.

    `can` are the kinds that it knows how to do; `repeat` is how often an effect can be asked for.
    """

    @property
    def can(self) -> frozenset[Kind]: ...

    @property
    def repeat(self) -> Repeat: ...

    def build(self, asked: Asked, about: About) -> Json:
        """What is sent, as it will be stored; no secrets."""

    def marks(self, payload: Json) -> Sequence[Mark]:
        """How our write may come back; to be stored before it is sent."""

    def send(self, payload: Json, attempt: Attempt) -> Json:
        """Do it; what is worth keeping of the answer."""

    def made(self, result: Json) -> Sequence[Mark]:
        """How what was made there comes back, by what the answer told."""

    def test(self, attempt: Attempt) -> str:
        """Ask the other system something that changes nothing; a sentence of what it said."""
