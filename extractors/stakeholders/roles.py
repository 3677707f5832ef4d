"""What a title, a department or the words around a name say of someone's part in a purchase (`roles.toml`)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from signals import StakeholderRole

__all__ = ["role_by_deed", "role_by_title", "role_by_words"]

# Before a deed that is denied, and before one that is only supposed.
DENIED = re.compile(r"(?:n't|\b(?:not|never|nor|without|no longer))(?: \w+){0,3} ?$")
SUPPOSED = re.compile(r"\b(?:if|unless|whether|in case)\b[^,]{0,20}$")
OF_OTHERS = re.compile(r"\b(?:i|you|we)(?: \w+)? ?$")


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
    for role, words in table("words"):
        if any(not DENIED.search(text[: match.start()]) for match in words.finditer(text)):
            return role
    return None


def role_by_deed(text: str, *, own: bool = False) -> StakeholderRole | None:
    """The first role of which a deed is told in what is said of someone, in lower case; `own`: they speak themselves.
    Not what they do not do, what they would do in some case or what others do."""
    for role, deeds in table("deeds"):
        for match in deeds.finditer(text):
            before = text[: match.start()]
            unreal = SUPPOSED if role is StakeholderRole.BLOCKER else DENIED
            others = not own and (OF_OTHERS.search(before) or match.group().startswith(("i ", "you ", "we ")))
            if not unreal.search(before) and not others:
                return role
    return None
