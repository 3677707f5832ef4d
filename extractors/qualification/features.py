"""What the vote knows of a sentence: the cues and phrases that stand in it and beside it, and what was asked before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from extractors.phrases import Phrasebook, load_phrases
from extractors.qualification.resolve import surely_seller
from extractors.reading import Reading, Turn, Unit
from extractors.slots import READERS
from extractors.stance import is_question, stance_of
from extractors.statement import Statement
from signals import Element, Side

__all__ = ["Sentence", "sentences"]

NONE = "none"
FEW_WORDS, MANY_WORDS = 4, 25
ECHO_WORDS, ECHO_SHARED = 12, 3
ANSWER_SENTENCES = 4
MOST_SIGNS = 4


@dataclass(slots=True)
class Sentence:
    """A unit with its features by name; `statements` are those of the phrases, questions and lists that stand in it."""

    unit: Unit
    signs: Counter[str] = field(default_factory=Counter)
    features: set[str] = field(default_factory=set)
    statements: list[Statement] = field(default_factory=list)


@cache
def book() -> Phrasebook:
    return Phrasebook(
        load_phrases(
            "extractors.qualification", "words.toml", "cues.toml", means=[*(each.value for each in Element), NONE]
        ),
        READERS,
    )


def sentences(reading: Reading, statements: Iterable[Statement], asked: dict[int, set[str]]) -> Sequence[Sentence]:
    """Every own unit that a buyer or nobody known said, with what the vote counts. `asked`: for a turn's index, the
    elements that the question before it was about."""
    known = {unit.index: Sentence(unit) for unit in reading.own_units()}
    for statement in statements:
        if statement.unit.index in known:
            known[statement.unit.index].statements.append(statement)
    for sentence in known.values():
        read_signs(reading, sentence)
    for sentence in known.values():
        read_surroundings(reading, sentence, known, asked)
    return list(known.values())


def read_signs(reading: Reading, sentence: Sentence) -> None:
    for match in book().matches(reading, sentence.unit):
        sentence.features.add(f"cue: {match.phrase.name}")
        sentence.signs[match.phrase.means] += 1
    for means, names in phrases_by_element(sentence).items():
        sentence.features.add(f"phrase: {means}")
        if len(names) > 1:
            sentence.features.add(f"several phrases: {means}")
    for statement in sentence.statements:
        sentence.features.add(statement.found_by.replace("qualification: ", "said: "))
    for means, count in sentence.signs.items():
        sentence.features.update(f"{means} signs: {number}" for number in range(2, min(count, MOST_SIGNS) + 1))


def phrases_by_element(sentence: Sentence) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for statement in sentence.statements:
        out.setdefault(statement.means, set()).add(statement.found_by)
    return out


def read_surroundings(
    reading: Reading, sentence: Sentence, known: dict[int, Sentence], asked: dict[int, set[str]]
) -> None:
    unit, add = sentence.unit, sentence.features.add
    turn, side = reading.turn_of(unit), reading.side_of(unit)
    if surely_seller(reading, unit):
        add("said by the seller")
    elif side is Side.SELLER:
        add("perhaps said by the seller")
    elif side is None:
        add("said by nobody known")
    if reading.is_email:
        add("in a mail")
        if turn.text.lstrip()[:1] in "-*•–·" or not turn.text.rstrip().endswith((".", "?", "!")):
            add("in a list")
    if is_question(reading, unit):
        add("a question")
    if unit.lower.rstrip().endswith(":"):
        add("a heading")
    if len(unit.words) <= FEW_WORDS:
        add("few words")
    if len(unit.words) >= MANY_WORDS:
        add("many words")
    place = unit.index - turn.units[0].index
    if place < ANSWER_SENTENCES:
        for element in asked.get(turn.index, ()):
            add(f"asked: {element}")
            if place == 0:
                add(f"asked just before: {element}")
    if turn.index and asks(reading, reading.turns[turn.index - 1]):
        add("an answer")
    if echoed(reading, turn, unit):
        add("said again by the other side")
    stance = stance_of(reading, unit, 0, len(unit.text))
    if stance.past:
        add("of the past")
    if stance.others:
        add("of others")
    near: Counter[str] = Counter()
    for other in (unit.index - 2, unit.index - 1, unit.index + 1, unit.index + 2):
        if other in known:
            near.update(known[other].signs)
            for statement in known[other].statements:
                add(f"phrase near: {statement.means}")
    for means, count in near.items():
        sentence.features.update(f"{means} signs near: {number}" for number in (2, 4, 6) if count >= number)


def asks(reading: Reading, turn: Turn) -> bool:
    return any(is_question(reading, unit) for unit in turn.units)


def echoed(reading: Reading, turn: Turn, unit: Unit) -> bool:
    """A short next turn of the other side that says words of this sentence again."""
    if reading.is_email or turn.index + 1 >= len(reading.turns):
        return False
    reply = reading.turns[turn.index + 1]
    if reply.speaker == turn.speaker or not reply.units:
        return False
    words = {word for word in reply.units[0].words if len(word) >= ECHO_SHARED}
    return 0 < len(reply.units[0].words) <= ECHO_WORDS and bool(words & {w for w in unit.words if len(w) > ECHO_SHARED})
