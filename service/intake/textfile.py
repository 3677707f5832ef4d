"""Text out of bytes."""

from __future__ import annotations

import re

__all__ = ["as_text", "is_json", "single_blanks"]

# Not every blank: a text of ten megabytes would come apart into millions of words.
BLANKS = re.compile(r"\s{2,}|[^\S ]")


def as_text(data: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, UTF-8 without one, else Windows-1252, the usual other; line ends are LF."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def is_json(data: bytes) -> bool:
    """Whether the first thing in it can only be JSON's."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def single_blanks(text: str) -> str:
    """The words with one blank between them, whatever stood there; NUL, which nothing can store, is marked."""
    return BLANKS.sub(" ", text).strip().replace("\x00", "\ufffd")
