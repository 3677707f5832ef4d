"""An input that is no conversation, and why."""

from __future__ import annotations

from dataclasses import dataclass

from signals import DecodeError
from signals.errors import show

__all__ = ["Refusal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """`place` is where it stood (`calls.jsonl:3`); `field`, `value` (shortened) and `expected` say what is wrong.

    `unreadable` tells what could not be parsed at all from what was parsed and is no conversation.
    """

    place: str
    field: str
    value: str
    expected: str
    unreadable: bool = False

    @classmethod
    def of(cls, place: str, error: DecodeError, *, unreadable: bool = False) -> Refusal:
        return cls(
            place=place, field=error.field, value=show(error.value), expected=error.expected, unreadable=unreadable
        )

    @property
    def reason(self) -> str:
        """One sentence without the place."""
        return f"{self.field or 'the input'}: expected {self.expected}, got {self.value}"

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"
