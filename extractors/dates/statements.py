"""Which role each date in the conversation has, by the words around it and by what the sentences before speak of.

A date has no meaning of its own: "Thursday" is a meeting after "when shall we talk", a go-live after "when do you need
it running". So every cue near a date lends it a strength, which fades with distance; strengths of one role add up as
independent hints do, and the strongest role has the date, if it is strong enough and nothing speaks against it. A date
without words of its own ("the fifteenth, then") goes on with what was spoken of just before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.dates.hints import AGREED, ECHOED, LASTING, NOTHING, Hint, own_hints, put_hints, strengths
from extractors.dates.hints import book as book
from extractors.dates.wording import is_today
from extractors.periods import PeriodMention
from extractors.phrases import PhraseMatch
from extractors.reading import Reading, Unit
from extractors.slots import periods_in
from extractors.stance import is_question
from extractors.statement import Statement
from signals import DateRole

__all__ = ["statements"]

THRESHOLD = 0.43
SHORT_WORDS = 10
CONTEXT_UNITS = 3
THREAD_UNITS = 4
SURE = 0.5
EVALUATION_SPILL = 0.85
"""A trial is spoken of while much else is arranged: its name says less of the dates around it than others' do."""
ROLES = frozenset(DateRole) - {DateRole.NEXT_STEP}
Cues = dict[int, list[PhraseMatch]]


def statements(reading: Reading) -> list[Statement]:
    """One statement for each date that has a role, in order."""
    cues: Cues = {unit.index: list(book().matches(reading, unit)) for unit in reading.units}
    found: list[Statement] = []
    for unit in reading.own_units():
        for date in periods_in(reading, unit):
            if date.past:
                continue
            own = list(own_hints(reading, unit, date, cues.get(unit.index, ())))
            hints = [*own, *put_hints(reading, unit, date)]
            echo = same_before(unit, date, found)
            if echo is not None and not tells(echo) and any(hint.role in ROLES for hint in own):
                found.remove(echo)  # its date had no words of its own: it is what is said of it here
                bare, echo = echo, None
            else:
                bare = None
            if echo is not None:
                own = [Hint(hint.role, hint.strength * 0.5, hint.found_by) for hint in own]
                hints = [*own, *put_hints(reading, unit, date)]
                hints.append(Hint(echo.means, 0.9 * echo.confidence, echo.found_by.removeprefix("dates: ")))
            elif not any(hint.strength >= SURE and hint.role not in (NOTHING, AGREED) for hint in own):
                hints += context_hints(reading, unit, cues)
                hints += thread_hints(reading, unit, found)
            if is_today(unit, date):
                hints = [hint for hint in hints if hint.role not in LASTING]
            if (judged := judge(hints)) is None and bare is not None:
                found.append(bare)
            elif judged is not None:
                role, strength, found_by = judged
                if bare is not None:
                    found.append(replace(bare, means=role, found_by=f"dates: {found_by}"))
                found.append(
                    Statement(
                        unit=unit,
                        means=role,
                        start=0,
                        end=len(unit.text),
                        mentions=(date,),
                        found_by=f"dates: {found_by}",
                        confidence=round(strength, 3),
                    )
                )
    return found


def tells(statement: Statement) -> bool:
    """Whether its words, and not only that both sides say it, gave its date a role."""
    return statement.found_by != f"dates: {ECHOED}"


def judge(hints: Sequence[Hint]) -> tuple[str, float, str] | None:
    """(role, strength, the strongest hint's name), or None for a date that is none of the deal's."""
    totals: dict[str, float] = {}
    best: dict[str, Hint] = {}
    for hint in hints:
        totals[hint.role] = 1 - (1 - totals.get(hint.role, 0.0)) * (1 - hint.strength)
        if hint.role not in best or best[hint.role].strength < hint.strength:
            best[hint.role] = hint
    against = totals.pop(NOTHING, 0.0)
    agreed = totals.pop(AGREED, 0.0)
    if not totals and not agreed:
        return None
    role = max(totals, key=lambda name: totals[name] * (0.85 if name == DateRole.NEXT_STEP else 1), default="")
    if not role or totals[role] < 0.25:
        role = DateRole.NEXT_STEP
    strength = 1 - (1 - totals.get(role, 0.0)) * (1 - agreed)
    strength *= 1 - 0.75 * against
    if strength < THRESHOLD:
        return None
    return role, min(strength, 0.95), best[role if role in best else AGREED].found_by


def same_before(unit: Unit, date: PeriodMention, found: Sequence[Statement]) -> Statement | None:
    """Where the same days were given a role just before."""
    for earlier in reversed(found):
        if unit.index - earlier.unit.index > THREAD_UNITS:
            return None
        mention = earlier.mentions[0]
        assert isinstance(mention, PeriodMention)
        if earlier.unit is not unit and (mention.first, mention.last) == (date.first, date.last):
            return earlier
    return None


def context_hints(reading: Reading, unit: Unit, cues: Cues) -> Iterator[Hint]:
    """What the sentences before speak of: a question most, then the same speaker's last sentence."""
    short = len(unit.words) <= SHORT_WORDS
    turn = reading.turn_of(unit)
    for distance, other in enumerate(reading.before(unit, CONTEXT_UNITS), 1):
        there = reading.turn_of(other)
        if reading.is_email and there.index != turn.index:
            reach = 0.5
        elif there.index != turn.index:
            reach = 0.85 if is_question(reading, other) else 0.75 if short else 0.6
        else:
            reach = 0.65
        reach *= (1.0, 0.75, 0.5)[distance - 1]
        for match in cues.get(other.index, ()):
            if match.phrase.means not in (NOTHING, AGREED) and not match.mentions:
                spill = reach * (EVALUATION_SPILL if match.phrase.means == DateRole.EVALUATION else 1)
                yield Hint(match.phrase.means, strengths()[match.phrase.name] * spill, match.phrase.name)


def thread_hints(reading: Reading, unit: Unit, found: Sequence[Statement]) -> Iterator[Hint]:
    """The role of the date spoken of just before."""
    turn = reading.turn_of(unit)
    for earlier in reversed(found):
        distance = unit.index - earlier.unit.index
        if distance > THREAD_UNITS:
            return
        there = reading.turn_of(earlier.unit)
        if reading.is_email and there.index != turn.index:
            return
        reach = 0.85 if len(unit.words) <= SHORT_WORDS else 0.6
        if there.index == turn.index:
            reach = 0.5
        yield Hint(
            earlier.means,
            earlier.confidence * reach * (1 - 0.1 * max(0, distance - 1)),
            earlier.found_by.removeprefix("dates: "),
        )
        return
