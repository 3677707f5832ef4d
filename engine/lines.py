"""Where in a TOML text each key stands, so that a mistake can name its line. (TOML readers do not keep lines.)"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]
HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
KEY = re.compile(r"^\s*([A-Za-z0-9_\-.\"' ]+?)\s*=")


class Lines:
    """The lines of the keys and tables of one text; a path that has none of its own has its parent's."""

    def __init__(self, text: str) -> None:
        self.at: dict[Path, int] = {(): 1}
        counts: dict[Path, int] = {}
        table: Path = ()
        for number, line in enumerate(text.splitlines(), start=1):
            header = HEADER.match(line)
            if header:
                table = resolved(header[2], counts)
                if header[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                self.at.setdefault(table, number)
                continue
            key = KEY.match(line)
            if key:
                path = (*table, *parts(key[1]))
                for end in range(len(table) + 1, len(path) + 1):
                    self.at.setdefault(path[:end], number)

    def of(self, path: Path) -> int:
        while path not in self.at:
            path = path[:-1]
        return self.at[path]


def parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def resolved(dotted: str, counts: dict[Path, int]) -> Path:
    """A header's name as a path: `stages.gates` is that of the newest stage."""
    path: Path = ()
    names = parts(dotted)
    for n, name in enumerate(names):
        path = (*path, name)
        if n < len(names) - 1 and path in counts:
            path = (*path, counts[path])
    return path


def shown(path: Path) -> str:
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else (f".{part}" if out else part)
    return out or "the file"
