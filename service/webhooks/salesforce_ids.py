"""Salesforce's ids: 15 characters in which case counts, or 18, the last three telling the case of the others."""

from __future__ import annotations

import re

__all__ = ["OPPORTUNITY", "long_id"]

OPPORTUNITY = "006"
SHORT = re.compile("[0-9A-Za-z]{15}")
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_id(id: str) -> str:
    """The 18 characters of a 15-character id; anything else as it is."""
    if not SHORT.fullmatch(id):
        return id
    pieces = (id[0:5], id[5:10], id[10:15])
    return id + "".join(CHECK[sum(c.isupper() << n for n, c in enumerate(piece))] for piece in pieces)
