"""Whether a clause tells of what has been: "they opened a file on Friday" is not the Friday to come."""

from __future__ import annotations

import re

from extractors.periods import PeriodMention
from extractors.reading import Unit

__all__ = ["told_of_the_past"]

# Grains whose words do not say which side of today they lie on.
OPEN_GRAINS = {"minute", "hour", "day", "week", "month", "part", "season", "quarter"}
PAST = re.compile(
    r"\b(?:was|were|had|did|went|came|told|said|gave|got|took|sent|met|saw|left|made|knew|found|ran|began|became"
    r"|brought|kept|put it|wrote|spoke|sat|shot|stood|heard|lost|paid|sold|bought|built|chose|drove|fell|flew|forgot"
    r"|grew|held|kicked|led|read it|rang|rose|sang|showed|spent|swore|taught|thought|threw|understood|won|froze"
    r"|has been|have been|been looking|(?!need|shed|speed|feed|seed|bed|red)[a-z]{2,}(?:[^aeiou]ed|ied|eed|ued|oyed|ayed|ewed))\b"
)
AHEAD = re.compile(
    r"\b(?:will|won't|shall|gonna|going to|want|wants|need|needs|must|can|could|should|would|have to|has to|had to"
    r"|let's|let us|please|plans?|planning|to be|is|are|am|aim\w*|target\w*|expect\w*|intend\w*|hope|scheduled|due"
    r"|due to|booked|set for|pencilled|penciled|moved to|pushed|postponed|preponed|advanced|delayed|now)\b|'ll\b|'d (?:like|want|love|need)"
    r"|'s\b|'re\b|'m\b"
)
CLAUSE = re.compile(r"[;:]| - |, (?:and|but|so|because|then)\b|\b(?:but|because|although|so that)\b")


def told_of_the_past(unit: Unit, date: PeriodMention) -> bool:
    """True where the clause of the date has a verb in the past and none that looks ahead."""
    if date.hedge in ("by", "before", "until") or date.grain not in OPEN_GRAINS:
        return False
    text = unit.lower
    start, end = 0, len(text)
    for edge in CLAUSE.finditer(text):
        if edge.end() <= date.start:
            start = edge.end()
        elif edge.start() >= date.end:
            end = edge.start()
            break
    clause = text[start : date.start] + " " + text[date.end : end]
    return bool(PAST.search(clause)) and not AHEAD.search(clause)
