"""How a statement is meant: asserted, denied, asked, supposed, past, or told of somebody else.

A step of its own, after medspaCy's ConText (Harkema et al. 2009): cues are data (`cues.toml`), each acts on the words
after it in its clause or on its sentence, and families say which stances they accept.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from extractors.reading import Reading, Unit
from signals import Side

__all__ = ["Stance", "answer_to", "answers", "confirms", "denies", "is_question", "stance_of"]

# Where a clause ends: what stands before it no longer acts on what comes after.
CLAUSE = re.compile(
    r"[;:.!?]|,? (?:but|however|although|though|so|because|since|anyway|that said)\b"
    r"|, (?:and|then|we|i|they|he|she|it)\b| - "
)
DENIAL_WORDS = 5
LOOK_BACK = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """Which cues act on a statement. `asserted` when none does."""

    asked: bool = False
    supposed: bool = False
    denied: bool = False
    past: bool = False
    others: bool = False
    joking: bool = False

    @property
    def asserted(self) -> bool:
        return not (self.asked or self.supposed or self.denied or self.past or self.others or self.joking)


@dataclass(frozen=True, slots=True)
class Cues:
    questions: re.Pattern[str]
    question_ends: re.Pattern[str]
    supposed: re.Pattern[str]
    denied: re.Pattern[str]
    past: re.Pattern[str]
    others: re.Pattern[str]
    joking: re.Pattern[str]
    yes: re.Pattern[str]
    no: re.Pattern[str]


@cache
def cues() -> Cues:
    raw = tomllib.loads(files("extractors.stance").joinpath("cues.toml").read_text(encoding="utf-8"))

    def words(pieces: list[str]) -> str:
        return "(?:" + "|".join(pieces) + ")"

    opening = r"\s*[\"'(]*"
    return Cues(
        questions=re.compile(opening + words(raw["asked"]["openings"]) + r"\b"),
        question_ends=re.compile(r"\b" + words(raw["asked"]["endings"]) + r"\s*$"),
        supposed=re.compile(
            r"(?<![\w'])" + words(raw["supposed"]["before"]) + r"(?!\w)|'d\b(?! (?:rather|say|better)\b)"
        ),
        denied=re.compile(r"(?<![\w'])" + words(raw["denied"]["before"]) + r"(?!\w)"),
        past=re.compile(r"\b" + words(raw["past"]["anywhere"])),
        others=re.compile(r"\b" + words(raw["others"]["anywhere"]) + r"\b"),
        joking=re.compile(r"\b" + words(raw["joking"]["anywhere"]) + r"\b"),
        yes=re.compile(opening + r"(?:(?:oh|ah|um|uh|well|so|and) ,?)?" + words(raw["yes"]["openings"]) + r"\b"),
        no=re.compile(opening + r"(?:(?:oh|ah|um|uh|well|so|and) ,?)?" + words(raw["no"]["openings"]) + r"\b"),
    )


def stance_of(reading: Reading, unit: Unit, start: int = 0, end: int | None = None) -> Stance:
    """The stance of unit.text[start:end]. Conditions and denials act from before it in its clause; the rest acts on the
    sentence."""
    text, known = unit.lower, cues()
    end = len(text) if end is None else end
    clause = clause_before(text, start)
    lead = text[clause:start]
    nearest = " ".join(lead.split()[-DENIAL_WORDS:])
    return Stance(
        asked=is_question(reading, unit),
        supposed=bool(known.supposed.search(lead)),
        denied=bool(known.denied.search(nearest)),
        past=bool(known.past.search(text)),
        others=reading.side_of(unit) is not Side.BUYER and bool(known.others.search(text)),
        joking=bool(known.joking.search(text)),
    )


def clause_before(text: str, start: int) -> int:
    """Where the clause of the statement at `start` begins."""
    begin = 0
    for boundary in CLAUSE.finditer(text, 0, start):
        begin = boundary.end()
    return begin


def is_question(reading: Reading, unit: Unit) -> bool:
    """Asked, by its mark or, where the text has no marks, by how it opens or ends."""
    text = unit.lower.rstrip(" \"')")
    if text.endswith("?"):
        return True
    if text.endswith((".", "!")):
        return False
    turn = reading.turn_of(unit)
    if any(mark in turn.text for mark in ".?!"):
        return False
    return bool(cues().questions.match(text) or cues().question_ends.search(text))


def answers(reading: Reading, unit: Unit) -> Unit | None:
    """The other side's first sentence after this one, within a few sentences: its answer."""
    asker = reading.turn_of(unit)
    for later in reading.after(unit, LOOK_BACK):
        turn = reading.turn_of(later)
        if turn.index != asker.index and turn.speaker != asker.speaker:
            return later
    return None


def answer_to(reading: Reading, unit: Unit) -> Unit | None:
    """The question that this sentence answers: asked by someone else in the turn just before."""
    turn = reading.turn_of(unit)
    if turn.units and turn.units[0].index < unit.index - 1:
        return None
    for earlier in reading.before(unit, LOOK_BACK):
        other = reading.turn_of(earlier)
        if other.index == turn.index:
            continue
        if other.speaker == turn.speaker or other.index < turn.index - 2:
            return None
        if is_question(reading, earlier):
            return earlier
    return None


def confirms(unit: Unit) -> bool:
    return bool(cues().yes.match(unit.lower)) and not denies(unit)


def denies(unit: Unit) -> bool:
    return bool(cues().no.match(unit.lower))
