"""The exact words that prove a signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from signals import decode
from signals.errors import DecodeError

__all__ = ["Evidence"]


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Evidence:
    """`segment` is the index of a call's utterance, None for an e-mail; `start` and `end` are characters in that
    utterance's text, or in the e-mail's body; `text` is exactly that slice."""

    segment: int | None
    start: int
    end: int
    text: str

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or self.end - self.start != len(self.text):
            raise DecodeError("end", self.end, f"start ({self.start}) plus the length of text ({len(self.text)})")

    @classmethod
    def from_json(cls, value: object) -> Evidence:
        source = decode.as_object(value)
        largest = 2**40
        segment = None if source.get("segment") is None else decode.whole(source, "segment", 0, largest)
        return cls(
            segment=segment,
            start=decode.whole(source, "start", 0, largest),
            end=decode.whole(source, "end", 0, largest),
            text=decode.text(source, "text"),
        )

    def to_json(self) -> dict[str, Any]:
        return {"segment": self.segment, "start": self.start, "end": self.end, "text": self.text}
