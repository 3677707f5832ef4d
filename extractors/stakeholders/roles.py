"""What a title, a department or the words around a name say of someone's part in a purchase (`roles.toml`)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from signals import StakeholderRole

__all__ = ["role_by_title", "role_by_words"]


@cache
def table(kind: str = "titles") -> tuple[tuple[StakeholderRole, re.Pattern[str]], ...]:
    raw = tomllib.loads(files("extractors.stakeholders").joinpath("roles.toml").read_text(encoding="utf-8"))
    return tuple(
        (StakeholderRole(role), re.compile(r"\b(?:" + "|".join(words) + r")\b", re.IGNORECASE))
        for role, words in raw[kind].items()
    )


def role_by_title(title: str | None) -> StakeholderRole | None:
    """The first role of which a word stands in the title, or in other words about someone."""
    return next((role for role, words in table() if words.search(title or "")), None)


def role_by_words(text: str) -> StakeholderRole | None:
    """The first role of which a word is said; `text` is what stands close to a name."""
    return next((role for role, words in table("words") if words.search(text)), None)
