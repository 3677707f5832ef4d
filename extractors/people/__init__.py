"""Who is named in a text: participants by any form of their name, other people by how names are written and introduced,
and job titles."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from extractors.people.titles import Title, find_titles
from signals import Participant

__all__ = ["People", "Person", "Title", "find_people", "find_titles", "people_of"]

HONORIFIC = (
    r"(?:mr|mrs|ms|miss|mister|missus|dr|doctor|prof|professor|herr|frau|sir|madame|madam|monsieur|señor|señora)\.?"
)
WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
SURNAME_JOIN = {
    "de",
    "da",
    "van",
    "von",
    "der",
    "den",
    "di",
    "del",
    "la",
    "le",
    "el",
    "al",
    "bin",
    "ibn",
    "dos",
    "ter",
    "ten",
    "du",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person named at text[start:end]. `name` is the participant's full name, else the name as said."""

    start: int
    end: int
    text: str
    name: str
    participant: Participant | None = None


@dataclass(frozen=True, slots=True)
class People:
    """The conversation's participants, by every form in which they are spoken of."""

    by_form: dict[str, Participant]

    def named(self, name: str) -> Participant | None:
        """The participant whom this name can only mean, or None."""
        words = [word for word in plain(name).split() if not re.fullmatch(HONORIFIC, word)]
        if not words:
            return None
        return self.by_form.get(" ".join(words))


@cache
def nicknames() -> dict[str, str]:
    """Short form to full given name."""
    raw = tomllib.loads(files("extractors.people").joinpath("words.toml").read_text(encoding="utf-8"))
    return {short: full for full, forms in raw["nicknames"].items() for short in forms}


@cache
def not_names() -> frozenset[str]:
    raw = tomllib.loads(files("extractors.people").joinpath("words.toml").read_text(encoding="utf-8"))
    return frozenset(raw["not_names"]["words"].split())


@cache
def given_names() -> frozenset[str]:
    raw = files("extractors.people").joinpath("names.txt").read_text(encoding="utf-8")
    return frozenset(word for line in raw.splitlines() if not line.startswith("#") for word in line.split())


def plain(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+(?:['’-][^\W\d_]+)*", name.lower()))


def people_of(participants: tuple[Participant, ...]) -> People:
    """Full names, given and family names, nicknames; a form that two people share means neither."""
    forms: dict[str, set[int]] = {}
    for index, person in enumerate(participants):
        for form in name_forms(person.name or ""):
            forms.setdefault(form, set()).add(index)
    unique = {form: participants[next(iter(owners))] for form, owners in forms.items() if len(owners) == 1}
    return People(unique)


def name_forms(name: str) -> set[str]:
    """'Pillai, Ravindra' → pillai ravindra, ravindra pillai, ravindra, pillai, ravi (a short form of four letters)."""
    if re.fullmatch(r"\s*(?:speaker|unknown|participant|caller|guest)\b.*", name, re.IGNORECASE):
        return set()
    if "," in name:
        family, given = (part.strip() for part in name.split(",", 1))
        name = f"{given} {family}"
    words = [word for word in plain(re.sub(r"\(.*?\)", "", name)).split() if not re.fullmatch(HONORIFIC, word)]
    if not words:
        return set()
    forms = {" ".join(words), words[0], words[-1], " ".join(words[1:]) or words[0]}
    forms |= {short for short, full in nicknames().items() if full == words[0]} | {nicknames().get(words[0], words[0])}
    if len(words[0]) >= 6:
        forms |= {words[0][:3], words[0][:4]}
    return {form for form in forms if len(form) > 1}


def find_people(text: str, people: People) -> list[Person]:
    """People named in the text, in order. In text without capitals only participants, known given names and people with
    an honorific are found."""
    tokens = [(m.start(), m.end(), m.group()) for m in WORDS.finditer(text)]
    out: list[Person] = []
    place = 0
    while place < len(tokens):
        count = name_at(tokens, place, text, people)
        if not count:
            place += 1
            continue
        start, end = tokens[place][0], tokens[place + count - 1][1]
        said = re.sub(r"['’]s$|\.$", "", text[start:end])
        end = start + len(said)
        participant = people.named(said)
        name = re.sub(rf"^{HONORIFIC}\s+", "", said, flags=re.IGNORECASE)
        if participant is None and name.islower():
            name = name.title()
        out.append(
            Person(
                start=start,
                end=end,
                text=said,
                name=participant.name if participant and participant.name else name,
                participant=participant,
            )
        )
        place += count
    return out


def name_at(tokens: list[tuple[int, int, str]], place: int, text: str, people: People) -> int:
    """How many tokens the name that starts here takes; 0 where none starts."""
    known = given_names()
    word = bare(tokens[place][2])
    for count in (3, 2, 1):  # a participant, by whatever form
        if place + count <= len(tokens) and adjacent(tokens, place, count, text):
            form = " ".join(bare(token[2]) for token in tokens[place : place + count])
            short = count == 1 and (len(form) <= 4 or form not in known)
            if (
                form in people.by_form
                and form not in not_names()
                and (not short or tokens[place][2][0].isupper() or form in known)
            ):
                return count
    cased = not text.islower()
    if (
        re.fullmatch(HONORIFIC, word)
        and place + 1 < len(tokens)
        and word not in ("sir", "miss", "madam", "doctor", "ms", "professor")
    ):
        follows = bare(tokens[place + 1][2])
        if follows not in not_names() and (not cased or tokens[place + 1][2][0].isupper()):
            return 1 + run(tokens, place + 1, text) if cased else 2
    if word in not_names():
        return 0
    if not cased:
        return 1 if word in known else 0
    if not tokens[place][2][0].isupper():
        return 0
    length = run(tokens, place, text)
    if word in known:
        return length
    return 0


def run(tokens: list[tuple[int, int, str]], place: int, text: str) -> int:
    """How many capitalised words follow on each other from here, small words of surnames included."""
    count = 1
    while place + count < len(tokens) and count < 4 and adjacent(tokens, place + count - 1, 2, text):
        word = tokens[place + count][2]
        if text[tokens[place + count - 1][0] : tokens[place + count - 1][1]].endswith(("'s", "’s", ".")) and count:
            break
        if word[0].isupper() and bare(word) not in not_names():
            count += 1
        elif (
            word.lower() in SURNAME_JOIN
            and place + count + 1 < len(tokens)
            and tokens[place + count + 1][2][0].isupper()
        ):
            count += 2
        else:
            break
    return count


def adjacent(tokens: list[tuple[int, int, str]], place: int, count: int, text: str) -> bool:
    return all(
        text[tokens[i][1] : tokens[i + 1][0]].strip() == "" and tokens[i + 1][0] - tokens[i][1] <= 2
        for i in range(place, place + count - 1)
    )


def bare(word: str) -> str:
    return re.sub(r"['’]s$|\.$", "", word.lower())
