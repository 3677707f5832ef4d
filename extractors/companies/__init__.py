"""Which companies and products are named: the deal's catalogue by any alias (misheard ones too), well-known vendors,
and names that are written like names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

import ahocorasick_rs
from rapidfuzz import fuzz

from extractors.people.words import common_words, given_names
from signals import DealContext, KnownCompetitor

__all__ = ["Companies", "Company", "How", "companies_of", "find_companies"]


class How(StrEnum):
    """How a name was recognised, the surest first."""

    CATALOGUE = "catalogue"
    VENDOR = "vendor"
    HEARD = "heard"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company or product named at text[start:end]; `name` is the canonical one."""

    start: int
    end: int
    text: str
    name: str
    how: How


@dataclass(frozen=True, slots=True)
class Companies:
    """Names to look for in one deal's conversations. `excluded` (squeezed) are the seller and the buyer."""

    automaton: object
    entries: tuple[tuple[str, str, How, bool], ...]
    sounds: Mapping[str, tuple[tuple[str, str], ...]]  # first letter to (how a catalogue name sounds, the name)
    excluded: frozenset[str]


CAPITALIZED = re.compile(
    r"(?<![\w@./-])(?:[A-Z][\w&+]*[a-z0-9][\w&+]*|[a-z]+[A-Z]\w+|[A-Z]{3,6}(?!\w))(?:[-.][A-Z0-9]\w*)*(?:(?: "
    r"| & )(?:[A-Z][\w&+]*[a-z0-9][\w&+]*|[A-Z]{2,5}|\d{3}\b|One|365))*"
)
HEARD_LIKE = 88.0
# A catalogue name of so many letters may be misheard; one of so few is known only when said letter by letter ("v tex").
SHORTEST_HEARD = 5
SHORTEST_SPELT = 4
SHORTEST_FIRST_WORD = 3
WORD = re.compile(r"[a-z0-9]+")


def squeeze(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def abbreviations() -> frozenset[str]:
    raw = tomllib.loads(files("extractors.companies").joinpath("abbreviations.toml").read_text(encoding="utf-8"))
    return frozenset(raw["words"].split())


@cache
def places() -> frozenset[str]:
    raw = files("extractors.companies").joinpath("places.txt").read_text(encoding="utf-8")
    return frozenset(word for line in raw.splitlines() if not line.startswith("#") for word in line.split())


@cache
def vendors() -> tuple[dict[str, str], frozenset[str]]:
    """Lower-case name to name, and the squeezed ambiguous ones."""
    raw = tomllib.loads(files("extractors.companies").joinpath("vendors.toml").read_text(encoding="utf-8"))
    ambiguous = frozenset(squeeze(name) for name in raw.pop("ambiguous"))
    return {name.lower(): name for group in raw.values() for name in group}, ambiguous


def companies_of(deal: DealContext | None) -> Companies:
    """The names that count in this deal's conversations."""
    deal = deal or DealContext()
    known, ambiguous = vendors()
    entries: dict[str, tuple[str, How, bool]] = {
        spelling: (name, How.VENDOR, squeeze(name) in ambiguous) for spelling, name in known.items()
    }
    sounds: dict[str, list[tuple[str, str]]] = {}
    for short, name in first_words(deal.competitors).items():
        entries[short] = (name, How.CATALOGUE, False)
    for competitor in deal.competitors:
        for alias in (competitor.name, *competitor.aliases):
            entries[alias.lower()] = (competitor.name, How.CATALOGUE, False)
            if len(heard_as := sound(squeeze(alias))) >= SHORTEST_SPELT:
                sounds.setdefault(heard_as[0], []).append((heard_as, competitor.name))
    excluded = frozenset(
        squeezed
        for company in (deal.seller, deal.account)
        if company
        for squeezed in (squeeze(company), *map(squeeze, company.split()[:1]))
        if len(squeezed) > 2
    )
    rows = tuple((spelling, *entry) for spelling, entry in entries.items() if squeeze(spelling) not in excluded)
    automaton = ahocorasick_rs.AhoCorasick([row[0] for row in rows], matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    return Companies(automaton, rows, {letter: tuple(names) for letter, names in sounds.items()}, excluded)


def first_words(competitors: Sequence[KnownCompetitor]) -> dict[str, str]:
    """What people call a competitor whose name has several words: the first of them, where it is no common word, no
    given name, no vendor of its own and begins no other competitor's name."""
    known, _ = vendors()
    owners: dict[str, set[str]] = {}
    for competitor in competitors:
        for alias in (competitor.name, *competitor.aliases):
            first = re.split(r"[\s+&/.-]+", alias.lower())[0]
            owners.setdefault(first, set()).add(competitor.name)
    return {
        word: names.pop()
        for word, names in owners.items()
        if len(names) == 1
        and len(word) >= SHORTEST_FIRST_WORD
        and word.isalpha()
        and word not in common_words()
        and word not in abbreviations()
        and word not in given_names()
        and word not in known
    }


def find_companies(text: str, companies: Companies, *, written: bool = True) -> list[Company]:
    """Companies in the text, in order. With `written`, names that only look like names (capitals inside a sentence) are
    given too: whoever asks decides from the words around them."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    cased = not text.islower()
    out: list[Company] = []
    for index, start, end in companies.automaton.find_matches_as_indexes(lower):  # type: ignore[attr-defined]
        _, name, how, ambiguous = companies.entries[index]
        if (start and lower[start - 1].isalnum()) or (end < len(lower) and lower[end].isalnum()):
            continue
        if ambiguous and not (cased and text[start].isupper() and not opens_sentence(text, start)):
            if not written or (cased and text[start].islower()) or lower[start:end] in common_words():
                continue
            how = How.WRITTEN  # may be the common word
        if ambiguous and cased and name.isupper() and not text[start:end].isupper():
            continue  # "Nice deck" is not about NICE
        out.append(Company(start=start, end=end, text=text[start:end], name=name, how=how))
    out += heard(lower, companies, out, text)
    if written and cased:
        out += capitalised(text, companies, out)
    return sorted(out, key=lambda company: company.start)


@lru_cache(maxsize=1 << 14)
def sound(word: str) -> str:
    """Letters that sound alike as one: "qlik" and "click" → "klik"."""
    for said, written in (("ph", "f"), ("ck", "k"), ("q", "k"), ("c", "k"), ("z", "s"), ("y", "i")):
        word = word.replace(said, written)
    return word


def heard(lower: str, companies: Companies, taken: list[Company], text: str) -> list[Company]:
    """Catalogue names as speech-to-text may hear them: in two words ("click view"), with other letters ("tablo")."""
    if not companies.sounds:
        return []
    words = [(m.start(), m.end(), sound(m.group())) for m in WORD.finditer(lower)]
    out: list[Company] = []
    for place, (start, _, first) in enumerate(words):
        for wanted, name in companies.sounds.get(first[0], ()):
            said = ""
            for count, (_, end, word) in enumerate(words[place : place + 3], 1):
                said += word
                if len(said) > len(wanted) + 2:
                    break
                if said == wanted:
                    like = len(wanted) >= SHORTEST_HEARD or count > 1
                else:
                    like = (
                        count < 3
                        and len(wanted) >= SHORTEST_HEARD
                        and len(said) >= len(wanted) - 2
                        and fuzz.ratio(said, wanted) >= HEARD_LIKE
                    )
                if (
                    like
                    and end - start <= len(said) + 2 * count
                    and all(end <= other.start or start >= other.end for other in (*taken, *out))
                ):
                    out.append(Company(start=start, end=end, text=text[start:end], name=name, how=How.HEARD))
    return out


def capitalised(text: str, companies: Companies, taken: list[Company]) -> list[Company]:
    out: list[Company] = []
    for match in CAPITALIZED.finditer(text):
        start, end, name = match.start(), match.end(), match.group()
        opening = re.match(r"[A-Z][a-z']*(?:ing|ly)? (?=[A-Z])", name)
        if opening and opens_sentence(text, start) and opening.group().strip().lower() in common_words():
            start, name = start + opening.end(), name[opening.end() :]  # "Since Monday", "The SENCOs", "Hi Kamil"
        if not like_a_name(name):
            continue
        if squeeze(name) in companies.excluded or squeeze(name.split()[0]) in companies.excluded:
            continue
        if any(start < other.end and end > other.start for other in taken):
            continue
        if opens_sentence(text, start) and not re.search(r"[A-Z].*[A-Z]|\d", name):
            continue
        out.append(Company(start=start, end=end, text=name, name=name, how=How.WRITTEN))
    return out


def like_a_name(name: str) -> bool:
    """Whether it is more than common words, abbreviations of business and figures written with capitals."""
    if re.fullmatch(r"[A-Z]{1,5}\d+\w*|[A-Z]\d.*", name):
        return False
    words = re.split(r"[ -]", name)
    lower = [word.lower() for word in words]
    return not all(word in common_words() or word in abbreviations() or word in places() for word in lower)


def opens_sentence(text: str, start: int) -> bool:
    return not text[:start].rstrip(" \"'“‘(").rstrip() or text[:start].rstrip(" \"'“‘(")[-1:] in ".!?:\n-–•"
