"""A person as texts name them, and the name they get instead."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from service.routing.addresses import mailbox

__all__ = ["Person", "escaped", "forms_of"]

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
WORD = re.compile(r"[^\W_]+")
# Of a word; an underscore is between words.
BEGINS, ENDS = r"(?<![^\W_])(?:", r")(?![^\W_])"
# Local parts of addresses that are nobody's in particular.
NOBODYS = re.compile("admin|billing|contact|hello|help|info|mail|office|post|sales|service|support|team")
# First names that are also words: alone they are a name only where they begin with a capital.
ALSO_WORDS = re.compile(
    "april|art|bill|bob|chance|chase|christian|dawn|dean|drew|faith|frank|gene|grace|grant|harry|hope|hunter|ivy|jack"
    "|joy|june|lance|mark|mason|max|may|melody|miles|nick|pat|penny|ray|rich|rob|rose|ruby|sandy|sky|sue|summer|will"
    "|young|long|short|small|best|good|wise|sharp"
)
SHORTEST_ALONE, SHORTEST_LOCAL = 2, 4


@dataclass(frozen=True)
class Person:
    """`names` are full names; `alone` are parts of them that mean this person where only their deals are spoken of.

    `handle` is the address's local part, where it is nobody else's. `seed` makes the new name; whoever throws it away
    cannot find back.
    """

    address: str
    names: frozenset[str]
    alone: frozenset[str]
    handle: str | None
    seed: bytes

    @cached_property
    def everywhere(self) -> re.Pattern[str]:
        local, _, domain = self.address.partition("@")
        forms = [rf"{re.escape(local)}(?:\+[^\s@<>]*)?@{re.escape(domain)}"]
        forms += [name_pattern(name) for name in longest_first(self.names)]
        return re.compile(BEGINS + "|".join(forms) + ENDS, re.IGNORECASE)

    @cached_property
    def in_their_deals(self) -> re.Pattern[str] | None:
        forms = []
        for part in longest_first(self.alone):
            as_written = {part, part.upper(), part.capitalize()}
            if not ALSO_WORDS.fullmatch(part.casefold()) and len(part) > SHORTEST_ALONE:
                as_written.add(part.lower())
            forms += [re.escape(form) for form in sorted(as_written)]
        if self.handle is not None:
            forms.insert(0, f"(?i:{re.escape(self.handle)})")
        return re.compile(BEGINS + "|".join(forms) + ENDS) if forms else None

    @property
    def needles(self) -> list[str]:
        """Patterns of ILIKE: what a row holds that names this person beyond doubt holds one of them."""
        local, _, domain = self.address.partition("@")
        words = [[escaped(word) for word in name.split()] for name in sorted(self.names)]
        turned = ["%".join([each[-1], *each[:-1]]) for each in words]
        return [f"{escaped(local)}%@{escaped(domain)}", *("%".join(each) for each in words), *turned]

    def renamed(self, text: str, *, theirs: bool) -> str:
        """The text without the person's names and addresses, as long as before. `theirs`: it is of one of their deals,
        where also a first name alone is theirs."""
        text = self.everywhere.sub(self.other, text)
        if theirs and self.in_their_deals is not None:
            text = self.in_their_deals.sub(self.other, text)
        return text

    def other(self, match: re.Match[str]) -> str:
        found = match.group()
        local, at, domain = found.rpartition("@")
        if not at:
            return WORD.sub(self.word, found)
        site, dot, ending = domain.rpartition(".")
        return WORD.sub(self.word, local) + at + WORD.sub(self.word, site) + dot + ending

    def word(self, match: re.Match[str]) -> str:
        """Another word of the same length and the same case: always the same one for the same word."""
        found = match.group()
        digest = hashlib.sha256(self.seed + found.casefold().encode("utf-8", "surrogatepass")).digest()
        letters = "".join(
            (CONSONANTS, VOWELS)[place % 2][digest[place % len(digest)] % len((CONSONANTS, VOWELS)[place % 2])]
            for place in range(len(found))
        )
        if found.isupper() and len(found) > 1:
            return letters.upper()
        return letters.capitalize() if found[0].isupper() else letters


def forms_of(address: str, names: Iterable[str], others: Collection[str], new_seed: Callable[[], bytes]) -> Person:
    """`others` are the names of the other people in their deals: what is also part of theirs means nobody alone."""
    shared = {part.casefold() for name in others for part in WORD.findall(name)}
    full = {" ".join(name.split()) for name in names}
    full = {name for name in full if len(name) > 1 and mailbox(name) is None}
    parts = {part for name in full for part in WORD.findall(name)}
    alone = {part for part in parts if len(part) >= SHORTEST_ALONE and part.casefold() not in shared}
    local = address.partition("@")[0]
    common = NOBODYS.fullmatch(local) or ALSO_WORDS.fullmatch(local) or local in shared
    # A name of one word is as good as a part of one.
    return Person(
        address=address,
        names=frozenset(name for name in full if len(WORD.findall(name)) > 1),
        alone=frozenset(alone | {name for name in full if len(WORD.findall(name)) == 1}),
        handle=None if common or len(local) < SHORTEST_LOCAL else local,
        seed=new_seed(),
    )


def escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def name_pattern(name: str) -> str:
    """However it is spaced or hyphenated; also with the last name first."""
    words = [re.escape(word) for word in name.split()]
    straight = r"[\s._-]+".join(words)
    turned = rf"{words[-1]},\s*" + r"\s+".join(words[:-1]) if len(words) > 1 else straight
    return f"{straight}|{turned}"


def longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))
