"""Several criteria in one sentence: "two things: hosted in the EU, and no agent on the laptops" names two."""

from __future__ import annotations

import re

__all__ = ["parts_of"]

# Where one item of a list ends and the next begins: sure marks first, commas only where the sentence says it lists.
MARKS = re.compile(r";|\n+|[,.]?\s*\((?:[a-h1-9]|i{1,3}|iv|v)\)\s")
COUNTED = re.compile(r",?\s(?:(?:and|but) )?(?:second|third)(?:ly)?,?\s")
FIRST = re.compile(r"\bfirst(?:ly)?\b")
NO_ITEM = re.compile(r"(?:no (?:discussion|exceptions?)|[\w-]+ only|pass/fail(?: is)?)\b")
COMMAS = re.compile(r",? (?:and|or) then |, (?:and |or |then )?")
WHOLE = re.compile(r",? and (?=that\b)|, (?:and|or) (?=no\b|a\b|takeover\b)|, (?:and|or) ")
LISTS = re.compile(
    r"\b(?:two|three|four|five) (?:things|points|conditions|criteria)\b|\b(?:points|marks) for\b|\brank\w*\b.{0,20}:"
    r"|\b(?:count|counts|judge\w*|score\w*|rule us out|within \w+|out|on what basis)\b[^:]{0,50}:"
)
LEAD = re.compile(r"^[^:]{0,110}:\s")
FEWEST_LETTERS = 8
MOST_PARTS = 8


def parts_of(text: str) -> tuple[tuple[int, int], ...]:
    """The places of the criteria in a sentence, in order; the whole sentence where it does not list."""
    lower = text.lower()
    lead = LEAD.match(lower)
    start = lead.end() if lead else 0
    for separator, allowed in (
        (MARKS, True),
        (COUNTED, bool(FIRST.search(lower))),
        (COMMAS, bool(LISTS.search(lower))),
        (WHOLE, bool(lead and LISTS.search(lower))),
    ):
        if allowed and 1 < len(parts := split(lower, start, separator)) <= MOST_PARTS:
            return tuple(parts)
    return ((0, len(text)),)


def split(text: str, start: int, separator: re.Pattern[str]) -> list[tuple[int, int]]:
    out, at = [], start
    for end, after in [*((mark.start(), mark.end()) for mark in separator.finditer(text, start)), (len(text), 0)]:
        item = text[at:end].strip()
        if len(item) >= FEWEST_LETTERS and not NO_ITEM.fullmatch(item):
            out.append((at + len(text[at:end]) - len(text[at:end].lstrip()), at + len(text[at:end].rstrip())))
        at = after
    return out
