"""Who signs: the one person of the buyer's who has the role, with an address; never one that is guessed."""

from __future__ import annotations

from service.connectors.errors import NeedsPersonError
from service.connectors.protocol import About, Buyer

__all__ = ["signer_of"]


def signer_of(about: About, role: str, *, needed: bool) -> Buyer | None:
    """None where nobody is known, or several are, and a person will choose in the draft. Raises NeedsPersonError where
    it goes out at once."""
    found = [buyer for buyer in about.buyers if buyer.role == role and buyer.address]
    if len(found) == 1:
        return found[0]
    if not needed:
        return None
    how_many = "nobody" if not found else f"{len(found)} people"
    raise NeedsPersonError(f"{how_many} of {about.account} with the role {role} and a mail address: a person chooses")
