"""A reading as the model sees it, and a labelled conversation as the model learns from it.

`pieces_of` and `marks_in` serve reading and training alike, so that what is learnt is what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from extractors.amounts import Amount
from extractors.companies import Company, How
from extractors.competitors.names import IN_HOUSE, alternatives_in
from extractors.people import Person, Title
from extractors.periods import PeriodMention
from extractors.reading import Reading, Unit, read
from extractors.slots import amounts_in, companies_in, people_in, periods_in, titles_in
from models.examples import Example, Mark
from models.labels import details_of, unit_labels_of
from models.windows import HIDDEN, Piece
from signals import Conversation

__all__ = ["example_of", "mentions_in", "pieces_of"]


HONORIFICS = {"mr", "mrs", "ms", "dr", "prof", "mister", "sir"}
SAME_PERIOD = 0.6
NAMED_BEFORE, NAMED_AFTER = 4, 1


def pieces_of(reading: Reading) -> list[Piece]:
    """The reading's units in order, as the model takes them."""
    out = []
    for unit in reading.units:
        turn = reading.turn_of(unit)
        voice = (
            HIDDEN
            if turn.addressed
            else "context"
            if not turn.own
            else "unknown"
            if turn.side is None
            else str(turn.side)
        )
        out.append(Piece(text=unit.text, voice=voice))
    return out


def mentions_in(reading: Reading, unit: Unit) -> Iterator[tuple[Mark, Mentioned]]:
    """Everything in the unit that may be a fact's amount, date, person or company; the unit's speaker comes last."""
    for amount in amounts_in(reading, unit):
        yield mark(unit, amount, "amount.said" if amount.explicit else "amount.bare"), amount
    for period in periods_in(reading, unit):
        if not period.past:
            yield mark(unit, period, "date"), period
    for person in people_in(reading, unit):
        yield mark(unit, person, "person.participant" if person.participant else "person.other"), person
    for title in titles_in(reading, unit):
        yield mark(unit, title, "title"), title
    for company in companies_in(reading, unit):
        yield mark(unit, company, "written" if company.how is How.WRITTEN else f"company.{company.how}"), company
    for built in alternatives_in(reading, unit):
        if isinstance(built, Company) and built.name == IN_HOUSE:
            yield mark(unit, built, "company.vendor"), built
    if reading.turn_of(unit).speaker is not None:
        yield Mark(unit.index, 0, len(unit.text), "speaker"), None


def mark(unit: Unit, mention: Any, kind: str) -> Mark:
    return Mark(unit.index, mention.start, mention.end, kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A name that only its words show: speech has no capitals."""

    start: int
    end: int
    text: str

    @property
    def name(self) -> str:
        return self.text


Mentioned = Amount | PeriodMention | Person | Title | Company | Spoken | None


def example_of(labelled: Mapping[str, Any]) -> Example:
    """A conversation as JSON with its "gold" signals, ready to learn from."""
    reading = read(Conversation.from_json(labelled))
    sure: list[set[str]] = [set() for _ in reading.units]
    unsure: list[set[str]] = [set() for _ in reading.units]
    facts: list[list[Mapping[str, Any]]] = [[] for _ in reading.units]
    near: list[list[Mapping[str, Any]]] = [[] for _ in reading.units]
    for fact in labelled["gold"]:
        evidence = list(evidence_units(reading, fact))
        for unit in evidence:
            (unsure if fact.get("optional") else sure)[unit.index].update(unit_labels_of(fact))
            facts[unit.index].append(fact)
        for index in surroundings(evidence, len(reading.units)):
            near[index].append(fact)
    said = [name for fact in labelled["gold"] for name in names_of(fact)]
    marks: list[tuple[Mark, frozenset[str]]] = []
    for unit in reading.units:
        if not reading.turn_of(unit).own:
            continue
        found = list(mentions_in(reading, unit))
        found += [(mark(unit, name, "spoken"), name) for name in spoken(unit, said, [place for place, _ in found])]
        for place, mentioned in found:
            labels = {label for fact in facts[unit.index] for label in mark_labels(reading, unit, mentioned, fact)}
            labels |= {label for fact in near[unit.index] if mentioned for label in name_labels(mentioned, fact)}
            marks.append((place, frozenset(labels)))
    return Example(
        id=str(labelled["id"]),
        pieces=tuple(pieces_of(reading)),
        units=tuple(frozenset(sure[unit.index]) if reading.turn_of(unit).own else None for unit in reading.units),
        unsure=tuple(frozenset(unsure[unit.index] - sure[unit.index]) for unit in reading.units),
        marks=tuple(marks),
    )


def evidence_units(reading: Reading, fact: Mapping[str, Any]) -> Iterator[Unit]:
    for unit in reading.own_units():
        for piece in fact["evidence"]:
            shared = min(unit.end, piece["end"]) - max(unit.start, piece["start"])
            if unit.segment == piece["segment"] and shared > min(3, piece["end"] - piece["start"] - 1):
                yield unit
                break


def surroundings(evidence: Sequence[Unit], count: int) -> set[int]:
    """Where the one who is meant may be named: the evidence speaks of "he" or "them", the name came before."""
    return {
        index
        for unit in evidence
        for index in range(max(0, unit.index - NAMED_BEFORE), min(count, unit.index + NAMED_AFTER + 1))
    }


def names_of(fact: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, person or company) of everyone whom a gold fact names."""
    if fact["type"] == "competitor":
        return [(fact["name"], "company")]
    return [(fact[field], "person") for field in ("person", "successor") if fact.get(field)]


def spoken(unit: Unit, said: Sequence[tuple[str, str]], taken: Sequence[Mark]) -> Iterator[Spoken]:
    """Gold names that nothing else has found: in speech without capitals, or at the head of a sentence."""
    for name, _ in said:
        for words in (re.escape(name.lower()), *(re.escape(word) for word in words_of(name) if len(word) > 2)):
            found = re.search(rf"\b{words}\b", unit.lower)
            if found and all(
                found.end() <= other.start or found.start() >= other.end for other in taken if other.kind != "speaker"
            ):
                yield Spoken(start=found.start(), end=found.end(), text=found.group())
                break


def mark_labels(reading: Reading, unit: Unit, mentioned: Mentioned, fact: Mapping[str, Any]) -> Iterator[str]:
    """The labels that a fact gives to what is mentioned in its evidence."""
    kind = fact["type"]
    match mentioned:
        case Amount() if kind in ("budget", "pricing") and fact.get("amount"):
            if same_figure(mentioned, fact["amount"]):
                yield from (str(kind), f"{kind}.{fact['status']}", f"per.{fact['amount']['per']}")
        case PeriodMention() if kind == "date":
            if same_days(mentioned, fact):
                yield from details_of(fact)
        case Title() if kind == "stakeholder" and not fact.get("person"):
            if same_title(mentioned.text, fact.get("title")):
                yield from details_of(fact)
        case None if kind in ("champion", "stakeholder"):
            speaker = reading.turn_of(unit).speaker
            if speaker is not None and same_person(speaker.name, fact.get("person")):
                yield from details_of(fact)
        case Person() | Company() | Spoken():
            yield from name_labels(mentioned, fact)
        case _:
            return


def name_labels(mentioned: Mentioned, fact: Mapping[str, Any]) -> Iterator[str]:
    """The labels that a fact gives to a name, wherever near its evidence it stands."""
    if not isinstance(mentioned, Person | Company | Spoken):
        return
    person = isinstance(mentioned, Person | Spoken) or mentioned.how is How.WRITTEN
    match fact["type"]:
        case "champion" if person and same_person(mentioned.name, fact["person"]):
            yield from details_of(fact)
        case "stakeholder" if person and same_person(mentioned.name, fact.get("person")):
            yield from details_of(fact)
        case "stakeholder" if person and same_person(mentioned.name, fact.get("successor")):
            yield "successor"
        case "competitor" if not isinstance(mentioned, Person) and same_company(mentioned.name, fact["name"]):
            yield f"competitor.{fact['relation']}"
        case _:
            return


def same_figure(amount: Amount, gold: Mapping[str, Any]) -> bool:
    """The same money, whatever magnitude was left unsaid ("one thirty-five" for 135,000)."""
    wanted = [gold.get("high") if gold.get("high") is not None else gold.get("low")]
    wanted += [gold["low"]] if gold.get("low") else []
    for said in {amount.low, amount.high} - {None, Decimal(0)}:
        assert said is not None
        for figure in wanted:
            for scale in (1, 1000, 1_000_000, 100_000, 10_000_000):
                if abs(said * scale - Decimal(str(figure))) <= Decimal("0.01") * abs(Decimal(str(figure))):
                    return True
    return False


def same_days(period: PeriodMention, gold: Mapping[str, Any]) -> bool:
    start, end = date.fromisoformat(gold["start"]), date.fromisoformat(gold["end"])
    if (end - start).days <= 10:
        return (period.first, period.last) == (start, end)
    shared = (min(period.last, end) - max(period.first, start)).days + 1
    union = (max(period.last, end) - min(period.first, start)).days + 1
    return shared > 0 and shared / union >= SAME_PERIOD


def words_of(name: str | None) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", (name or "").lower())) - HONORIFICS


def same_person(a: str | None, b: str | None) -> bool:
    first, second = words_of(a), words_of(b)
    return bool(first and second) and (first <= second or second <= first)


def same_title(a: str | None, b: str | None) -> bool:
    small = {"of", "the", "for", "and", "our", "new", "a"}
    first, second = words_of(a) - small, words_of(b) - small
    return bool(first and second) and len(first & second) / len(first | second) >= 0.5


def same_company(a: str, b: str) -> bool:
    first, second = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in (a, b))
    return bool(first) and first == second
