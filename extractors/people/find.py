"""People named in a text: participants by any form of their name, others by how names are written and introduced."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from extractors.people.participants import People
from extractors.people.words import (
    HONORIFIC,
    common_words,
    folded,
    given_names,
    names_that_are_words,
    not_names,
    posts,
    surnames,
    words_listed,
)
from signals import Participant

__all__ = ["How", "Person", "find_people"]

WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
# What common words take on ("supporter", "reassigned").
ENDING = r"(?:s|es|ed|d|ing|er|ers|or|ors|ly|ness|ment)$"
SURNAME_JOIN = words_listed("surname_join")
# Words that stand before a name that speech-to-text writes small, and words that stand after one.
LEADS_TO = words_listed("leads_to")
FOLLOWS = words_listed("follows")
# What a place or a storm is called by, and what makes a company or an office of a name ("Davis Foundation").
BEFORE_PLACE = words_listed("before_place")
OF_COMPANIES = words_listed("of_companies")
INITIAL = re.compile(r"[A-Z]\.?")
ADDRESS = frozenset({"sir", "miss", "madam", "doctor", "ms", "professor", "sister", "father", "don", "pan", "fr"})


class How(StrEnum):
    """How a name was recognised, the surest first."""

    PARTICIPANT = "participant"
    GIVEN = "given"
    TITLED = "titled"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person named at text[start:end]. `name` is the participant's full name, else the name as said."""

    start: int
    end: int
    text: str
    name: str
    participant: Participant | None = None
    how: How = How.GIVEN


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    text: str
    bare: str
    folded: str

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def unknown(self) -> bool:
        """Neither a common word nor anything that is never a name."""
        return (
            len(self.bare) > 1
            and self.bare not in common_words()
            and (self.capital or not common_words() & {re.sub(ENDING, put, self.bare) for put in ("", "e")})
            and self.bare not in not_names()
            and not re.fullmatch(HONORIFIC, self.bare)
            and not (self.text.isupper() and len(self.text) <= 5)
            and "'" not in self.bare.replace("’", "'")
        )


def find_people(text: str, people: People, *, written: bool = False) -> list[Person]:
    """People named in the text, in order: participants, known given names, people with an honorific. With `written`,
    also words that only look like names, by their capital or, in text without capitals, by the words around them:
    whoever asks decides from what is said of them."""
    tokens = [token_of(match) for match in WORDS.finditer(text)]
    cased = not text.islower()
    out: list[Person] = []
    place = 0
    while place < len(tokens):
        count, how = name_at(tokens, place, text, people, cased=cased, written=written)
        if count and how is not How.PARTICIPANT and no_person(tokens, place, count, text):
            place += count
            continue
        if not count:
            place += 1
            continue
        out.append(person_of(text, tokens[place].start, tokens[place + count - 1].end, people, how))
        place += count
    return out


def no_person(tokens: list[Token], place: int, count: int, text: str) -> bool:
    """ "San Francisco", "Hurricane Rita", "Clinton Foundation": names of places and companies that hold a person's."""
    if count > 1 and tokens[place + count - 1].bare in OF_COMPANIES:
        return True
    return place > 0 and tokens[place - 1].bare in BEFORE_PLACE and adjacent(tokens, place - 1, 2, text)


def token_of(match: re.Match[str]) -> Token:
    text = match.group()
    bare = re.sub(r"['’](?:s|ll|d|ve|re)$|\.$", "", text.lower())
    return Token(match.start(), match.end(), text, bare, folded(bare))


def person_of(text: str, start: int, end: int, people: People, how: How) -> Person:
    said = re.sub(r"['’](?:s|ll|d|ve|re)$|\.$", "", text[start:end])
    participant = people.named(said)
    name = said.title() if said.islower() else said
    return Person(
        start=start,
        end=start + len(said),
        text=said,
        name=participant.name if participant and participant.name else name,
        participant=participant,
        how=How.PARTICIPANT if participant else how,
    )


def name_at(
    tokens: list[Token], place: int, text: str, people: People, *, cased: bool, written: bool
) -> tuple[int, How]:
    """How many tokens the name that starts here takes, and how it is known; 0 where none starts."""
    if count := participant_at(tokens, place, text, people):
        return count, How.PARTICIPANT
    if count := titled_at(tokens, place, text, cased=cased):
        return count, How.TITLED
    token = tokens[place]
    if token.bare in not_names():
        return 0, How.WRITTEN
    known = token.folded in given_names()
    if not cased:
        if known:
            return 1 + (written and family_follows(tokens, place, text)), How.GIVEN
        if written and said_like_a_name(tokens, place, text):
            return 1 + family_follows(tokens, place, text), How.WRITTEN
        return 0, How.WRITTEN
    if not token.capital:
        return 0, How.WRITTEN
    if known:
        return run(tokens, place, text), How.GIVEN
    if token.bare in names_that_are_words() and not token.text.isupper() and (length := run(tokens, place, text)) > 1:
        return length, How.GIVEN
    if token.unknown and not text.isupper() and family_name(tokens, place, run(tokens, place, text)):
        return run(tokens, place, text), How.GIVEN
    if written and token.unknown and not text.isupper():
        return run(tokens, place, text), How.WRITTEN
    return 0, How.WRITTEN


def participant_at(tokens: list[Token], place: int, text: str, people: People) -> int:
    if tokens[place].bare not in people.first_words:
        return 0
    for count in (3, 2, 1):
        if place + count <= len(tokens) and adjacent(tokens, place, count, text):
            form = " ".join(token.bare for token in tokens[place : place + count])
            known = tokens[place].folded in given_names()
            short = count == 1 and (len(form) <= 4 or not known)
            if (
                form in people.by_form
                and form not in not_names()
                and (not short or tokens[place].capital or known or tokens[place].unknown)
            ):
                return count
    return 0


def titled_at(tokens: list[Token], place: int, text: str, *, cased: bool) -> int:
    """A name after an honorific: "Ms. Amaral", "doctor feldman"."""
    if place + 1 >= len(tokens) or not re.fullmatch(HONORIFIC, tokens[place].bare):
        return 0
    if tokens[place + 1].start - tokens[place].end > 2 or "," in text[tokens[place].end : tokens[place + 1].start]:
        return 0
    follows = tokens[place + 1]
    if follows.bare in not_names() or re.fullmatch(HONORIFIC, follows.bare):
        return 0
    if cased:
        return 1 + run(tokens, place + 1, text) if follows.capital else 0
    named = follows.unknown or follows.folded in given_names()
    if named or (tokens[place].bare not in ADDRESS and follows.bare not in common_words()):
        return 2 + family_follows(tokens, place + 1, text)
    return 0


def family_name(tokens: list[Token], place: int, count: int) -> bool:
    """Whether so many capitalised words end in a well-known family name: "Usman Shaukat Patel"."""
    return (
        count > 1
        and all(token.folded not in surnames() for token in tokens[place : place + count - 1])
        and (tokens[place + count - 1].folded in surnames())
    )


def family_follows(tokens: list[Token], place: int, text: str) -> bool:
    """Whether a family name stands after a given name in text without capitals."""
    if place + 1 >= len(tokens) or not adjacent(tokens, place, 2, text):
        return False
    return tokens[place + 1].unknown or tokens[place + 1].folded in given_names()


def said_like_a_name(tokens: list[Token], place: int, text: str) -> bool:
    """An unknown word that is said the way names are, in text without capitals."""
    if not tokens[place].unknown or len(tokens[place].bare) < 3:
        return False
    before = tokens[place - 1].bare if place else ""
    last = place + 1 if family_follows(tokens, place, text) else place
    after = tokens[last + 1].text if last + 1 < len(tokens) else ""
    return before in LEADS_TO or before in posts() or after in FOLLOWS or place == 0


def run(tokens: list[Token], place: int, text: str) -> int:
    """How many capitalised words follow on each other from here, small words of surnames included."""
    count = 1
    while place + count < len(tokens) and count < 4 and adjacent(tokens, place + count - 1, 2, text):
        token = tokens[place + count]
        last = tokens[place + count - 1]
        if last.text.endswith(("'s", "’s")) or (last.text.endswith(".") and not INITIAL.fullmatch(last.text)):
            break
        initial = token.text.endswith(".") and INITIAL.fullmatch(token.text) is not None
        named = initial or token.bare not in not_names()
        if token.capital and named and not (token.text.isupper() and len(token.text) in (3, 4)):
            count += 1
        elif length := joins(tokens, place + count):
            count += length
        else:
            break
    return count


def joins(tokens: list[Token], place: int) -> int:
    """How many tokens "de la Cruz" takes from here; 0 where no family name follows the small words."""
    last = place
    while last < len(tokens) and last - place < 3 and tokens[last].text in SURNAME_JOIN:
        last += 1
    return last - place + 1 if last > place and last < len(tokens) and tokens[last].capital else 0


def adjacent(tokens: list[Token], place: int, count: int, text: str) -> bool:
    return all(
        text[tokens[i].end : tokens[i + 1].start].strip() == "" and tokens[i + 1].start - tokens[i].end <= 2
        for i in range(place, place + count - 1)
    )
