"""How conversations are read: by whom, where a language model is, and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

__all__ = ["Options", "ReaderKind", "ReaderSettingsError"]


class ReaderKind(StrEnum):
    LOCAL = "local"
    LLM = "llm"
    CASCADE = "cascade"


class ReaderSettingsError(ValueError):
    """The reader cannot be made of these settings; the message says which is missing and how it is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`url` is the address under which `/chat/completions` lies (`http://127.0.0.1:11434/v1`); `weights` a folder of a
    model for `transformers`, instead of a URL. `window` and `budget` are estimated tokens: of one request's lines, and
    of all that one conversation may send and get. `threshold`: of doubts, from which the cascade asks about a window.
    """

    kind: ReaderKind = ReaderKind.LOCAL
    url: str | None = None
    model: str | None = None
    key: str | None = field(default=None, repr=False)
    weights: Path | None = None
    timeout: float = 120.0
    tries: int = 4
    concurrency: int = 4
    window: int = 2000
    answer_tokens: int = 4000
    budget: int = 100_000
    confidence: float = 0.75
    cache: Path | None = None
    cache_bytes: int = 256 << 20
    threshold: float = 5.0
