"""Mail addresses, as far as we have to know them: no name, no list, nothing that could end a header."""

from __future__ import annotations

import re

__all__ = ["is_address"]

ADDRESS = re.compile(r"[^\s@<>,;\"()\x00-\x1f]{1,64}@[^\s@<>,;\"()\x00-\x1f]{1,190}")


def is_address(text: str) -> bool:
    return bool(ADDRESS.fullmatch(text))
