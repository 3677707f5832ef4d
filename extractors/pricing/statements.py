"""Where a conversation deals about the price, and what each place says of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from extractors.amounts import Amount
from extractors.phrases import PhraseMatch, Phrasebook, load_phrases
from extractors.reading import Reading, Unit
from extractors.scaling import figure
from extractors.slots import amounts_in
from extractors.stance import confirms, is_question, stance_of
from extractors.statement import Statement
from signals import PricingStatus, Side

__all__ = ["statements"]

PRICE, OTHER = "price", "other"
MEANS = (*PricingStatus, PRICE, OTHER)
THRESHOLD = 0.4
TOPIC_UNITS = 6
ANSWER_UNITS = 3
ANSWERED = "answered with <amount>"
Cues = dict[int, list[PhraseMatch]]


@cache
def book() -> Phrasebook:
    return Phrasebook(load_phrases("extractors.pricing", means=MEANS), {"amount": amounts_in})


@cache
def strengths() -> dict[str, float]:
    raw = tomllib.loads(files("extractors.pricing").joinpath("phrases.toml").read_text(encoding="utf-8"))
    table: dict[str, float] = raw["strength"]
    return table


def statements(reading: Reading) -> list[Statement]:
    """Every sentence that gives the offer's price a status, with the amounts in it."""
    cues: Cues = {}
    for unit in reading.units:
        if matches := list(book().matches(reading, unit)):
            cues[unit.index] = matches
    found: list[Statement] = []
    for unit in reading.own_units():
        best: dict[str, Statement] = {}
        for match in cues.get(unit.index, ()):
            if match.phrase.means in (PRICE, OTHER):
                continue
            strength = judged(reading, unit, match, cues, found)
            if strength < THRESHOLD:
                continue
            said = Statement(
                unit=unit,
                means=match.phrase.means,
                start=0,
                end=len(unit.text),
                mentions=tuple(match.mentions),
                found_by=f"pricing: {match.phrase.name}",
                confidence=round(strength, 3),
            )
            if said.means not in best or best[said.means].confidence < strength:
                best[said.means] = said
        found += settled(best)
    return found


def settled(best: dict[str, Statement]) -> list[Statement]:
    """One sentence agrees or counters or quotes a figure, never two of these; it may object beside."""
    deals = [best[kind] for kind in (PricingStatus.AGREED, PricingStatus.COUNTERED, PricingStatus.QUOTED) if kind in best]
    kept = []
    taken: set[int] = set()
    for statement in sorted(deals, key=lambda s: -s.confidence):
        places = {mention.start for mention in statement.mentions}
        if places & taken:
            continue
        taken |= places
        kept.append(statement)
    if PricingStatus.OBJECTED in best:
        kept.append(best[PricingStatus.OBJECTED])
    return sorted(kept, key=lambda s: s.start)


def judged(reading: Reading, unit: Unit, match: PhraseMatch, cues: Cues, found: Sequence[Statement]) -> float:
    strength = strengths()[match.phrase.name] * topic(reading, unit, match, cues, found)
    status = match.phrase.means
    stance = stance_of(reading, unit, match.start, match.end)
    if any(other.phrase.means == OTHER for other in cues[unit.index]):
        strength *= 0.45
    if stance.others or stance.joking:
        strength *= 0.4
    if stance.denied and status != PricingStatus.OBJECTED:
        strength *= 0.4
    asked = is_question(reading, unit)
    if asked and status in (PricingStatus.AGREED, PricingStatus.OBJECTED):
        strength *= 0.4
    if re.search(r"\b(?:if|unless|suppose|imagine)\b", unit.lower[: match.start]) and status == PricingStatus.AGREED:
        strength *= 0.4
    if status == PricingStatus.QUOTED and reading.side_of(unit) is Side.SELLER and asked:
        strength *= 0.8
    return strength


def topic(reading: Reading, unit: Unit, match: PhraseMatch, cues: Cues, found: Sequence[Statement]) -> float:
    """How surely the price of the offer is spoken of: the sentence says so, or the deal has been about it."""
    if any(other.phrase.means == PRICE for other in cues[unit.index]):
        return 1.0
    best = 0.5
    if any(isinstance(m, Amount) and (m.explicit or str(m.per) != "total") for m in match.mentions):
        best = 0.75
    if found and unit.index - found[-1].unit.index <= TOPIC_UNITS:
        best = max(best, 0.95)
    for distance, other in enumerate(reading.before(unit, TOPIC_UNITS), 1):
        if any(m.phrase.means == PRICE for m in cues.get(other.index, ())):
            best = max(best, 0.95 - 0.06 * (distance - 1))
    return best
