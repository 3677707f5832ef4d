"""Whether a date is told of what has been: "they opened a file on Friday" is not the Friday to come."""

from __future__ import annotations

import re

from extractors.periods import PeriodMention
from extractors.reading import Unit

__all__ = ["told_of_the_past"]

# Grains whose words do not say on which side of today they lie.
OPEN_GRAINS = {"minute", "hour", "day", "week", "month", "part", "season", "quarter"}
WORDS_BEFORE = 12
WORDS_AFTER = 6
VERB = re.compile(
    r"(?P<ahead>\b(?:(?:is|are|be|it's|that's|'s) (?:now |still |also |currently )?(?:planned|scheduled|expected|targeted|slated|booked|fixed|agreed"
    r"|confirmed|set|moved|pushed|held|extended|postponed|delayed|closed|committed|reserved|blocked|published|reported|advanced)|will|won't|shall|gonna|going to|want|wants|need|needs|must|can|could|should|would|have to|has to|had to"
    r"|let's|let us|let me|please|kindly|plans?|planning|to be|is|are|am|aim\w*|target\w*|expect\w*|intend\w*|hope|due|put it to"
    r"|scheduled|booked|set (?:for|an|up)|put an?|pencil+ed|moved (?:to|it|that|forward|up|out|back)|pushed?|postponed|preponed|advanced|delayed|brought forward"
    r"|slips?|slid|slipped|extended|prolonged|fixed for|agreed (?:on|for)|you said|we said|committed to|invited|wants?|wanted (?:it|this)"
    r"|(?:be|get|gets|getting|want|need|have) (?:it |this |that |them |the \w+ |you the )?[a-z]+ed"
    r"|asked for|now|starts?|ends?|runs?|sign|send|get|call|meet|propose)\b|\bstays? where it was\b|\b(?:i|we|they|you)'ve got\b|\bhas got\b|\bhave got\b|'ll\b|'d (?:like|want|love|need|sooner)|'s\b|'re\b|'m\b)"
    r"|(?P<past>\b(?:was|were|had|did|went|came|told|said|gave|got|took|sent|met|saw|left|made|knew|found|ran|began|became"
    r"|brought|kept|wrote|spoke|sat|shot|stood|heard|lost|paid|sold|bought|built|chose|drove|fell|flew|forgot|finished|started"
    r"|grew|held|kicked|led|rang|rose|showed|spent|swore|thought|threw|understood|won|froze|has been|have been|been"
    r"|since the|arrived|dated|(?!need|shed|speed|feed|seed|indeed|agreed|(?:conformed|revised|executed|signed|countersigned) (?:thing|copy|pages|version|agreement|contract)|attached|detailed|updated|red)[a-z]{2,}(?:[^aeiou\s]ed|ied|ued|oyed|ayed|ewed|osed|ided|ased|ated|ited|ired|ored|ured|ared|aped|oded|uted|iled))\b)"
)
CLAUSE = re.compile(r"[;:]|\. | - |, (?:and|but|so|because|then|after|as)\b|\b(?:but|because|although|so that|so)\b")


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
    verb = None
    for verb in VERB.finditer(before):
        pass
    if verb is None:
        after = " ".join(text[date.end : end].partition(",")[0].split()[:WORDS_AFTER])
        verb = VERB.search(after)
    return verb is not None and verb["past"] is not None
