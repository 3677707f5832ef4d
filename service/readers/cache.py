"""Answers of a language model, kept in a folder: the same question to the same model is asked once.

A file an answer, named by everything that was asked (the lines, the rules and their version) and by the model. Files
lie in a folder for each conversation, so that what is kept of one can be forgotten. They hold what people said.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from service.readers.model import Answer

__all__ = ["Cache", "forgetting"]

# Looking at every file costs time: only each so many answers the folder is brought back to its size.
TIDY_EVERY = 64
# Below the bound, so that not each new answer throws out one old one.
TIDY_TO = 0.9


class Cache:
    """At most about `most_bytes` of answers; those not asked for longest go first. A folder may be shared by several
    processes. What cannot be read or written is as if it were not there."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder = folder
        self.most_bytes = most_bytes
        self.written = 0

    def get(self, conversation: str, request: str, model: str) -> Answer | None:
        file = self.file(conversation, request, model)
        try:
            value = json.loads(file.read_bytes())
            answer = Answer(
                text=str(value["text"]),
                model=str(value["model"]),
                sent_tokens=int(value["sent_tokens"]),
                answer_tokens=int(value["answer_tokens"]),
            )
            os.utime(file)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return answer

    def put(self, conversation: str, request: str, model: str, answer: Answer) -> None:
        file = self.file(conversation, request, model)
        value = {
            "text": answer.text,
            "model": answer.model,
            "sent_tokens": answer.sent_tokens,
            "answer_tokens": answer.answer_tokens,
        }
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.parent.mkdir(exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=file.parent)
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as out:
                json.dump(value, out)
            Path(name).replace(file)
            self.written += 1
            if self.written % TIDY_EVERY == 1:
                self.tidy()

    def forget(self, conversation: str) -> None:
        """Throw away everything kept of a conversation."""
        folder = self.folder / digest(conversation)
        for file in folder.glob("*"):
            with contextlib.suppress(OSError):
                file.unlink()
        with contextlib.suppress(OSError):
            folder.rmdir()

    def tidy(self) -> None:
        """Back to the bound, the answers not asked for longest first."""
        files = []
        for file in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):
                told = file.stat()
                files.append((told.st_mtime_ns, told.st_size, file))
        size = sum(length for _, length, _ in files)
        if size <= self.most_bytes:
            return
        for _, length, file in sorted(files):
            if size <= self.most_bytes * TIDY_TO:
                return
            with contextlib.suppress(OSError):
                file.unlink()
                size -= length

    def file(self, conversation: str, request: str, model: str) -> Path:
        return self.folder / digest(conversation) / f"{digest(f'{request} {model}')}.json"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def forgetting(folder: Path, most_bytes: int) -> Callable[[str], None]:
    """What throws away everything that is kept of a conversation in the folder, which need not be there yet: the first
    process that keeps an answer makes it."""

    def forget(conversation: str) -> None:
        if folder.is_dir():
            Cache(folder, most_bytes).forget(conversation)

    return forget
