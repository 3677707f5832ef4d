"""What a narrowed key may hand on: never more than it has itself, or its scopes would narrow nothing."""

from __future__ import annotations

import datetime as dt

from service.access.identity import Principal, Role, owners_of
from service.store.keys import StoredKey

__all__ = ["BeyondMakerError", "check_hands_on"]


class BeyondMakerError(Exception):
    """`field` of the key would be more than its maker has; `expected` is the most that it may be."""

    def __init__(self, field: str, expected: str) -> None:
        self.field = field
        self.expected = expected
        super().__init__(f"{field}: a key with scopes hands on no more than it has; expected {expected}")


def check_hands_on(maker: Principal, key: StoredKey, maker_ends: dt.datetime | None) -> None:
    """Raises BeyondMakerError where the key would be more than its maker, whose own key ends at `maker_ends`.

    Whoever has no scopes has all that the role may, and may hand it on.
    """
    if maker.scopes is None:
        return
    if key.scopes is None or not frozenset(key.scopes) <= maker.scopes:
        raise BeyondMakerError("scopes", f"some of {', '.join(sorted(maker.scopes)) or 'none'}")
    role = Role(key.role)
    if not maker.role.covers(role):
        raise BeyondMakerError("role", f"{maker.role} or a lower one")
    if maker.person is not None and key.person != maker.person:
        raise BeyondMakerError("person", f"{maker.person}, whose key makes it")
    owners = owners_of(role, key.person, key.team)
    if maker.owners is not None and (owners is None or not owners <= maker.owners):
        raise BeyondMakerError("team", f"some of {', '.join(sorted(maker.owners))}")
    if maker_ends is not None and (key.expires_at is None or key.expires_at > maker_ends):
        raise BeyondMakerError("expires_in_days", f"an end by {maker_ends.isoformat()}, when its maker's own key ends")
