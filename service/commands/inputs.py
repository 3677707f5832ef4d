"""Paths of the command line as bytes to read, in order: files, folders, and `-` for standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from service.commands.terminal import UnusableError, complain
from service.intake import Format, Given, Refusal, read_conversations
from signals import Conversation, DecodeError

__all__ = ["conversations"]

# In a folder, only files that may hold a conversation are opened; a file that is named outright always is.
ENDINGS = {".json", ".jsonl", ".ndjson", ".vtt", ".srt", ".eml", ".mbox", ".txt"}
LARGEST_FILE = 2 << 30


def conversations(paths: Sequence[str], given: Given, source: Format | None = None) -> Iterator[Conversation | Refusal]:
    """Every conversation or refusal under `paths`, in the order of the arguments, folders by name.

    Raises UnusableError where none of the paths exists.
    """
    if not any(path == "-" or Path(path).exists() for path in paths):
        raise UnusableError(f"no such file or folder: {', '.join(paths)}")
    for path in paths:
        if path == "-":
            yield from read_conversations(sys.stdin.buffer.read(), "standard input", given=given, format=source)
        else:
            yield from under(Path(path), given, source)


def under(path: Path, given: Given, source: Format | None) -> Iterator[Conversation | Refusal]:
    if not path.is_dir():
        yield from one_file(path, given, source)
        return
    files = sorted(file for file in path.rglob("*") if file.is_file() and not hidden(file, path))
    if not files:
        yield refusal(path, "nothing", "a folder with conversations in it")
    for file in files:
        if file.suffix.lower() in ENDINGS:
            yield from one_file(file, given, source)
        else:
            complain(f"{file}: passed over, no format has the ending {file.suffix or 'of this name'}")


def hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def one_file(file: Path, given: Given, source: Format | None) -> Iterator[Conversation | Refusal]:
    try:
        if file.stat().st_size > LARGEST_FILE:
            yield refusal(file, f"{file.stat().st_size} bytes", f"a file of at most {LARGEST_FILE} bytes")
            return
        data = file.read_bytes()
    except OSError as error:
        yield refusal(file, (error.strerror or str(error)).lower(), "a file that can be read")
        return
    yield from read_conversations(data, str(file), given=given, format=source)


def refusal(path: Path, value: str, expected: str) -> Refusal:
    return Refusal.of(str(path), DecodeError("", value, expected), unreadable=True)
