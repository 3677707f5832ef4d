"""Whether two readings tell the same signal: pure, on signals' JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from signals import signal_from_json

__all__ = ["same_facts", "same_signal"]

Json = dict[str, Any]

# What tells two signals of a type apart beside where they were said. An amount or a status does not: a signal that was
# read as approved, and then as pending, from the same words is one that was read differently.
KEYS = {
    "date": ("role",),
    "competitor": ("name",),
    "champion": ("person",),
    "stakeholder": ("person", "title"),
    "qualification": ("element",),
    "milestone": ("kind",),
}
NOT_FACTS = ("confidence", "found_by", "side")


def same_signal(one: Json, other: Json) -> bool:
    """The same type and key, from words that overlap: what somebody decided about one holds for the other."""
    if one["type"] != other["type"]:
        return False
    keys = KEYS.get(one["type"], ())
    if any(plain(one.get(key)) != plain(other.get(key)) for key in keys):
        return False
    return overlap(one["evidence"], other["evidence"])


def overlap(one: Sequence[Json], other: Sequence[Json]) -> bool:
    return any(
        a["segment"] == b["segment"] and a["start"] < b["end"] and b["start"] < a["end"] for a in one for b in other
    )


def plain(value: object) -> str:
    return " ".join(value.casefold().split()) if isinstance(value, str) else ""


def same_facts(one: Json, other: Json) -> bool:
    """The same in everything that is said, and from exactly the same words."""
    return facts(one) == facts(other)


def facts(content: Json) -> Json:
    told = signal_from_json(content).to_json()
    return {key: value for key, value in told.items() if key not in NOT_FACTS}
