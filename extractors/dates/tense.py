"""Whether a date is told of what has been: "they opened a file on Friday" is not the Friday to come."""

from __future__ import annotations

import re

from extractors.cues import cues_of
from extractors.periods import PeriodMention
from extractors.reading import Unit

__all__ = ["told_of_the_past"]

# Grains whose words do not say on which side of today they lie.
OPEN_GRAINS = {"minute", "hour", "day", "week", "month", "part", "season", "quarter"}
WORDS_BEFORE = 12
WORDS_AFTER = 6
CUES = cues_of("extractors.dates")
VERB = re.compile(f"(?P<ahead>{CUES['ahead'].pattern})|(?P<past>{CUES['past'].pattern})")
CLAUSE = re.compile(
    r"[;:]|(?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\bmrs)\. | - |"
    r", (?:and|but|so|because|then|after|as)\b|\b(?:but|because|although|so that|so)\b"
)


def told_of_the_past(unit: Unit, date: PeriodMention) -> bool:
    """True where the verb next to the date, in its clause, is in the past and does not look ahead."""
    text = unit.lower
    if date.grain not in OPEN_GRAINS or date.hedge in ("by", "before", "until"):
        return False
    if text[date.start : date.end].startswith(("by ", "before ", "until ", "till ", "no later", "not later", "next ")):
        return False
    if "tomorrow" in text[date.start : date.end]:
        return False
    start, end = 0, len(text)
    for edge in CLAUSE.finditer(text):
        if edge.end() <= date.start:
            start = edge.end()
        elif edge.start() >= date.end:
            end = edge.start()
            break
    before = " ".join(text[start : date.start].split()[-WORDS_BEFORE:])
    if before.endswith(","):  # "she gave us the hour, September 3 at 11": the date stands by itself
        return False
    verbs = list(VERB.finditer(before))
    verb = verbs[-1] if verbs else None
    if verb is None:
        after = " ".join(text[date.end : end].partition(",")[0].split()[:WORDS_AFTER])
        verb = VERB.search(after)
    return verb is not None and verb["past"] is not None
