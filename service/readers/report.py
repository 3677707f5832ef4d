"""What reading took and what became of a model's proposals: counts, never words of a conversation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from extractors.proposals import Finding

__all__ = ["Report"]


@dataclass(slots=True)
class Report:
    """Of one conversation, or of many added up. `dropped` and `marked` count proposals by type and reason."""

    conversations: int = 0
    windows: int = 0  # that the conversation has
    asked: int = 0  # that were sent to the model, once each however often it was tried
    cached: int = 0  # that were answered before
    over_budget: int = 0  # that were left to the local reader, to spare tokens
    unanswered: int = 0  # that the model said nothing usable to, and that were left to the local reader
    broken: int = 0  # answers of which only a part could be read
    withheld: int = 0  # lines that speak to a machine
    sent_tokens: int = 0
    answer_tokens: int = 0
    proposals: int = 0
    kept: int = 0
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    marked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.proposals += 1
            if finding.fault is not None:
                self.dropped[finding.type, finding.fault.value] += 1
            else:
                self.kept += 1
            self.marked.update((finding.type, mark.value) for mark in finding.marks)

    def add(self, other: Report) -> None:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.dropped.update(other.dropped)
        self.marked.update(other.marked)

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {name: getattr(self, name) for name in COUNTS}
        for name, counts in (("dropped", self.dropped), ("marked", self.marked)):
            rows = [{"type": kind, "why": why, "count": count} for (kind, why), count in sorted(counts.items())]
            out[name] = rows
        return out


COUNTS = (
    "conversations",
    "windows",
    "asked",
    "cached",
    "over_budget",
    "unanswered",
    "broken",
    "withheld",
    "sent_tokens",
    "answer_tokens",
    "proposals",
    "kept",
)
