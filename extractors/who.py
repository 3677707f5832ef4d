"""Who a sentence speaks of: a named person with their title, a title alone, or whom a pronoun stands for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.companies import How as CompanyHow
from extractors.people import How, Person, Title
from extractors.phrases import Mention
from extractors.reading import Reading, Unit
from extractors.slots import companies_in, people_in, titles_in
from signals import Participant, Side

__all__ = ["DEPARTMENTS", "Who", "called", "speaker_of", "who_in"]

# A title of one word is someone's only as an abbreviation ("the CFO") or after these.
LONGEST_ABBREVIATION = 4
OWN = re.compile(r"\b(?:our|my|new)\s+$")
# A pronoun stands for someone named at most so many sentences before.
LOOK_BACK = 4
PRONOUN = re.compile(r"(?<![\w'])(?:he|she|him)(?=['\s,.;!?]|$)")
LOOK_AHEAD = 2
# A speaker whom the recording could not name, and how others call someone to their face.
BARE = re.compile(r"(?:speaker|participant|unknown|guest|caller|user|spk)[ _-]*(?:\w{1,2})?", re.IGNORECASE)
INTRODUCES = re.compile(r"\b(?:this is|my name is|my name's|i'm|i am|it's)\s+$")
GREETS = re.compile(r"\b(?:hi|hey|hello|thanks|thank you|morning|afternoon|bye|cheers|sorry|welcome),? $")
# What may stand between a name and the title that belongs to it ("Ray's my VP", "deborah she's our attorney").
KNOWN_AS = re.compile(r",? (?:who|whom) [^,.;<]{0,30}(?:as|is|was) (?:our|the|a) ")
BETWEEN = re.compile(
    r"[\s,(]*(?:(?:'s|who|who's|is|as|the|our|my|their|your|that's|a|an|he|she|she's|he's|it's|also|now|name|named|called|:|,)[\s,(]+)*"
)
# A word that only looks like a name is none after these; and at the start of a sentence only before those.
PLACE_BEFORE = re.compile(
    r"\b(?:in|at|the|a|an|your|this|that|of|near|via|per|any|no|every|each|more"
    r"|(?:off|gone|went|go|moved|moving|move|back|over|transferred|flying|driving|relocated) to)\s+$"
)
ABOUT = re.compile(
    r"'s|'ll|'d|,| \w+ed\b| (?:is|was|has|had|will|would|does|did|in|from|who|and|he|she|left|quit|says?|said|wants?"
    r"|needs|can|runs|holds|takes|took|owns|gives|went|goes|just|now|also|never|at|signs|decides)\b"
)
# A name that goes on like this is a firm's; one that ends like this is a title or a language.
FIRM = re.compile(r",? (?:llp|llc|ltd|limited|gmbh|inc|ag|plc|labs|partners|& )")
NO_PERSON = re.compile(r"\b(?:labs|director|manager|creole|partners|group|systems|bank|school|office|team)$")
DEPARTMENTS = (
    r"legal|procurement|purchasing|purchases|sourcing|security|infosec|cyber|it|i t|finance|accounting|accounts"
    r"|supply chain|compliance|privacy|audit|architecture|operations|hr|engineering|marketing|sales|treasury"
    r"|buying office|chain"
)
DEPARTMENT = re.compile(
    r"^,? ?(?:in|from|of|at|over in|down in|our|\() ?(?:the |our )?"
    r"((?:group |it |information |i t |internal |data |supply )?"
    rf"(?:{DEPARTMENTS})(?: office| team| department)?)\b"
)


DOUBT = {How.PARTICIPANT: 0, How.TITLED: 0, How.GIVEN: 1, How.WRITTEN: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Someone spoken of at text[start:end]. `person` is the name, or None for a title alone."""

    start: int
    end: int
    person: str | None = None
    title: str | None = None
    participant: Participant | None = None
    introduced: bool = False  # the title is said beside the name, not only known of the participant
    pronoun: bool = False
    doubt: int = 0  # 0 for participants and names with a title, more for words that only look like a name

    @property
    def key(self) -> str:
        return (self.participant.id if self.participant else self.person or self.title or "").lower()


def who_in(reading: Reading, unit: Unit) -> Sequence[Mention]:
    """Everyone on the buyer's side whom the unit speaks of."""
    key = ("who", unit.index)
    if key not in reading.cache:
        reading.cache[key] = sorted(read_who(reading, unit), key=lambda who: who.start)
    return reading.cache[key]  # type: ignore[return-value]


def read_who(reading: Reading, unit: Unit) -> Iterator[Who]:
    named = list(named_in(reading, unit))
    yield from named
    for match in PRONOUN.finditer(unit.lower):
        if any(who.start <= match.start() < who.end for who in named):
            continue
        found = meant_by_pronoun(reading, unit, match.start())
        if found is not None:
            yield replace(found, start=match.start(), end=match.end(), pronoun=True)


def speaker_of(reading: Reading, unit: Unit) -> Who | None:
    turn = reading.turn_of(unit)
    if turn.side is Side.SELLER or turn.speaker is None or not turn.speaker.name:
        return None
    speaker = turn.speaker
    if BARE.fullmatch(speaker.name or ""):
        name = called(reading).get(speaker.id)
        return Who(
            start=0, end=0, person=name or speaker.name, title=speaker.title, participant=None if name else speaker
        )
    return Who(start=0, end=0, person=speaker.name, title=speaker.title, participant=speaker)


def called(reading: Reading) -> dict[str, str]:
    """What speakers without a name ("Speaker 2") are called: by themselves, or by whoever speaks just before or after
    them. Participant's id to the name heard most."""
    key = ("called", -1)
    if key not in reading.cache:
        reading.cache[key] = read_called(reading)
    return reading.cache[key]  # type: ignore[return-value]


def read_called(reading: Reading) -> dict[str, str]:
    bare = {person.id for person in reading.conversation.participants if BARE.fullmatch(person.name or "")}
    heard: dict[str, Counter[str]] = {id: Counter() for id in bare}
    for turn in reading.turns if bare else ():
        speaker = turn.speaker.id if turn.speaker else None
        near = [
            other.speaker.id
            for other in reading.turns[max(0, turn.index - 1) : turn.index + 2]
            if other.speaker is not None and other.speaker.id != speaker and other.speaker.id in bare
        ]
        for unit in turn.units:
            for person in people_in(reading, unit) if near or speaker in bare else ():
                if person.participant is not None:
                    continue
                before, after = unit.lower[: person.start], unit.lower[person.end :]
                if INTRODUCES.search(before) or after.startswith(" here"):
                    if speaker in bare:
                        heard[speaker][person.name] += 3
                elif len(set(near)) == 1 and addressed(before, after):
                    heard[near[-1]][person.name] += 1
    names = {id: names.most_common(1)[0][0] for id, names in heard.items() if names}
    return {id: name for id, name in names.items() if list(names.values()).count(name) == 1}


def addressed(before: str, after: str) -> bool:
    """Whether a name with these words around it calls someone: "Hi Ketan", "Ketan, ...", "..., Ketan?"."""
    opens, closes = not before.strip(), not after.strip(" .!?")
    return bool(GREETS.search(before)) or (opens and after.startswith(",")) or (closes and before.endswith(", "))


def meant_by_pronoun(reading: Reading, unit: Unit, place: int) -> Who | None:
    """The one named last before (of several in a sentence the surest name), else the one named just after."""
    if earlier := [who for who in named_in(reading, unit) if who.end <= place]:
        return surest(earlier)
    for before in reading.before(unit, LOOK_BACK):
        if named := named_in(reading, before):
            return surest(named)
    for after in reading.after(unit, LOOK_AHEAD):
        if named := [who for who in named_in(reading, after) if who.person]:
            return surest(named)
    return None


def surest(named: Sequence[Who]) -> Who:
    """The last of those that are known best."""
    return min(reversed(named), key=lambda who: who.doubt)


def named_in(reading: Reading, unit: Unit) -> list[Who]:
    key = ("who named", unit.index)
    if key not in reading.cache:
        reading.cache[key] = list(read_named(reading, unit))
    return reading.cache[key]  # type: ignore[return-value]


def read_named(reading: Reading, unit: Unit) -> Iterator[Who]:
    people = [person for person in people_in(reading, unit) if may_be_buyer(reading, unit, person)]
    titles = list(titles_in(reading, unit))
    taken: set[int] = set()
    for person in people:
        said = next((title for title in titles if id(title) not in taken and belongs(unit, person, title)), None)
        if said is not None:
            taken.add(id(said))
        department = DEPARTMENT.match(unit.lower[person.end :])
        title = said.text if said else department.group(1) if department else None
        yield Who(
            start=said.start if said and said.end <= person.start else person.start,
            end=person.end,
            person=person.name,
            title=title or (person.participant.title if person.participant else None),
            participant=person.participant,
            introduced=title is not None,
            doubt=DOUBT[person.how],
        )
    for title in titles:
        inside = any(person.start <= title.start < person.end for person in people)
        vague = (
            " " not in title.text
            and len(title.text) > LONGEST_ABBREVIATION
            and not OWN.search(unit.lower[: title.start])
        )
        if id(title) not in taken and not inside and not vague:
            yield holder_of(reading, title) or Who(start=title.start, end=title.end, title=title.text, doubt=1)


def holder_of(reading: Reading, title: Title) -> Who | None:
    """The buyer's participant who has this title, where only one has."""
    said = title_words(title.text)
    holders = [
        person
        for person in reading.conversation.participants
        if person.name
        and person.title
        and title_words(person.title) == said
        and reading.sides.of(person.id) is not Side.SELLER
    ]
    if len(holders) != 1:
        return None
    person = holders[0]
    return Who(start=title.start, end=title.end, person=person.name, title=person.title, participant=person)


def title_words(title: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", title.lower())) - {"of", "the", "and", "for", "new", "our"}


def may_be_buyer(reading: Reading, unit: Unit, person: Person) -> bool:
    if person.participant is not None:
        return reading.sides.of(person.participant.id) is not Side.SELLER
    if person.how is not How.WRITTEN:
        return True
    if PLACE_BEFORE.search(unit.lower[: person.start]) or (
        person.start == 0 and not ABOUT.match(unit.lower[person.end :])
    ):
        return False
    return not any(
        company.start < person.end and person.start < company.end and company.how is not CompanyHow.WRITTEN
        for company in companies_in(reading, unit)
    )


def belongs(unit: Unit, person: Person, title: Title) -> bool:
    """Whether the title stands beside the name: "Walt Prudhomme, CFO", "our lawyer Dr. Ohlsen"."""
    if title.start >= person.end:
        between = unit.lower[person.end : title.start]
    elif title.end <= person.start:
        between = unit.lower[title.end : person.start]
    else:
        return False
    return bool(BETWEEN.fullmatch(between) or KNOWN_AS.fullmatch(between))
