"""How often what a machine read was right, by what people said of it: by type, and by how sure it was."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from service.flows.context import Context
from service.store import reviews
from service.store.reviews import Judged

__all__ = ["Group", "interval", "precision"]

Json = dict[str, Any]

# Two-sided 95 %.
Z = 1.959963984540054
DECILES = 10


@dataclass(slots=True)
class Group:
    """Signals of one kind that people reviewed: `right` as they were read, `corrected`, or `dismissed`."""

    right: int = 0
    corrected: int = 0
    dismissed: int = 0
    reviewed: int = 0
    sure: float = 0.0

    def count(self, some: Judged) -> None:
        self.right += some.times * (some.state == "accepted")
        self.corrected += some.times * (some.state == "corrected")
        self.dismissed += some.times * (some.state == "dismissed")
        self.reviewed += some.times
        self.sure += some.sure

    def to_json(self) -> Json:
        reviewed = self.reviewed
        low, high = interval(self.right, reviewed)
        return {
            "reviewed": reviewed,
            "right": self.right,
            "corrected": self.corrected,
            "dismissed": self.dismissed,
            "precision": None if not reviewed else round(self.right / reviewed, 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "confidence": None if not reviewed else round(self.sure / reviewed, 4),
        }


def precision(context: Context) -> Json:
    """`{"all", "types": {type: ...}, "deciles": [...], "added": n}`: each with how many were reviewed, the share that
    was right with its 95 % interval (Wilson), and the mean confidence that the machine had.

    A signal counts once, by what the reviews of it that stand come to, under the type that the machine read. What
    people added is not the machine's, and is counted apart.
    """
    with context.database.connect() as connection:
        return counted(reviews.firsts(connection, context.workspace))


def counted(found: Iterable[Judged]) -> Json:
    everything, added = Group(), 0
    types: dict[str, Group] = defaultdict(Group)
    deciles = [Group() for _ in range(DECILES)]
    for some in found:
        if some.action == "add":
            added += some.times * (some.state != "dismissed")
            continue
        for group in (everything, types[some.type], deciles[some.tenth]):
            group.count(some)
    return {
        "all": everything.to_json(),
        "types": {type: types[type].to_json() for type in sorted(types)},
        "deciles": [
            {"from": number / DECILES, "to": (number + 1) / DECILES} | group.to_json()
            for number, group in enumerate(deciles)
        ],
        "added": added,
    }


def interval(right: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; everything is possible where nothing was seen."""
    if not of:
        return 0.0, 1.0
    share, square = right / of, Z * Z
    middle = share + square / (2 * of)
    half = Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    scale = 1 + square / of
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
