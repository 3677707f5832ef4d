"""What is said of which company: phrases that stand in a conversation, bound to the company that they are said of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import assert_never

from extractors.companies import Company, How
from extractors.competitors.names import IN_HOUSE, alternatives_in, listed
from extractors.phrases import Phrasebook, PhraseMatch, load_phrases
from extractors.reading import Reading, Unit
from extractors.stance import answer_to, answers, confirms, denies, stance_of
from extractors.statement import Statement
from signals import Relation, Side

__all__ = ["BESIDE", "LOOSE", "NAMED", "book", "statements"]

GRANTED = ", taken for granted"
BESIDE = "beside"  # a tool that stays in use next to the offer
MEANS = [*Relation, *(str(relation) + GRANTED for relation in Relation), BESIDE]
# A company stays what is talked about for so many sentences.
TOPIC_UNITS = 6
# Loose words are said of it only so many sentences on.
LOOSE_UNITS = 2
# And so many characters are close to a name.
NEAR = 60
# found_by of a known name of which nothing more was understood.
NAMED = "competitors: a listed name"
WORDS_OF = "words of "
LOOSE = f"competitors: {WORDS_OF}"
CONFIDENCE = {"bound": 0.65, "topic": 0.5, "loose": 0.4, "named": 0.35}


# What a question asks for, so that a company named in its answer needs no more words; the first that fits.
ASKED_FOR = (
    (
        Relation.EVALUATING,
        re.compile(
            r"\b(?:(?:who|what|any(?:one|body|thing)?|others?)\b.{0,40}\b(?:else|other|looking at|evaluating"
            r"|considering|talking to|propos\w+|in the (?:mix|running|race)|on the table|shortlist|compet|alternatives?"
            r"|up against|seeing|comparing)|looked at others|other (?:vendors?|suppliers?|providers?)|still looking)"
        ),
    ),
    (
        Relation.INCUMBENT,
        re.compile(
            r"\b(?:(?:what|which|who|how)\b.{0,40}\b(?:using|use|running|do(?:ing)? (?:it|this|that)|today|currently"
            r"|at the moment|right now|incumbent|current|existing|in place|provider|replac)"
            r"|(?:what|which)\b.{0,20}\b(?:are you (?:all )?on|do you have|have you got|handles?|does) "
            r"|(?:what|which)\b.{0,30}\b(?:on|have|run|now)\W*$)"
        ),
    ),
    (
        Relation.SELECTED,
        re.compile(
            r"\b(?:who|which|what)\b.{0,20}\b(?:won|chose|choose|pick|picked|win|go(?:ing)? with|went with|selected)\b"
        ),
    ),
    (Relation.FAVORED, re.compile(r"\b(?:who|which)\b.{0,30}\b(?:ahead|leading|front|first|favou?rite|preferred)\b")),
)
# An answer names the company within so many characters.
ANSWER = 60


@cache
def book() -> Phrasebook:
    return Phrasebook(load_phrases("extractors.competitors", means=MEANS), {"company": alternatives_in})


def statements(reading: Reading) -> list[Statement]:
    """Statements whose one mention is the Company that they are about."""
    out: list[Statement] = []
    topic: tuple[int, Company] | None = None
    for unit in reading.units:
        here = [company for company in alternatives_in(reading, unit) if isinstance(company, Company)]
        if reading.turn_of(unit).own:
            sure = [
                company for company in here if company.how in (How.CATALOGUE, How.HEARD) or company.name == IN_HOUSE
            ]
            out += [named(unit, company) for company in sure]
            recent = topic[1] if topic and unit.index - topic[0] <= TOPIC_UNITS else None
            for match in book().matches(reading, unit):
                company = said_of(reading, match, here, recent)
                if (
                    company
                    and holds(reading, match)
                    and sure_enough(match, company, unit.index - topic[0] if topic and company is recent else 0)
                ):
                    out.append(statement_of(match, company, bound=company in here))
            out += answered(reading, unit, here)
        known = [company for company in here if company.how is not How.WRITTEN]
        if known:
            topic = (unit.index, known[-1])
    return out


def named(unit: Unit, company: Company) -> Statement:
    return Statement(
        unit=unit, means="", start=company.start, end=company.end, mentions=(company,),
        found_by=NAMED, confidence=CONFIDENCE["named"],
    )  # fmt: skip


def answered(reading: Reading, unit: Unit, here: list[Company]) -> Iterator[Statement]:
    """Companies named in answer to "what do you use today?" or "who else are you looking at?"."""
    named_early = [company for company in here if company.start < ANSWER]
    if reading.deal.competitors:
        named_early = [company for company in named_early if company.how is not How.WRITTEN]
    question = answer_to(reading, unit) if named_early else None
    if question is None or reading.side_of(unit) is Side.SELLER:
        return
    for relation, asked in ASKED_FOR:
        if asked.search(question.lower):
            for company in named_early:
                yield Statement(
                    unit=unit, means=relation, start=company.start, end=company.end, mentions=(company,),
                    found_by=f"competitors: answer to who, {relation}", confidence=CONFIDENCE["topic"],
                )  # fmt: skip
            return


def said_of(reading: Reading, match: PhraseMatch, here: list[Company], recent: Company | None) -> Company | None:
    """The company in the phrase's slot; without a slot the nearest in the sentence, else the one last talked about."""
    for mention in match.mentions:
        if isinstance(mention, Company):
            return mention if mention.how is not How.WRITTEN or trusted(reading, match.phrase.name) else None
    known = [company for company in here if company.how is not How.WRITTEN]
    if known:
        return min(known, key=lambda company: max(match.start - company.end, company.start - match.end))
    return recent


def trusted(reading: Reading, phrase: str) -> bool:
    """Whether the phrase makes an alternative of a name known only by its capital letter: where the deal has a list of
    competitors, only words that are said of nothing else do."""
    return phrase in listed("written", "always" if reading.deal.competitors else "phrases")


def sure_enough(match: PhraseMatch, company: Company, distance: int) -> bool:
    """Loose words count near the name of a listed competitor; for another known vendor only in its sentence."""
    if not match.phrase.name.startswith(WORDS_OF) or company.name == IN_HOUSE:
        return True
    match company.how:
        case How.CATALOGUE | How.HEARD:
            return distance <= LOOSE_UNITS
        case How.VENDOR:
            near = match.start - company.end < NEAR and company.start - match.end < NEAR
            return near and match.unit.text[company.start : company.end] == company.text
        case How.WRITTEN:
            return False
        case _:
            assert_never(company.how)


def holds(reading: Reading, match: PhraseMatch) -> bool:
    """Whether the phrase is meant: asserted, or asked and then confirmed, or taken for granted by a question."""
    unit, means = match.unit, match.phrase.means
    stance = stance_of(reading, unit, match.start, match.end)
    if means == BESIDE:
        return not stance.joking
    if stance.others or stance.joking or stance.supposed:
        return False
    if stance.past and not means.startswith(("rejected", "selected")):
        return False
    if stance.asked and not means.endswith(GRANTED):
        answer = answers(reading, unit)
        return answer is not None and takes_up(answer) and reading.side_of(answer) is not Side.SELLER
    if stance.denied and not means.startswith("rejected"):
        return False
    if reading.side_of(unit) is Side.SELLER:
        answer = answers(reading, unit)
        return answer is None or not denies(answer)
    return True


# An answer that goes on about it ("they came on Friday") confirms what was asked.
GOES_ON = re.compile(r"\W*(?:um |uh |well |so |and )*(?:they|them|those|it|it's|they've|they're|he|she)\b")


def takes_up(answer: Unit) -> bool:
    return confirms(answer) or (bool(GOES_ON.match(answer.lower)) and not denies(answer))


def statement_of(match: PhraseMatch, company: Company, *, bound: bool) -> Statement:
    found_by = f"competitors: {match.phrase.name}"
    start, end = min(match.start, company.start if bound else match.start), match.end
    return Statement(
        unit=match.unit,
        means=match.phrase.means.removesuffix(GRANTED),
        start=start,
        end=max(end, company.end) if bound else end,
        mentions=(company,),
        found_by=found_by,
        confidence=CONFIDENCE["loose" if found_by.startswith(LOOSE) else "bound" if bound else "topic"],
    )
