"""Which companies and products are named: the deal's catalogue by any alias (misheard ones too), well-known vendors,
and names that are written like names."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import ahocorasick_rs
from rapidfuzz import fuzz

from extractors.people.words import common_words
from signals import DealContext

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
    catalogue: tuple[tuple[str, str], ...]
    excluded: frozenset[str]


CAPITALIZED = re.compile(
    r"(?<![\w@./-])(?:[A-Z][\w&+]*[a-z0-9][\w&+]*|[a-z]+[A-Z]\w+|[A-Z]{3,6})(?:[-.][A-Z0-9]\w*)*(?:(?: "
    r"| & )(?:[A-Z][\w&+]*[a-z0-9][\w&+]*|[A-Z]{2,5}|\d{3}\b|One|365))*"
)
HEARD_LIKE = 88.0
SHORTEST_HEARD = 5


def squeeze(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def abbreviations() -> frozenset[str]:
    raw = tomllib.loads(files("extractors.companies").joinpath("abbreviations.toml").read_text(encoding="utf-8"))
    return frozenset(raw["words"].split())


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
    catalogue: list[tuple[str, str]] = []
    for competitor in deal.competitors:
        for alias in (competitor.name, *competitor.aliases):
            entries[alias.lower()] = (competitor.name, How.CATALOGUE, False)
            catalogue.append((alias, competitor.name))
    excluded = frozenset(
        squeezed
        for company in (deal.seller, deal.account)
        if company
        for squeezed in (squeeze(company), squeeze(company.split()[0]))
        if len(squeezed) > 2
    )
    rows = tuple((spelling, *entry) for spelling, entry in entries.items() if squeeze(spelling) not in excluded)
    automaton = ahocorasick_rs.AhoCorasick([row[0] for row in rows], matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    return Companies(automaton, rows, tuple(catalogue), excluded)


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
            if not written or (cased and text[start].islower()):
                continue
            how = How.WRITTEN  # may be the common word
        out.append(Company(start=start, end=end, text=text[start:end], name=name, how=how))
    out += heard(text, lower, companies, out)
    if written and cased:
        out += capitalised(text, companies, out)
    return sorted(out, key=lambda company: company.start)


def sound(word: str) -> str:
    """Letters that sound alike as one: "qlik" and "click" → "klik"."""
    for said, written in (("ph", "f"), ("ck", "k"), ("q", "k"), ("c", "k"), ("z", "s"), ("y", "i")):
        word = word.replace(said, written)
    return word


def heard(text: str, lower: str, companies: Companies, taken: list[Company]) -> list[Company]:
    """Catalogue names as speech-to-text may hear them: in two words ("click view"), with other letters ("tablo")."""
    words = [(m.start(), m.end(), sound(m.group())) for m in re.finditer(r"[a-z0-9]+", lower)]
    out: list[Company] = []
    for alias, name in companies.catalogue:
        wanted = sound(squeeze(alias))
        if len(wanted) < SHORTEST_HEARD:
            continue
        for place in range(len(words)):
            for count in (1, 2, 3):
                if place + count > len(words):
                    break
                start, end = words[place][0], words[place + count - 1][1]
                said = "".join(word for _, _, word in words[place : place + count])
                if abs(len(said) - len(wanted)) > 2 or said[0] != wanted[0] or end - start > len(said) + 2 * count:
                    continue
                exact = said == wanted
                if not exact and (count > 2 or fuzz.ratio(said, wanted) < HEARD_LIKE):
                    continue
                if all(end <= other.start or start >= other.end for other in [*taken, *out]):
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
    return not all(word.lower() in common_words() or word.lower() in abbreviations() for word in words)


def opens_sentence(text: str, start: int) -> bool:
    return not text[:start].rstrip(" \"'“‘(").rstrip() or text[:start].rstrip(" \"'“‘(")[-1:] in ".!?:\n-–•"
