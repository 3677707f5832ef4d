"""Who acts, and how much they may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["LOCAL", "Principal", "Role", "owners_of"]


class Role(StrEnum):
    """From least to most. `ingest` may only post; each other may also do what those before it may."""

    INGEST = "ingest"
    REP = "rep"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    def covers(self, least: Role) -> bool:
        return self.rank >= least.rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who acts in a workspace.

    `name` is who did it, for `by` and the audit log: a person's e-mail address, or the key's name. `key` is the public
    id of the key that proved it. `owners` are the owners whose deals may be seen; None: every deal, also those without
    an owner. `person` is the e-mail address where it is a person. `scopes` narrow what the role may; None: all of it.
    """

    workspace: str
    role: Role
    name: str
    key: str | None = None
    owners: frozenset[str] | None = None
    person: str | None = None
    scopes: frozenset[str] | None = None

    @property
    def oversees(self) -> bool:
        """Whether what comes in may be of any deal: a system that only posts, and whoever sees all deals."""
        return self.owners is None or self.role is Role.INGEST

    def sees(self, owner: str | None) -> bool:
        """Whether a deal of this owner may be seen."""
        return self.owners is None or (owner is not None and owner in self.owners)


# Who everybody is on a machine's own address while there are no keys.
LOCAL = "local"


def owners_of(role: Role, person: str | None, team: Sequence[str]) -> frozenset[str] | None:
    own = frozenset() if person is None else frozenset([person])
    match role:
        case Role.ADMIN:
            return None
        case Role.MANAGER:
            return own | frozenset(team) if team else None
        case Role.REP:
            return own
        case Role.INGEST:
            return frozenset()
