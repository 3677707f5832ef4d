"""A stretch of days, both ends included."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from signals import decode
from signals.errors import DecodeError

__all__ = ["Period"]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """`start` and `end` are days, both inclusive; equal for a single day."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise DecodeError("end", self.end.isoformat(), f"a date not before start ({self.start.isoformat()})")

    @classmethod
    def day(cls, date: dt.date) -> Period:
        return cls(date, date)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @classmethod
    def from_json(cls, value: object) -> Period:
        source = decode.as_object(value)
        return cls(decode.day(source, "start"), decode.day(source, "end"))

    def to_json(self) -> dict[str, Any]:
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}
