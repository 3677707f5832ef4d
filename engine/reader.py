"""Reading a pipeline's tables key by key, gathering every mistake with its line instead of stopping at the first."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from engine.errors import Mistake
from engine.lines import Lines, Path, shown

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class Report:
    """The mistakes found so far."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.mistakes: list[Mistake] = []

    def add(self, path: Path, problem: str, mend: str) -> None:
        line = self.lines.of(path)
        self.mistakes.append(Mistake(line=line, field=shown(path), problem=problem, mend=mend))


def near(word: object, options: Iterable[str]) -> str:
    """A mend that names the closest option, or all of them."""
    listed = sorted(set(options))
    close = difflib.get_close_matches(str(word), listed, n=1)
    if close:
        return f'Did you mean "{close[0]}"?'
    return "Use one of: " + ", ".join(listed[:40]) + "."


class Table:
    """A table of the file: each key is read once, and `done` reports those that nobody knows."""

    def __init__(self, value: object, path: Path, report: Report) -> None:
        self.path, self.report = path, report
        self.keys: set[str] = set()
        self.value: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        if not isinstance(value, Mapping):
            report.add(path, "a table is expected", "Write it as { key = value } or under a [header].")

    def has(self, key: str) -> bool:
        return key in self.value

    def raw(self, key: str) -> Any:
        self.keys.add(key)
        return self.value.get(key)

    def bad(self, key: str, problem: str, mend: str) -> None:
        self.report.add((*self.path, key), problem, mend)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.raw(key)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None or default is None:
            self.bad(
                key, f"{key} should be a text" if value is not None else f"{key} is missing", f'Add {key} = "...".'
            )
        return default or ""

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if self.value.get(key) is not None else self.raw(key)

    def number(self, key: str, default: Decimal | None = None, *, low: int | None = None) -> Decimal:
        value = self.raw(key)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            figure = Decimal(value)
            if low is None or figure >= low:
                return figure
        if value is not None or default is None:
            least = "" if low is None else f" of {low} or more"
            self.bad(key, f"{key} should be a number{least}", f"Write {key} = followed by a number{least}.")
        return default if default is not None else Decimal(low or 0)

    def whole(self, key: str, default: int | None = None, *, low: int | None = None, high: int | None = None) -> int:
        value = self.raw(key)
        if isinstance(value, int) and not isinstance(value, bool):
            if (low is None or value >= low) and (high is None or value <= high):
                return value
        elif value is None and default is not None:
            return default
        span = "" if low is None else f" from {low}" + ("" if high is None else f" to {high}")
        self.bad(key, f"{key} should be a whole number{span}", f"Write {key} = followed by a whole number{span}.")
        return default if default is not None else (low or 0)

    def optional_whole(self, key: str, *, low: int | None = None, high: int | None = None) -> int | None:
        return self.whole(key, low=low, high=high) if self.value.get(key) is not None else self.raw(key)

    def choice(self, key: str, options: type[E], default: E) -> E:
        value = self.raw(key)
        if value is None:
            return default
        try:
            return options(value)
        except ValueError:
            self.bad(key, f'"{value}" is no {key}', near(value, options))
            return default

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.bad(key, f"{key} should be a list of texts", f'Write {key} = ["...", "..."].')
            return ()
        return tuple(value)

    def table(self, key: str) -> Table:
        return Table(self.raw(key) or {}, (*self.path, key), self.report)

    def tables(self, key: str) -> list[Table]:
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.bad(key, f"{key} should be a list of tables", f"Write each under a header [[{key}]].")
            return []
        return [Table(item, (*self.path, key, n), self.report) for n, item in enumerate(value)]

    def optional(self, key: str, read: Callable[[object, Path], T]) -> T | None:
        value = self.raw(key)
        return None if value is None else read(value, (*self.path, key))

    def done(self) -> None:
        for key in self.value:
            if key not in self.keys:
                self.bad(key, f'"{key}" is not known here', near(key, self.keys))
