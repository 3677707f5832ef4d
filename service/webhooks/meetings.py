"""What a meeting's title says that it is for, where it says it with one of these words and no other."""

from __future__ import annotations

import re

__all__ = ["purpose_of"]

WORDS = {
    "demo": "demo",
    "demonstration": "demo",
    "discovery": "discovery",
    "technical": "technical",
    "security": "technical",
    "architecture": "technical",
    "executive": "executive",
    "reference": "reference",
}
WORD = re.compile("[a-z]+")


def purpose_of(title: object) -> str | None:
    if not isinstance(title, str):
        return None
    said = {WORDS[word] for word in WORD.findall(title[:500].lower()) if word in WORDS}
    return said.pop() if len(said) == 1 else None
