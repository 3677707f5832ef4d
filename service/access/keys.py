"""Keys are made, exchanged and withdrawn; what a key proves."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from service.access import tokens
from service.access.grants import check_hands_on
from service.access.identity import Principal, Role, owners_of
from service.flows.context import Context
from service.store import audit, keys
from service.store.keys import StoredKey
from signals import DecodeError
from signals.decode import as_object, name, optional_text

__all__ = [
    "OVERLAP",
    "SCOPES",
    "Asked",
    "Random",
    "allowed",
    "asked",
    "make_key",
    "principal_of",
    "revoke_key",
    "rotate_key",
]

Random = Callable[[int], bytes]

# After a rotation both secrets are good for so long, unless the one who rotates says otherwise.
OVERLAP = dt.timedelta(days=1)
LONGEST_OVERLAP = dt.timedelta(days=30)
LONGEST_NAME = 100
MOST_IN_TEAM = 500

# `deals:read` is to GET below /v1/deals, `deals:write` everything else there, and so for each first word of a path.
SCOPE = re.compile(r"[a-z][a-z-]{0,40}:(read|write)")
SCOPES = "such as conversations:write or deals:read: the first word of a path after /v1/, and read or write"
PERSON = re.compile(r"[^\s\x00-\x1f\x7f]{1,250}")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A key that somebody wants. `person` is an e-mail address as deals' owners are written; `team` are owners too."""

    name: str
    role: Role
    scopes: tuple[str, ...] | None = None
    person: str | None = None
    team: tuple[str, ...] = ()
    expires_in: dt.timedelta | None = None


def asked(value: Any) -> Asked:
    """From `{"name", "role", "scopes"?, "person"?, "team"?, "expires_in_days"?}`; raises DecodeError."""
    source = as_object(value)
    for field in source:
        if field not in ("name", "role", "scopes", "person", "team", "expires_in_days"):
            raise DecodeError(field, source[field], "name, role, scopes, person, team or expires_in_days")
    days = source.get("expires_in_days")
    if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not 0 < days <= 3650):
        raise DecodeError("expires_in_days", days, "a number of days, 1 to 3650")
    return allowed(
        title=name(source, "name"),
        role=name(source, "role"),
        scopes=texts(source, "scopes"),
        person=optional_text(source, "person"),
        team=texts(source, "team") or (),
        expires_in=None if days is None else dt.timedelta(days=days),
    )


def texts(source: Mapping[str, Any], field: str) -> tuple[str, ...] | None:
    given = source.get(field)
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise DecodeError(field, given, "a list of texts")
    return tuple(given)


def allowed(
    *,
    title: str,
    role: str,
    scopes: Collection[str] | None,
    person: str | None,
    team: Collection[str],
    expires_in: dt.timedelta | None,
) -> Asked:
    """Raises DecodeError naming what a key cannot be."""
    if len(title) > LONGEST_NAME or not title.isprintable():
        raise DecodeError("name", title[:LONGEST_NAME], f"at most {LONGEST_NAME} characters that can be printed")
    if role not in list(Role):
        raise DecodeError("role", role[:80], "one of " + ", ".join(Role))
    for scope in scopes or ():
        if not SCOPE.fullmatch(scope):
            raise DecodeError("scopes", scope[:80], SCOPES)
    for field, given in (("person", () if person is None else (person,)), ("team", team)):
        for each in given:
            if not PERSON.fullmatch(each):
                raise DecodeError(field, each[:80], "an e-mail address, written as deals' owners are")
    if role == Role.REP and person is None:
        raise DecodeError("person", None, "whose key it is: a rep sees the deals that this person owns")
    if team and role != Role.MANAGER:
        raise DecodeError("team", sorted(team)[0], f"no team for the role {role}: it is for managers")
    if len(team) > MOST_IN_TEAM:
        raise DecodeError("team", len(team), f"at most {MOST_IN_TEAM} people")
    return Asked(
        name=title,
        role=Role(role),
        scopes=None if scopes is None else tuple(sorted(set(scopes))),
        person=person,
        team=tuple(sorted(set(team))),
        expires_in=expires_in,
    )


def make_key(
    context: Context, wanted: Asked, *, by: str, random: Random, maker: Principal | None = None
) -> tuple[StoredKey, str]:
    """The key and its text, which is never to be had again. A `maker` whose scopes are narrowed makes none that may
    more than theirs: raises BeyondMakerError. Without a maker it is made by whoever runs the service."""
    id = tokens.public_id(random(tokens.PUBLIC_BYTES))
    text, secret = tokens.key_text(id, random(tokens.SECRET_BYTES))
    now = context.now()
    stored = StoredKey(
        workspace=context.workspace,
        id=id,
        name=wanted.name,
        secret=tokens.hashed(secret),
        role=wanted.role.value,
        scopes=None if wanted.scopes is None else list(wanted.scopes),
        person=wanted.person,
        team=list(wanted.team),
        made_at=now,
        made_by=by,
        expires_at=None if wanted.expires_in is None else now + wanted.expires_in,
    )
    audit.about(key=id)
    with context.database.begin() as connection:
        if maker is not None:
            check_hands_on(maker, stored, end_of(context, connection, maker))
        keys.add(connection, stored)
    return stored, text


def end_of(context: Context, connection: Connection, maker: Principal) -> dt.datetime | None:
    """When the maker's own key ends."""
    own = None if maker.key is None else keys.look(connection, context.workspace, maker.key)
    return None if own is None else own.expires_at


def rotate_key(
    context: Context,
    id: str,
    *,
    random: Random,
    overlap: dt.timedelta = OVERLAP,
    maker: Principal | None = None,
) -> tuple[StoredKey, str] | None:
    """A new secret for the key; the one before stays good for `overlap`. None where no such key is good any more.
    Raises BeyondMakerError for a key that may more than its `maker`, who would then have its secret."""
    text, secret = tokens.key_text(id, random(tokens.SECRET_BYTES))
    now = context.now()
    audit.about(key=id)
    with context.database.begin() as connection:
        held = keys.get(connection, context.workspace, id)
        if held is None or not living(held, now):
            # Looking took a lock, which would count as a change in the audit log.
            connection.rollback()
            return None
        if maker is not None:
            check_hands_on(maker, held, end_of(context, connection, maker))
        until = now + min(overlap, LONGEST_OVERLAP)
        fresh = tokens.hashed(secret)
        keys.rotate(connection, context.workspace, id, secret=fresh, old_secret=held.secret, old_until=until)
    return dataclasses.replace(held, secret=fresh, old_secret=held.secret, old_until=until), text


def revoke_key(context: Context, id: str) -> StoredKey | None:
    """It is good for nothing from now on, and neither are its sessions. Again changes nothing."""
    audit.about(key=id)
    with context.database.begin() as connection:
        held = keys.get(connection, context.workspace, id)
        if held is None or held.revoked_at is not None:
            connection.rollback()
            return held
        keys.revoke(connection, context.workspace, id, context.now())
    return dataclasses.replace(held, revoked_at=context.now())


def living(key: StoredKey, now: dt.datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def proves(key: StoredKey, secret: str, now: dt.datetime) -> bool:
    """Both secrets are compared, whichever is right."""
    shown = tokens.hashed(secret)
    right = tokens.same(shown, key.secret)
    old = key.old_secret is not None and tokens.same(shown, key.old_secret)
    return right or (old and key.old_until is not None and now < key.old_until)


def principal_of(key: StoredKey) -> Principal:
    """A rep sees the deals of the person whose key it is, a manager these and the team's; a manager's key without a
    team and an admin's see all. An `ingest` key sees none."""
    role = Role(key.role)
    return Principal(
        workspace=key.workspace,
        role=role,
        name=key.person or key.name,
        key=key.id,
        owners=owners_of(role, key.person, key.team),
        person=key.person,
        scopes=None if key.scopes is None else frozenset(key.scopes),
    )
