"""Proposed people and titles: said where the quotes are, and by the names under which we know them.

A quote speaks of whom it names; of its speaker, where that one says "I"; of the one spoken to ("you"); of someone named
just before or after ("he", "they"). Nobody else can be meant. Where the quotes may speak of several, a grammar cannot
tell which: such a signal is marked, and so much less sure. That is so wherever only a pronoun points at the person,
where somebody else says "I" or is named too, where several people bear the name, and where nobody bears all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from extractors.people import How, Person
from extractors.proposals.faults import Fault, Mark, RefusedError
from extractors.proposals.place import Quoted
from extractors.reading import Reading, Unit
from extractors.sides import Known
from extractors.slots import people_in, titles_in
from extractors.who import addressed, called, title_words
from signals import Champion, ChampionStatus, Participant, Side, Stakeholder, StakeholderChange

__all__ = ["with_people", "with_person"]

# "They" and "he" stand for someone named at most so many sentences before, or soon after.
BEFORE, AFTER = 10, 3
TITLE_NEAR = 2
PRONOUN = re.compile(r"(?<![\w'])(?:he|she|they|him|her|his|hers|them|their|himself|herself)(?!\w)")
HE_OR_SHE = re.compile(r"(?<![\w'])(?:he|she|him|her|his|hers|himself|herself)(?!\w)")
SELF = re.compile(
    r"(?<![\w'])(?:i|(?<!not )me|mine"
    r"|my(?! (?:own )?(?:boss|manager|director|chief|head|vp|c[efito]o|lead|md|president|colleague|deputy)\b)"
    r"|myself)(?!\w)"
)
TO_THEM = re.compile(r"\b(?:you|your|yours|yourself)\b")
# Before a name: somebody is reached, and it is another who reaches them.
REACHED = re.compile(r"\b(?:to|with|at|from|for|about|on|tell|ask|mail|call|see|meet|get|show)\s+$")
KIN = re.compile(r"\b(?:dad|mum|mom|mama|papa|father|mother|brother|sister|uncle|aunt|wife|husband|cousin|boss)\b")
NAME_WORD = re.compile(r"[^\W\d_]+")
HONORIFICS = frozenset({"mr", "mrs", "ms", "dr", "prof", "mister", "sir", "miss", "the"})
# What recordings call a speaker whom they cannot name.
NOBODY = frozenset({"speaker", "participant", "unknown", "guest", "caller", "user", "spk"})
# Of many names: nobody is called by them alone.
PARTICLES = frozenset(
    {
        "al",
        "el",
        "ul",
        "bin",
        "ibn",
        "abu",
        "de",
        "del",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ten",
        "ter",
        "san",
        "st",
    }
)


def with_person(signal: Champion, place: Quoted) -> tuple[Champion, tuple[Mark, ...]]:
    """The champion by their full name. Raises RefusedError."""
    person, marks = person_meant(signal.person, place)
    advocating = signal.status is ChampionStatus.ADVOCATING
    if not marks and (only_reached(person, place) if advocating else itself_or_other(person, place)):
        marks = (Mark.PERSON,)
    return replace(signal, person=person), marks


def with_people(signal: Stakeholder, place: Quoted) -> tuple[Stakeholder, tuple[Mark, ...]]:
    """The stakeholder by their full name, or by a title that is said. Raises RefusedError."""
    marks: tuple[Mark, ...] = ()
    if signal.person and signal.person.strip():
        silent = signal.change is StakeholderChange.UNRESPONSIVE
        person, marks = person_meant(signal.person, place, speaks=not silent)
        if not marks and (itself_or_other(person, place) or another_title(person, place)):
            marks = (Mark.PERSON,)
        signal = replace(signal, person=person)
    elif not title_said(signal.title or "", place):
        raise RefusedError(Fault.TITLE_NOT_SAID)
    if signal.successor is not None:
        try:
            signal = replace(signal, successor=person_meant(signal.successor, place)[0])
        except RefusedError:
            signal, marks = replace(signal, successor=None), (*marks, Mark.SUCCESSOR_REMOVED)
    return signal, marks


def itself_or_other(person: str, place: Quoted) -> bool:
    """Whether the person says "I", and may be telling of "her"."""
    return says_i(known(place.reading, person), place) and bool(HE_OR_SHE.search(place.words))


@dataclass(frozen=True, slots=True)
class Someone:
    """Whom a proposal names: the participant, where it is one, and the words by which they may be called."""

    full: str
    participant: Participant | None
    forms: frozenset[str]

    def is_(self, person: Person) -> bool:
        if person.participant is not None and self.participant is not None:
            return person.participant is self.participant
        return not self.forms.isdisjoint(name_forms(person.name))


def person_meant(name: str, place: Quoted, *, speaks: bool = True) -> tuple[str, tuple[Mark, ...]]:
    """The full name of the one whom the quotes speak of, marked where they may speak of another. `speaks`: whether it
    may be who says it. Raises RefusedError."""
    said = as_far_as_said(name, place.reading)
    someone = someone_called(said, place.reading)
    if someone.participant is not None and surely_sells(place.reading, someone.participant):
        raise RefusedError(Fault.SELLERS_PERSON)
    others = [person for person in buyers_named(place) if not someone.is_(person)]
    itself = speaks and says_i(someone.participant, place)
    if is_named(someone, place):
        unsure = [person for person in buyers_named(place, sure=False) if not someone.is_(person)]
        open_ = bool(others) or (speaks and not itself and someone_says_i(place)) or shared(someone, place)
        open_ = open_ or (bool(unsure) and HE_OR_SHE.search(place.words) is not None)
        open_ = open_ or (itself and is_called(someone, place))
    elif itself:
        open_ = bool(others) or not speaks_first_of_self(someone, place) or len(set(buyers_who_say_i(place))) > 1
        open_ = open_ or not someone.forms - NOBODY
    elif (speaks and says_it(someone.participant, place)) or (
        not others and (spoken_to(someone.participant, place) or referred_to(someone, place))
    ):
        open_ = True
    else:
        raise RefusedError(Fault.PERSON_NOT_MEANT)
    return someone.full, (Mark.PERSON,) if open_ or said != name else ()


def as_far_as_said(name: str, reading: Reading) -> str:
    """The words of a name that anybody says or bears: of "Theodora Quenby", where only a Theodora is spoken of, the
    first. The whole name where nothing of it is left."""
    if known(reading, name) is not None:
        return name
    heard = words_heard(reading)
    left = [part for part in name.split() if all(word in heard or word in HONORIFICS for word in words(part))]
    return " ".join(left) if any(name_forms(part) for part in left) else name


def words_heard(reading: Reading) -> frozenset[str]:
    """Every word that is said, and every word of the participants' names and addresses."""
    key = ("words heard", -1)
    if key not in reading.cache:
        conversation = reading.conversation
        texts = [unit.lower for unit in reading.units] + [turn.text for turn in reading.turns]
        texts += [text for person in conversation.participants for text in (person.name, person.email) if text]
        reading.cache[key] = frozenset(words(" ".join([*texts, conversation.subject or ""])))
    return reading.cache[key]  # type: ignore[return-value]


def shared(someone: Someone, place: Quoted) -> bool:
    """Whether all that the quotes say of the name another participant is called by too."""
    said = someone.forms & set(words(place.words))
    others = [p for p in place.reading.conversation.participants if p is not someone.participant and p.name]
    return bool(said) and any(said <= name_forms(other.name or "") for other in others)


def is_called(someone: Someone, place: Quoted) -> bool:
    """Whether the quotes call the person: in their own mouth that is another's speech, and its "I" another's."""
    named = [(unit, person) for unit, person in place.mentions(people_in) if someone.is_(person)]
    return any(
        addressed(unit.lower[: person.start], unit.lower[person.end :]) or unit.lower.startswith(",", person.end)
        for unit, person in named
    )


def only_reached(person: str, place: Quoted) -> bool:
    """Whether somebody else gets to the person named: "fifteen minutes with Vikram", "mail it to Wanda"."""
    someone = someone_called(person, place.reading)
    named = [(unit, other) for unit, other in place.mentions(people_in) if someone.is_(other)]
    return (
        bool(named)
        and not says_i(someone.participant, place)
        and all(REACHED.search(unit.lower[: other.start]) for unit, other in named)
    )


def another_title(person: str, place: Quoted) -> bool:
    """Whether the person says "I" and speaks of somebody by a title, or as kin: the fact may be of that one."""
    someone = someone_called(person, place.reading)
    if is_named(someone, place) or not says_i(someone.participant, place):
        return False
    own = title_words((someone.participant.title if someone.participant else None) or "")
    unsure = [person for person in buyers_named(place, sure=False) if not someone.is_(person)]
    titled = bool(unsure) or any(not title_words(title.text) & own for _, title in place.mentions(titles_in))
    return titled or KIN.search(place.words) is not None


def someone_called(name: str, reading: Reading) -> Someone:
    participant = known(reading, name)
    full = participant.name if participant is not None and participant.name else name
    if participant is not None:
        full = called(reading).get(participant.id, full)
    return Someone(full, participant, name_forms(full) | name_forms(name))


def is_named(someone: Someone, place: Quoted) -> bool:
    """By any word of the name, in another spelling, or by the title that is theirs."""
    if not someone.forms.isdisjoint(words(place.words)):
        return True
    if any(someone.is_(person) for _, person in place.mentions(people_in)):
        return True
    wanted = title_words((someone.participant.title if someone.participant else None) or "")
    return bool(wanted) and any(title_words(title.text) == wanted for _, title in place.mentions(titles_in))


def buyers_named(place: Quoted, *, sure: bool = True) -> list[Person]:
    """People of the buyer's whom the quotes name; not `sure`, words that only look like a name are some too."""
    return [person for _, person in place.mentions(people_in) if may_buy(place.reading, person, sure=sure)]


def buyers_near(place: Quoted) -> list[Person]:
    """Those whom a pronoun of the quotes may stand for."""
    units = place.around(BEFORE, AFTER)
    return [person for unit in units for person in people_in(place.reading, unit) if may_buy(place.reading, person)]


def may_buy(reading: Reading, person: Person, *, sure: bool = True) -> bool:
    sells = person.participant is not None and surely_sells(reading, person.participant)
    return not sells and (not sure or person.how is not How.WRITTEN)


def referred_to(someone: Someone, place: Quoted) -> bool:
    """Whether a pronoun of the quotes may stand for them."""
    if not PRONOUN.search(place.words):
        return False
    return any(is_in(someone, place.reading, unit) for unit in place.around(BEFORE, AFTER))


def is_in(someone: Someone, reading: Reading, unit: Unit) -> bool:
    named = any(someone.is_(person) for person in people_in(reading, unit))
    return named or not someone.forms.isdisjoint(words(unit.lower))


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


def says_i(person: Participant | None, place: Quoted) -> bool:
    """Whether they say "I" in a quote."""
    return person is not None and any(id == person.id for id in those_who_say_i(place))


def says_it(person: Participant | None, place: Quoted) -> bool:
    """Whether a quote is theirs, "I" or not: "Got you fifteen minutes with Vikram!" """
    speakers = [turn.speaker for turn in place.turns]
    return person is not None and any(speaker is not None and speaker.id == person.id for speaker in speakers)


def someone_says_i(place: Quoted) -> bool:
    """Whether a buyer says "I" in a quote: then it may be of themselves."""
    return any(True for _ in buyers_who_say_i(place))


def buyers_who_say_i(place: Quoted) -> Iterator[str]:
    for id in those_who_say_i(place):
        person = place.reading.conversation.participant(id) if id else None
        if person is None or not surely_sells(place.reading, person):
            yield id


def speaks_first_of_self(someone: Someone, place: Quoted) -> bool:
    """Whether some quote of theirs has "I" before it has "he", "she" or what may be another's name."""
    for unit, start, end in place.spans:
        speaker = place.reading.turn_of(unit).speaker
        own = SELF.search(unit.lower, start, end)
        if own is None or speaker is None or someone.participant is None or speaker.id != someone.participant.id:
            continue
        before = [person for where, person in place.mentions(people_in) if where is unit and person.start < own.start()]
        named = any(not someone.is_(person) and may_buy(place.reading, person, sure=False) for person in before)
        if not named and not HE_OR_SHE.search(unit.lower, start, own.start()):
            return True
    return False


def those_who_say_i(place: Quoted) -> Iterator[str]:
    for unit, start, end in place.spans:
        speaker = place.reading.turn_of(unit).speaker
        if SELF.search(unit.lower[start:end]):
            yield speaker.id if speaker is not None else ""


def spoken_to(person: Participant | None, place: Quoted) -> bool:
    """Whether the quotes say "you" to someone, and that one speaks just before or after."""
    if person is None:
        return False
    turns = place.reading.turns
    for unit, start, end in place.spans:
        if not TO_THEM.search(unit.lower[start:end]) or (
            place.reading.side_of(unit) is Side.BUYER and not place.reading.is_email
        ):
            continue  # a buyer says "you" to the seller
        near = turns[max(0, unit.turn - 1) : unit.turn] + turns[unit.turn + 1 : unit.turn + 2]
        if any(turn.speaker is not None and turn.speaker.id == person.id for turn in near):
            return True
        if place.reading.is_email and person.id in place.reading.conversation.to:
            return True
    return False


def words(text: str) -> Iterator[str]:
    return (match.group().lower() for match in NAME_WORD.finditer(text))


def name_forms(name: str) -> frozenset[str]:
    """The words of a name by which its bearer may be called."""
    found = frozenset(word for word in words(name) if len(word) > 1) - HONORIFICS
    return found - PARTICLES or found


def title_said(title: str, place: Quoted) -> bool:
    """Whether most words of the title are said in the quotes or right beside them."""
    wanted = title_words(title)
    said = {word for unit in place.around(TITLE_NEAR, TITLE_NEAR) for word in words(unit.lower)}
    spelt = {word for word in wanted if word in said or any(word[:4] == other[:4] for other in said if len(word) > 3)}
    return bool(wanted) and len(spelt) * 2 >= len(wanted)
