"""What the sections of administration show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from service.flows.context import Context
from service.pages.formats import ago, moment, words
from service.store import actions, audit, circuits, dead, keys
from service.store.actions import StoredAction
from service.store.audit import Line
from service.store.dead import DeadLetter
from service.store.keys import StoredKey

__all__ = [
    "A_PAGE",
    "AuditView",
    "ConnectorView",
    "DeadView",
    "KeyForm",
    "KeyView",
    "Tab",
    "audit_view",
    "connector_views",
    "dead_view",
    "key_views",
    "tabs",
]

A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    id: str
    label: str
    url: str
    here: bool


LABELS = {
    "keys": "Keys",
    "workspaces": "Workspaces",
    "connectors": "Connectors",
    "dead": "Dead letters",
    "retention": "Retention",
    "audit": "Audit log",
}


def tabs(here: str, *, operator: bool) -> tuple[Tab, ...]:
    """`operator`: an administrator of the workspace from which the service is run, who alone sees the others' names."""
    return tuple(
        Tab(id=id, label=label, url="/admin" if id == "keys" else f"/admin/{id}", here=id == here)
        for id, label in LABELS.items()
        if operator or id != "workspaces"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """`good`: it may still be used."""

    id: str
    name: str
    role: str
    whose: str
    scopes: str
    made: str
    used: str
    ends: str
    state: str
    tone: str
    good: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyForm:
    """What was filled in, and what is wrong with it."""

    name: str = ""
    role: str = "rep"
    person: str = ""
    team: str = ""
    days: str = "90"
    fault: str = ""
    field: str = ""


def key_views(context: Context, connection: Connection, after: str | None) -> tuple[tuple[KeyView, ...], str | None]:
    """A page of them, and after which the next one begins."""
    found = keys.find(connection, context.workspace, after=after, most=A_PAGE + 1)
    page = found[:A_PAGE]
    now = context.now()
    return tuple(key_view(key, now) for key in page), page[-1].id if len(found) > A_PAGE else None


def key_view(key: StoredKey, now: dt.datetime) -> KeyView:
    state, tone = "good", "good"
    if key.revoked_at is not None:
        state, tone = "revoked", "bad"
    elif key.expires_at is not None and key.expires_at <= now:
        state, tone = "expired", "warn"
    elif key.old_until is not None and key.old_until > now:
        state = "two secrets for now"
    return KeyView(
        id=key.id,
        name=key.name,
        role=key.role,
        whose=key.person or (", ".join(key.team) if key.team else "all deals"),
        scopes="all that its role may" if key.scopes is None else ", ".join(key.scopes) or "nothing",
        made=f"{moment(key.made_at)} by {key.made_by}",
        used="never" if key.used_at is None else ago(key.used_at, now),
        ends="never" if key.expires_at is None else moment(key.expires_at),
        state=state,
        tone=tone,
        good=state not in ("revoked", "expired"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorView:
    name: str
    kind: str
    takes: str
    state: str
    tone: str
    told: str


def connector_views(context: Context, connection: Connection) -> tuple[ConnectorView, ...]:
    how = circuits.all_of(connection, context.workspace)
    now = context.now()
    shown = []
    for route in context.connectors.routes:
        circuit = how.get(route.name)
        state, tone, told = "ready", "good", ""
        if route.missing:
            state, tone, told = "not ready", "bad", f"Missing: {', '.join(route.missing)}."
        elif circuit is not None and circuit.closed_until is not None and circuit.closed_until > now:
            state, tone = "resting", "warn"
            told = f"Nothing is sent until {moment(circuit.closed_until)}: {circuit.error or 'it failed too often'}"
        elif circuit is not None and circuit.failures:
            state, tone, told = "failing", "warn", circuit.error or ""
        elif route.dry_run:
            state, tone, told = "dry run", "info", "What would be sent is written down and not sent."
        takes = ", ".join(words(each) for each in sorted(route.takes))
        shown.append(ConnectorView(name=route.name, kind=route.kind, takes=takes, state=state, tone=tone, told=told))
    return tuple(shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadView:
    """Newest first; `next` is where the letters' next page begins, `next_action` the actions'."""

    letters: tuple[DeadLetter, ...]
    actions: tuple[StoredAction, ...]
    next: str | None
    next_action: int | None


def dead_view(
    context: Context, connection: Connection, before: tuple[dt.datetime, str] | None, action_before: int | None
) -> DeadView:
    letters = dead.find(connection, context.workspace, before=before, most=A_PAGE + 1)
    given_up = actions.find(connection, context.workspace, states=("dead",), before=action_before, most=A_PAGE + 1)
    page, page_of_actions = letters[:A_PAGE], given_up[:A_PAGE]
    return DeadView(
        letters=tuple(page),
        actions=tuple(page_of_actions),
        next=f"{page[-1].at.isoformat()}~{page[-1].id}" if len(letters) > A_PAGE else None,
        next_action=page_of_actions[-1].seq if len(given_up) > A_PAGE else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    lines: tuple[Line, ...]
    next: int | None
    who: str
    action: str


def audit_view(context: Context, connection: Connection, *, before: int | None, who: str, action: str) -> AuditView:
    found = audit.find(
        connection, context.workspace, before=before, most=A_PAGE + 1, who=who or None, action=action or None
    )
    page = found[:A_PAGE]
    return AuditView(lines=tuple(page), next=page[-1].seq if len(found) > A_PAGE else None, who=who, action=action)
