"""The list of conversations: searched, filtered and paged, all of it in the URL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection

from service.api.principal import Caller
from service.pages.conversation import url_of
from service.pages.formats import moment
from service.pages.html import href
from service.store import conversation_list
from service.store.conversation_list import Asked, Listed

__all__ = ["KINDS", "STATES", "ListView", "Row", "asked_for", "look"]

PAGE = 50

KINDS = {"": "calls and mails", "call": "calls", "email": "mails"}
STATES = {
    "": "any state",
    "pending": "with signals to review",
    "waiting": "whose deal is not known",
    "received": "not read yet",
    "read": "read",
    "failed": "failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`title` is the account, or who wrote or spoke where the deal is not known."""

    url: str
    title: str
    about: str
    kind: str
    when: str
    deal: str
    state: str
    tone: str
    signals: int
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """`asked` is what the filters show; `filtered` tells an empty list from an empty workspace."""

    rows: Sequence[Row]
    asked: Asked
    filtered: bool
    first: str | None
    next: str | None


def asked_for(given: Mapping[str, str]) -> Asked:
    """From the URL's parameters; what makes no sense is as if it were not there."""
    kind, state = given.get("kind") or None, given.get("state") or None
    return Asked(
        search=(given.get("q") or "").strip()[:200] or None,
        kind=kind if kind in KINDS else None,
        state=state if state in STATES else None,
        deal=(given.get("deal") or "").strip()[:250] or None,
    )


def look(connection: Connection, caller: Caller, asked: Asked, cursor: str | None) -> ListView:
    found = conversation_list.listed(
        connection,
        caller.context.workspace,
        caller.principal.owners,
        asked,
        after=place(cursor),
        most=PAGE + 1,
    )
    page, here = found[:PAGE], parameters(asked)
    more = f"{page[-1].occurred_at.isoformat()}/{page[-1].id}" if len(found) > PAGE else None
    return ListView(
        rows=[row(each) for each in page],
        asked=asked,
        filtered=any(asdict(asked).values()),
        first=href("/conversations", **here) if cursor else None,
        next=href("/conversations", **here, after=more) if more else None,
    )


def parameters(asked: Asked) -> dict[str, str | None]:
    return {"q": asked.search, "kind": asked.kind, "state": asked.state, "deal": asked.deal}


def place(cursor: str | None) -> tuple[dt.datetime, str] | None:
    """None for a cursor that is none: the list then begins at its beginning."""
    at, slash, id = (cursor or "").partition("/")
    try:
        found = dt.datetime.fromisoformat(at)
    except ValueError:
        return None
    return (found, id) if slash and found.tzinfo else None


def row(each: Listed) -> Row:
    headline = each.headline or {}
    people = headline.get("participants")
    names = (
        [str(person.get("name") or person.get("email") or "") for person in people or () if isinstance(person, dict)]
        if isinstance(people, list)
        else []
    )
    state, tone = state_of(each)
    return Row(
        url=url_of(each.id),
        title=each.account or each.deal or ", ".join(filter(None, names[:3])) or each.id,
        about=str(headline.get("subject") or ", ".join(filter(None, names[:4]))),
        kind="mail" if each.kind == "email" else "call",
        when=moment(each.occurred_at),
        deal=each.deal or "",
        state=state,
        tone=tone,
        signals=each.signals,
        pending=each.pending,
    )


def state_of(each: Listed) -> tuple[str, str]:
    """In words, with the tone of the badge."""
    if each.state == "failed":
        return "failed", "bad"
    if each.state == "received":
        return "not read yet", "info"
    if each.deal is None:
        return "deal not known", "warn"
    return ("to review", "accent") if each.pending else ("read", "")
