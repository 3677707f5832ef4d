"""Job titles as they are written and said: "VP of Operations", "our head of IT", "senior category specialist".

A title is [rank or field]* head [(of|for|the|and|,)* [rank or field]+]*, or the letters of a chief ("cfo").
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Title", "find_titles", "title_heads"]

WORD = re.compile(r"[^\W_][\w&]*(?:-\w+)*|&")
# A head alone that says too little of who is meant: "the head", "a chief", "my deputy".
VAGUE = frozenset(
    [
        "head",
        "chief",
        "chair",
        "clerk",
        "assistant",
        "deputy",
        "admin",
        "lead",
        "leader",
        "executive",
        "rep",
        "principal",
        "partner",
        "owner",
        "representative",
        "officer",
        "secretary",
        "planner",
        "consultant",
        "boss",
    ]
)
LONGEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A job title at text[start:end]."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    word: str


@cache
def title_heads() -> frozenset[str]:
    """The words of which every title has one."""
    return frozenset(word for head in grammar()["heads"] | grammar()["chiefs"] for word in head.split())


@cache
def grammar() -> dict[str, frozenset[str]]:
    raw = tomllib.loads(files("extractors.people").joinpath("titles.toml").read_text(encoding="utf-8"))
    return {key: frozenset(value) for key, value in raw.items()}


def find_titles(text: str) -> list[Title]:
    """Titles in the text, in order and apart. Lower-case speech-to-text works like written text."""
    tokens = [Token(match.start(), match.end(), match.group().lower()) for match in WORD.finditer(text)]
    out: list[Title] = []
    place = 0
    while place < len(tokens):
        last = title_end(tokens, place, text)
        if last is None:
            place += 1
            continue
        start, end = tokens[place].start, tokens[last].end
        out.append(Title(start=start, end=end, text=text[start:end]))
        place = last + 1
    return out


def title_end(tokens: list[Token], first: int, text: str) -> int | None:
    """The last token of the title that starts at token `first`, or None."""
    words = grammar()
    before = words["ranks"] | words["fields"]
    place = first
    while place < len(tokens) - 1 and place - first < LONGEST and modifies(tokens, place, text, before):
        place += 1
    if tokens[place].word in words["chiefs"]:
        return after_head(tokens, place, text) if place == first or tokens[place].word.endswith("vp") else place
    if tokens[place].word not in words["heads"] and not (place > first and tokens[place].word == "gc"):
        return None
    while place + 1 < len(tokens) and adjoining(tokens, place, text) and tokens[place + 1].word in words["heads"]:
        place += 1
    end = after_head(tokens, place, text)
    return None if end == first and tokens[first].word in VAGUE else end


def modifies(tokens: list[Token], place: int, text: str, before: frozenset[str]) -> bool:
    """Whether the token is a rank or field that goes on to a head."""
    token = tokens[place]
    if token.word not in before or not adjoining(tokens, place, text, commas=token.word in grammar()["fields"]):
        return False
    heads = grammar()["heads"] | grammar()["chiefs"]
    return token.word not in heads or tokens[place + 1].word in heads | before


def after_head(tokens: list[Token], head: int, text: str) -> int:
    """The last token of what follows the head: "of the supply chain", ", finance and corporate services"."""
    words = grammar()
    fields = words["fields"] | words["ranks"]
    last, place = head, head + 1
    linked = False
    while place < len(tokens) and place - head < LONGEST and adjoining(tokens, place - 1, text, commas=True):
        word = tokens[place].word
        comma = "," in text[tokens[place - 1].end : tokens[place].start]
        if word in ("of", "for") and last == place - 1:
            linked = True
        elif word == "the" and linked and tokens[place - 1].word in ("of", "for"):
            pass
        elif word in ("and", "&"):
            if last != place - 1 or place + 1 >= len(tokens) or tokens[place + 1].word not in fields or last == head:
                break
        elif word in fields and not heads_next(tokens, place, words):
            if comma and last == head and not tokens[place].start - tokens[place - 1].end <= 2:
                break
            last = place
        else:
            break
        place += 1
    return last


def heads_next(tokens: list[Token], place: int, words: dict[str, frozenset[str]]) -> bool:
    """Whether this field begins another title ("the CFO, IT director")."""
    following = [token.word for token in tokens[place + 1 : place + 3]]
    return any(word in words["heads"] for word in following[:1]) or (
        len(following) == 2 and following[0] in words["fields"] and following[1] in words["heads"]
    )


def adjoining(tokens: list[Token], place: int, text: str, *, commas: bool = False) -> bool:
    """Whether the next token follows with nothing but a blank, a dash or (where allowed) a comma between."""
    if place + 1 >= len(tokens):
        return False
    between = text[tokens[place].end : tokens[place + 1].start]
    return len(between) <= 3 and between.strip() in ({"", "-", "/", "–", ","} if commas else {"", "-", "/", "–"})
