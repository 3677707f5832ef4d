"""Whom the identity provider names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from service.access.identity import Principal

__all__ = ["Named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """`subject` is what the provider calls the person, `sid` its own session of theirs; `refresh` is with what it can
    be asked anew, where it gave that; `at` is when it named them."""

    principal: Principal
    subject: str
    at: dt.datetime
    sid: str | None = None
    refresh: str | None = field(default=None, repr=False)
