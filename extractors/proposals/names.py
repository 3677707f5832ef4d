"""Proposed companies, people and titles: said where the quotes are, and by the names under which we know them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from extractors.companies import squeeze
from extractors.competitors.names import IN_HOUSE
from extractors.proposals.faults import Fault, Mark, Refused
from extractors.proposals.place import Quoted
from extractors.reading import Reading, Unit
from extractors.sides import Known
from extractors.slots import companies_in, people_in
from extractors.who import called, title_words
from signals import Champion, Competitor, Participant, Side, Stakeholder

__all__ = ["with_company", "with_person", "with_people"]

# "They" and "he" stand for someone named at most so many sentences before, or soon after.
BEFORE, AFTER = 10, 3
# A company stays what is talked about for longer.
COMPANY_BEFORE, COMPANY_AFTER = 14, 4
PRONOUN = re.compile(r"(?<![\w'])(?:he|she|they|him|her|his|hers|them|their|who|himself|herself)(?!\w)")
SELF = re.compile(r"(?<![\w'])(?:i|me|my|mine|we|us|our|myself)(?!\w)|^\W*\w+ing\b")
NAME_WORD = re.compile(r"[^\W\d_]+")
HONORIFICS = frozenset({"mr", "mrs", "ms", "dr", "prof", "mister", "sir", "miss", "the"})
OWN_WAY = re.compile(
    r"\b(?:ourselves|themselves|yourselves|in-?house|in house|internal(?:ly)?|own|home-?\s?\w+|build|built|building|develop\w*"
    r"|wrote|write|writing|spreadsheets?|excel|scripts?|intern|macros?)\b"
)


def with_company(signal: Competitor, place: Quoted) -> Competitor:
    """The competitor by its canonical name, where it is said in the quotes or was spoken of just before. Raises
    Refused."""
    wanted = squeeze(signal.name)
    if wanted in ("inhouse", "internal", "internalbuild", "diy"):
        if any(OWN_WAY.search(unit.lower) for unit in place.around(BEFORE, AFTER)):
            return replace(signal, name=IN_HOUSE)
        raise Refused(Fault.NAME_NOT_SAID)
    reading = place.reading
    if not wanted or wanted in reading.companies.excluded:
        raise Refused(Fault.NOT_AN_ALTERNATIVE)
    name = canonical(reading, signal.name)
    for unit in place.around(COMPANY_BEFORE, COMPANY_AFTER):
        if any(squeeze(company.name) == squeeze(name) for company in companies_in(reading, unit)):
            return replace(signal, name=name)
        if squeeze(name) in squeeze(unit.lower) or wanted in squeeze(unit.lower):
            return replace(signal, name=name)
    raise Refused(Fault.NAME_NOT_SAID)


def canonical(reading: Reading, name: str) -> str:
    """The catalogue's name for it, else the name."""
    catalogue = reading.deal.competitors
    for entry in catalogue:
        if squeeze(name) in {squeeze(alias) for alias in (entry.name, *entry.aliases)}:
            return entry.name
    return name


def with_person(signal: Champion, place: Quoted) -> Champion:
    """The champion by their full name. Raises Refused."""
    return replace(signal, person=person_meant(signal.person, place))


def with_people(signal: Stakeholder, place: Quoted) -> tuple[Stakeholder, tuple[Mark, ...]]:
    """The stakeholder by their full name, or by a title that is said. Raises Refused."""
    marks: tuple[Mark, ...] = ()
    if signal.person and signal.person.strip():
        signal = replace(signal, person=person_meant(signal.person, place))
    elif not title_said(signal.title or "", place):
        raise Refused(Fault.TITLE_NOT_SAID)
    if signal.successor is not None:
        try:
            signal = replace(signal, successor=person_meant(signal.successor, place))
        except Refused:
            signal, marks = replace(signal, successor=None), (Mark.SUCCESSOR_REMOVED,)
    return signal, marks


def person_meant(name: str, place: Quoted) -> str:
    """The full name of the one whom the quotes speak of: they say the name, the person says them of themselves, or
    they say "he", "she", "they" soon after or before the name. Raises Refused."""
    reading = place.reading
    participant = known(reading, name)
    if participant is not None and surely_sells(reading, participant):
        raise Refused(Fault.SELLERS_PERSON)
    full = participant.name if participant and participant.name else name
    heard = called(reading).get(participant.id) if participant else None
    if participant is not None and speaks_of_self(participant, place):
        return heard or full
    forms = name_forms(heard or full) | name_forms(name)
    here = place.units
    near = place.around(BEFORE, AFTER) if any(PRONOUN.search(unit.lower) for unit in here) else here
    if any(named_in(reading, unit, forms, participant) for unit in near):
        return heard or full
    if participant is not None and addressed(participant, place):
        return heard or full
    raise Refused(Fault.PERSON_NOT_MEANT)


def known(reading: Reading, name: str) -> Participant | None:
    """The participant of that name, those included whom others call by it."""
    found = reading.people.named(name)
    if found is not None:
        return found
    for id, heard in called(reading).items():
        if name_forms(heard) & name_forms(name):
            return reading.conversation.participant(id)
    exact = [person for person in reading.conversation.participants if person.name == name]
    return exact[0] if len(exact) == 1 else None


def surely_sells(reading: Reading, person: Participant) -> bool:
    sides = reading.sides
    return sides.of(person.id) is Side.SELLER and sides.known.get(person.id) is not Known.TALK


def speaks_of_self(person: Participant, place: Quoted) -> bool:
    return any(
        turn.speaker is not None
        and turn.speaker.id == person.id
        and any(SELF.search(unit.lower) for unit in turn.units if unit in place.units)
        for turn in place.turns
    )


def addressed(person: Participant, place: Quoted) -> bool:
    """Whether the quotes say "you" to someone, and that one speaks just before or after."""
    for unit in place.units:
        if not re.search(r"\b(?:you|your|yours|yourself)\b", unit.lower):
            continue
        turns = place.reading.turns
        near = turns[max(0, unit.turn - 1) : unit.turn] + turns[unit.turn + 1 : unit.turn + 2]
        if any(turn.speaker is not None and turn.speaker.id == person.id for turn in near):
            return True
        if place.reading.is_email and person.id in place.reading.conversation.to:
            return True
    return False


def named_in(reading: Reading, unit: Unit, forms: frozenset[str], participant: Participant | None) -> bool:
    if participant is not None and any(
        person.participant is participant for person in people_in(reading, unit)
    ):
        return True
    return not forms.isdisjoint(words(unit.lower))


def words(text: str) -> Iterator[str]:
    return (match.group().lower() for match in NAME_WORD.finditer(text))


def name_forms(name: str) -> frozenset[str]:
    """The words of a name by which its bearer may be called."""
    return frozenset(word for word in words(name) if len(word) > 1) - HONORIFICS


def title_said(title: str, place: Quoted) -> bool:
    """Whether most words of the title are said in the quotes or right beside them."""
    wanted = title_words(title)
    said = {word for unit in place.around(2, 2) for word in words(unit.lower)}
    spelt = {word for word in wanted if word in said or any(word[:4] == other[:4] for other in said if len(word) > 3)}
    return bool(wanted) and len(spelt) * 2 >= len(wanted)
