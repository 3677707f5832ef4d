"""Named phrases: what people say when they mean something, as data that a person may tune.

A family keeps its phrases in `phrases.toml`:

    [[phrase]]
    name = "set aside <amount>"                  # named by its shape; travels with the signal as its explanation
    means = "stated"                             # the family's word for what it means
    cues = ["set aside", "earmarked", "ring-fenc*"]   # one of them must stand in the unit; * leaves the word's end open
    pattern = "(?:we|i|they)\\b.{0,30}(?:set aside|earmarked).{0,20}<amount>"   # optional, on the lower-case unit
    unless = "would"                             # optional: what must not stand in the unit
    side = "buyer"                               # optional: who must be speaking (an unknown speaker may be anyone)

    [words]                                      # optional: classes of words that cues and patterns share
    proposal = ["proposal", "quot*", "offer"]    # {proposal} in a pattern or among the cues stands for any of them

A pattern may be a list of patterns, any of which will do. A class stands for whole words and may name other classes;
the files of one family share them.
Cues of all phrases are found in one pass over the unit (Aho-Corasick), and only a phrase whose cue is there has its
pattern tried, on a unit of bounded length; so the cost follows the length of the conversation. In a pattern `<amount>`,
`<date>`, `<person>`, `<company>` and `<title>` stand for a mention that was read there.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol

import ahocorasick_rs

from extractors.reading import Reading, Unit
from signals import Side

__all__ = ["Mention", "Pattern", "Phrase", "PhraseError", "PhraseMatch", "Phrasebook", "Slotted", "load_phrases"]

FIELDS = {"name", "means", "cues", "pattern", "unless", "side"}


class PhraseError(ValueError):
    """A phrase file that cannot be used; the message names file, phrase and mend."""


class Mention(Protocol):
    """Something read in a text: an amount, a period, a person. Offsets are within the text read."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(slots=True)
class Pattern:
    """A regular expression that is compiled when it is first tried: of some thousand, one mail needs a handful."""

    written: str
    where: str
    _ready: re.Pattern[str] | None = None

    def search(self, text: str) -> re.Match[str] | None:
        return self.compiled().search(text)

    def compiled(self) -> re.Pattern[str]:
        """Raises PhraseError where it is no regular expression."""
        if self._ready is None:
            try:
                self._ready = re.compile(self.written)
            except re.error as error:
                raise PhraseError(f"{self.where}: the pattern is no regular expression: {error}") from None
        return self._ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    name: str
    means: str
    cues: tuple[str, ...]
    pattern: Pattern | None = None
    unless: Pattern | None = None
    side: Side | None = None
    slots: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Slotted:
    """A unit's text with mentions replaced by `<amount>` and the like; `edges`: (offset here, offset in the unit)."""

    text: str
    edges: tuple[tuple[int, int], ...]
    mentions: tuple[tuple[int, str, Mention], ...]

    def original(self, offset: int) -> int:
        """The offset in the unit of an offset in the slotted text."""
        here, there = self.edges[bisect_right(self.edges, (offset, 1 << 60)) - 1]
        return there + offset - here


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A phrase that stands in a unit at unit.text[start:end], with the mentions that filled its slots, in order."""

    phrase: Phrase
    unit: Unit
    start: int
    end: int
    mentions: tuple[Mention, ...] = ()


Reader = Callable[[Reading, Unit], Sequence[Mention]]


class Phrasebook:
    """A family's phrases, ready to be looked for. `readers` say how each slot's mentions are read in a unit."""

    def __init__(self, phrases: Sequence[Phrase], readers: dict[str, Reader] | None = None) -> None:
        self.phrases = tuple(phrases)
        self.readers = readers or {}
        missing = {slot for phrase in phrases for slot in phrase.slots} - set(self.readers)
        if missing:
            raise PhraseError(f"no reader for the slots {', '.join(sorted(missing))}")
        owners: dict[str, list[int]] = {}
        for place, phrase in enumerate(self.phrases):
            for cue in phrase.cues:
                owners.setdefault(cue, []).append(place)
        self._cues = [(cue.rstrip("*"), cue.endswith("*"), places) for cue, places in owners.items()]
        self._automaton = ahocorasick_rs.AhoCorasick([cue for cue, _, _ in self._cues])

    def matches(self, reading: Reading, unit: Unit) -> Iterator[PhraseMatch]:
        """Every phrase that stands in the unit, in the order of the book."""
        candidates = self.candidates(unit.lower)
        if not candidates:
            return
        side = reading.side_of(unit)
        slotted: dict[frozenset[str], Slotted] = {}
        for place, (start, end) in sorted(candidates.items()):
            phrase = self.phrases[place]
            if phrase.side is not None and side is not None and phrase.side is not side:
                continue
            if phrase.unless is not None and phrase.unless.search(unit.lower):
                continue
            if phrase.pattern is None:
                yield PhraseMatch(phrase, unit, start, end)
                continue
            if phrase.slots not in slotted:
                slotted[phrase.slots] = self.slotted(reading, unit, phrase.slots)
            view = slotted[phrase.slots]
            if found := phrase.pattern.search(view.text):
                filled = tuple(m for at, _, m in view.mentions if found.start() <= at < found.end())
                yield PhraseMatch(phrase, unit, view.original(found.start()), view.original(found.end()), filled)

    def candidates(self, text: str) -> dict[int, tuple[int, int]]:
        """Phrases of which a cue stands in the text at whole words, with the place of the first."""
        found: dict[int, tuple[int, int]] = {}
        for cue, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            _, open_ended, places = self._cues[cue]
            if (start and text[start - 1].isalnum() and text[start].isalnum()) or (
                not open_ended and end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
            ):
                continue
            for place in places:
                found.setdefault(place, (start, end))
        return found

    def slotted(self, reading: Reading, unit: Unit, slots: frozenset[str]) -> Slotted:
        mentions = sorted(
            ((mention, slot) for slot in sorted(slots) for mention in self.readers[slot](reading, unit)),
            key=lambda pair: (pair[0].start, -pair[0].end),
        )
        text, edges, placed, at = "", [(0, 0)], [], 0
        for mention, slot in mentions:
            if mention.start < at:
                continue
            text += unit.lower[at : mention.start]
            placed.append((len(text), slot, mention))
            edges.append((len(text), mention.start))
            text += f"<{slot}>"
            at = mention.end
            edges.append((len(text), at))
        return Slotted(text + unit.lower[at:], tuple(edges), tuple(placed))


def load_phrases(package: str, *names: str, means: Sequence[str] | None = None) -> tuple[Phrase, ...]:
    """The phrases of a family's files (`phrases.toml` where none is named), which share their classes of words. Raises
    PhraseError for an unknown field, a missing cue, a class told twice; for a wrong pattern only once it is tried."""
    raw = {
        name: tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8"))
        for name in names or ("phrases.toml",)
    }
    classes: dict[str, list[str]] = {}
    for name, content in raw.items():
        if twice := set(classes) & set(content.get("words", {})):
            raise PhraseError(f"{package}/{name}: the class {{{min(twice)}}} stands in another file of the family too")
        classes |= content.get("words", {})
    words = Words(classes, package)
    return tuple(
        phrase_of(entry, f"{package}/{name}", means, words)
        for name, content in raw.items()
        for entry in content.get("phrase", ())
    )


@dataclass(frozen=True, slots=True)
class Words:
    """The classes of words of a family's files: name to plain words, of which a last `*` leaves the end open."""

    classes: dict[str, list[str]]
    where: str

    def of(self, name: str, above: tuple[str, ...] = ()) -> list[str]:
        """The class's words, those of the classes that it names included."""
        if name not in self.classes or name in above:
            known = ", ".join(sorted(self.classes)) or "none"
            raise PhraseError(f"{self.where}: {{{name}}} is no class of [words], or names itself; known are {known}")
        out: list[str] = []
        for word in self.classes[name]:
            inner = CLASS.fullmatch(word)
            out += self.of(inner[1], (*above, name)) if inner else [word.lower()]
        return out

    def in_cues(self, cues: Sequence[str]) -> tuple[str, ...]:
        """Cues with each `{class}` among them replaced by its words."""
        out: list[str] = []
        for cue in cues:
            inner = CLASS.fullmatch(cue)
            out += self.of(inner[1]) if inner else [cue.lower()]
        return tuple(dict.fromkeys(out))

    def in_pattern(self, pattern: str | Sequence[str]) -> str:
        """One regular expression, with each `{class}` replaced by its words, the longest tried first."""
        pieces = [pattern] if isinstance(pattern, str) else pattern
        return "|".join(CLASS.sub(lambda found: self.alternation(found[1]), piece) for piece in pieces)

    def alternation(self, name: str) -> str:
        words = sorted(set(self.of(name)), key=lambda word: (-len(word), word))
        written = "|".join(re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in words)
        return rf"(?<!\w)(?:{written})(?!\w)"


CLASS = re.compile(r"\{([a-z_]+)\}")


def phrase_of(entry: dict[str, Any], where: str, means: Sequence[str] | None, words: Words) -> Phrase:
    label = f"{where}: phrase {entry.get('name')!r}"
    if unknown := set(entry) - FIELDS:
        raise PhraseError(f"{label}: unknown field {sorted(unknown)[0]!r}; known are {', '.join(sorted(FIELDS))}")
    if not entry.get("name") or not entry.get("means") or not entry.get("cues"):
        raise PhraseError(f"{label}: name, means and at least one cue are needed")
    if means is not None and entry["means"] not in means:
        raise PhraseError(f"{label}: means {entry['means']!r}; it must be one of {', '.join(means)}")
    written = words.in_pattern(entry.get("pattern", ""))
    return Phrase(
        name=entry["name"],
        means=entry["means"],
        cues=words.in_cues(entry["cues"]),
        pattern=Pattern(written, label) if written else None,
        unless=Pattern(words.in_pattern(entry["unless"]), label) if "unless" in entry else None,
        side=Side(entry["side"]) if "side" in entry else None,
        slots=frozenset(re.findall(r"<(amount|date|person|company|title)>", written)),
    )
