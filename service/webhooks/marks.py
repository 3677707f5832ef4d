"""How our own writes to another system are known again. Connectors keep these marks; readers look for them."""

from __future__ import annotations

import hashlib

__all__ = ["by_client", "made", "wrote"]


def by_client(id: str) -> str:
    """Whatever this client, app or user did there: for identities of ours. To be kept without expiry."""
    return f"client:{id}"


def made(object_id: str) -> str:
    """An object that we made there, such as a calendar hold or a task. To be kept without expiry."""
    return f"made:{object_id}"


def wrote(object_id: str, field: str, value: str) -> str:
    """One write of one value. To be kept for as long as its echo may take: an hour is plenty."""
    text = f"{object_id}\n{field}\n{value}"
    return f"wrote:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"
