"""Money as people state it: a figure or a range, a currency, and what it is for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from signals import decode
from signals.errors import DecodeError

__all__ = ["Money", "Per"]

CURRENCY = re.compile("[A-Z]{3}")


class Per(StrEnum):
    """What an amount buys. `unit` is a user, seat, site and so on, whatever its period."""

    TOTAL = "total"
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    UNIT = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """`low` and `high` are equal for one figure; one of them is None where that end is open."""

    low: Decimal | None
    high: Decimal | None
    currency: str
    per: Per = Per.TOTAL

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise DecodeError("low", None, "a number in low, in high or in both")
        for field, value in (("low", self.low), ("high", self.high)):
            if value is not None and not value.is_finite():
                raise DecodeError(field, str(value), "a finite number")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise DecodeError("high", str(self.high), f"a number not below low ({self.low})")
        if not CURRENCY.fullmatch(self.currency):
            raise DecodeError("currency", self.currency, "an ISO 4217 code of three capital letters")

    @classmethod
    def of(cls, value: Decimal | int, currency: str, per: Per = Per.TOTAL) -> Money:
        """One figure."""
        figure = Decimal(value)
        return cls(low=figure, high=figure, currency=currency, per=per)

    @property
    def middle(self) -> Decimal:
        """The middle of a range, the known end of an open one."""
        if self.low is None or self.high is None:
            return self.low if self.high is None else self.high  # type: ignore[return-value]
        return (self.low + self.high) / 2

    @classmethod
    def from_json(cls, value: object) -> Money:
        source = decode.as_object(value)
        return cls(
            low=decode.optional_decimal(source, "low"),
            high=decode.optional_decimal(source, "high"),
            currency=decode.name(source, "currency"),
            per=decode.optional_choice(source, "per", Per) or Per.TOTAL,
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "low": decode.plain_number(self.low),
            "high": decode.plain_number(self.high),
            "currency": self.currency,
            "per": self.per.value,
        }
