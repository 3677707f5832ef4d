"""Why something could not be done outside. Each message is a sentence for a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

__all__ = ["ConflictError", "LaterError", "NeedsPersonError", "RefusedError"]


class NeedsPersonError(Exception):
    """It cannot even be built: something is not known that a person can say or do."""


class RefusedError(Exception):
    """The other system will never take it as it is."""


class LaterError(Exception):
    """It may work later. `unclear`: it may also have worked already. `wait` is what the other system asked for.
    `blames`: the system does badly, and others should leave it alone for a while."""

    def __init__(
        self, message: str, *, unclear: bool = False, wait: dt.timedelta | None = None, blames: bool = True
    ) -> None:
        super().__init__(message)
        self.unclear, self.wait, self.blames = unclear, wait, blames


class ConflictError(Exception):
    """Somebody there decided otherwise, and later than we did. `found` is what stands there now."""

    def __init__(self, message: str, found: dict[str, Any]) -> None:
        super().__init__(message)
        self.found = found
