"""What the engine refuses: an event that cannot be read, a pipeline that cannot be followed."""

from __future__ import annotations

from dataclasses import dataclass

from signals.errors import show

__all__ = ["EventError", "Mistake", "PipelineError"]


class EventError(ValueError):
    """An event holds something else than what was expected.

    `event` is its id ("?" where it has none), `field` a path such as `data.amount`, `expected` a phrase in plain words.
    """

    def __init__(self, event: str, field: str, value: object, expected: str) -> None:
        self.event, self.field, self.value, self.expected = event, field, value, expected
        super().__init__(f"event {event}: {field or 'the event'}: expected {expected}, got {show(value)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing wrong in a pipeline file: where it stands, what is wrong, and what would mend it."""

    line: int
    field: str
    problem: str
    mend: str

    def sentence(self, source: str) -> str:
        return f"{source}:{self.line}: {self.field}: {self.problem}. {self.mend}"


class PipelineError(ValueError):
    """A pipeline file cannot be followed: every mistake in it, each with its line and its mend."""

    def __init__(self, source: str, mistakes: tuple[Mistake, ...]) -> None:
        self.source, self.mistakes = source, mistakes
        super().__init__("\n".join(mistake.sentence(source) for mistake in mistakes))
