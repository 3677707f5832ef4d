"""What waits for a person: signals to review, approvals, regressions that are scheduled, held advances, alerts."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from service.api.principal import Caller, Role
from service.pages.html import href
from service.pages.inbox_items import DealItem, SignalItem, deal_items, signal_items
from service.pages.signal_words import TYPES
from service.store import conversations, inbox
from service.store.inbox import MOST_COUNTED, Sight, Wanted

__all__ = ["SHOWN", "Asked", "InboxView", "asked_for", "look", "sight_of"]

PAGE = 15
FEW = 5
# What is older than this has settled itself, or nobody will act on it.
RECENT = dt.timedelta(days=30)

SHOWN = {
    "all": "All",
    "signals": "Signals to review",
    "approvals": "Approvals",
    "regressions": "About to fall back",
    "held": "Held advances",
    "alerts": "Alerts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`least` is the confidence in percent from which signals are shown."""

    show: str = "all"
    type: str | None = None
    deal: str | None = None
    least: int | None = None
    after: str | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(type=self.type, deal=self.deal, least=None if self.least is None else self.least / 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    key: str
    label: str
    count: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`all_url` leads to all of it, where this page has only some."""

    key: str
    title: str
    count: str
    signals: Sequence[SignalItem] = ()
    deals: Sequence[DealItem] = ()
    all_url: str | None = None
    first: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxView:
    """`nothing` is whether nothing at all waits, `ever` whether there has been a conversation at all."""

    asked: Asked
    tabs: Sequence[Tab]
    sections: Sequence[Section]
    unassigned: str
    nothing: bool
    ever: bool
    may_approve: bool
    types: Sequence[str]
    here: str


def asked_for(given: Mapping[str, str]) -> Asked:
    """From the URL's parameters; what makes no sense is as if it were not there."""
    show, type, least = given.get("show", "all"), given.get("type"), given.get("least", "")
    return Asked(
        show=show if show in SHOWN else "all",
        type=type if type in TYPES else None,
        deal=(given.get("deal") or "").strip()[:250] or None,
        least=int(least) if least.isdecimal() and int(least) <= 100 else None,
        after=given.get("after") or None,
    )


def sight_of(caller: Caller) -> Sight:
    principal = caller.principal
    return Sight(workspace=caller.context.workspace, owners=principal.owners, person=principal.name)


def look(connection: Connection, caller: Caller, asked: Asked) -> InboxView:
    sight, now = sight_of(caller), caller.context.now()
    since = now - RECENT
    counts = {
        "signals": inbox.count_signals(connection, sight, asked.wanted),
        "approvals": inbox.count_marked(connection, sight, "approval_waiting"),
        "regressions": inbox.count_marked(connection, sight, "regression_scheduled"),
        "held": inbox.count_notices(connection, sight, "advance_held", since),
        "alerts": inbox.count_notices(connection, sight, "alert", since),
    }
    unassigned = inbox.count_unassigned(connection, sight)
    chosen = [key for key in counts if asked.show in ("all", key)]
    nothing = not any(counts.values()) and not unassigned
    return InboxView(
        asked=asked,
        tabs=tabs(asked, counts),
        sections=[
            section(connection, caller, sight, asked, key, counts[key], since)
            for key in chosen
            if counts[key] or asked.show == key
        ],
        unassigned=shown_count(unassigned) if unassigned else "",
        nothing=nothing,
        ever=not nothing or conversations.any_there(connection, caller.context.workspace),
        may_approve=caller.principal.role.covers(Role.MANAGER),
        types=TYPES,
        here=href("/", **parameters(asked)),
    )


def shown_count(number: int) -> str:
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def parameters(asked: Asked) -> dict[str, object]:
    show = None if asked.show == "all" else asked.show
    return {"show": show, "type": asked.type, "deal": asked.deal, "least": asked.least}


def tabs(asked: Asked, counts: Mapping[str, int]) -> list[Tab]:
    out = []
    for key, label in SHOWN.items():
        url = href("/", **parameters(dataclasses.replace(asked, show=key)))
        count = "" if key == "all" else shown_count(counts[key])
        out.append(Tab(key=key, label=label, count=count, url=url, here=asked.show == key))
    return out


def section(
    connection: Connection, caller: Caller, sight: Sight, asked: Asked, key: str, count: int, since: dt.datetime
) -> Section:
    alone = asked.show == key
    most = PAGE if alone else FEW
    here = parameters(dataclasses.replace(asked, show=key))
    signals: list[SignalItem] = []
    deals: list[DealItem] = []
    more: str | None = None
    if key == "signals":
        after = uuid_or_none(asked.after) if alone else None
        found = inbox.signals_waiting(connection, sight, asked.wanted, after=after, most=most + 1)
        more = str(found[most - 1].signal.id) if len(found) > most else None
        signals = signal_items(connection, caller.context.workspace, found[:most])
    else:
        skip = int(asked.after) if alone and asked.after and asked.after.isdecimal() else 0
        skip = min(skip, MOST_COUNTED)
        deals = deal_items(connection, caller, sight, key, since, skip, most + 1)
        more = str(skip + most) if len(deals) > most else None
        deals = deals[:most]
    return Section(
        key=key,
        title=SHOWN[key],
        count=shown_count(count),
        signals=signals,
        deals=deals,
        all_url=href("/", **here) if more and not alone else None,
        first=href("/", **here) if alone and asked.after else None,
        next=href("/", **here, after=more) if alone and more else None,
    )


def uuid_or_none(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
