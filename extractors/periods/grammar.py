"""Phrases named by their shape, and the matcher that finds the longest one at a token.

A shape is written as it is spoken: words stand for themselves, `a|b` for either, `a_b` for two words in a row,
`[...]` for what may be left out, `<name>` for whatever the reader of that name finds.
All shapes of a grammar share one tree, so that trying them costs what the text has in common with them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from extractors.periods.lexicon import FOLLOWERS
from extractors.periods.scan import Readings, Scan

Action = Callable[..., Any]
_ELEMENT = re.compile(r"\[[^\]]*\]|\S+")


@dataclass(frozen=True, slots=True)
class Reader:
    """What a name in a shape stands for: how it is read, and the words it may begin with (see `keys_of`)."""

    read: Callable[[Scan, int], Readings]
    openings: Callable[[], frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where a shape was found: tokens `start` to `end` (exclusive) of a scan."""

    scan: Scan
    start: int
    end: int
    shape: str

    @property
    def words(self) -> list[str]:
        return self.scan.words[self.start : self.end]

    @property
    def before(self) -> str:
        """The word before the shape."""
        return self.scan.word(self.start - 1)

    @property
    def after(self) -> str:
        """The word after the shape."""
        return self.scan.word(self.end)

    @property
    def closed(self) -> bool:
        """Whether nothing follows that the shape would belong to: "the fifth" but not "the fifth floor"."""
        return self.scan.ends_here(self.end) or self.after in FOLLOWERS


@dataclass(frozen=True, slots=True)
class _Rule:
    order: int
    shape: str
    action: Action


@dataclass(slots=True)
class _Node:
    words: dict[str, "_Node"] = field(default_factory=dict)
    readers: dict[str, "_Node"] = field(default_factory=dict)
    rules: list[_Rule] = field(default_factory=list)


class Grammar:
    """A set of shapes with what each means. `readers` are looked up by name when a shape is tried."""

    def __init__(self, name: str, readers: Mapping[str, Reader]) -> None:
        self.name = name
        self._readers = readers
        self._root = _Node()
        self._count = 0
        self._openings: dict[str, frozenset[str]] = {}

    def openings(self) -> frozenset[str]:
        """The words with which its shapes begin."""
        return frozenset(self._root.words).union(*(self._readers[name].openings() for name in self._root.readers))

    def phrase(self, *shapes: str) -> Callable[[Action], Action]:
        """Names the shapes that an action gives a meaning to.

        The action takes the Match and what the shape's readers found, in order; it returns None to refuse.
        """

        def enter(action: Action) -> Action:
            for shape in shapes:
                self._count += 1
                rule = _Rule(self._count, shape, action)
                for atoms in _spellings(shape):
                    self._insert(atoms, rule)
            return action

        return enter

    def _insert(self, atoms: tuple[str, ...], rule: _Rule) -> None:
        node = self._root
        for atom in atoms:
            if atom.startswith("<"):
                node = node.readers.setdefault(atom[1:-1], _Node())
            else:
                node = node.words.setdefault(atom, _Node())
        node.rules.append(rule)

    def readings(self, scan: Scan, i: int) -> Readings:
        """The longest shape at a token that means something, as a list of at most one reading."""
        if not self._openings:
            self._openings = {name: reader.openings() for name, reader in self._readers.items()}
        found = sorted(self._walk(scan, self._root, i, ()), key=lambda f: (-f[0], f[1].order))
        for end, rule, parts in found:
            meaning = rule.action(Match(scan=scan, start=i, end=end, shape=rule.shape), *parts)
            if meaning is not None:
                return [(end, meaning)]
        return ()

    def _walk(
        self, scan: Scan, node: _Node, i: int, parts: tuple[Any, ...]
    ) -> Iterator[tuple[int, _Rule, tuple[Any, ...]]]:
        for rule in node.rules:
            yield i, rule, parts
        if i >= len(scan.words):
            return
        following = node.words.get(scan.words[i])
        if following is not None:
            yield from self._walk(scan, following, i + 1, parts)
        key = scan.keys[i]
        for name, branch in node.readers.items():
            if key not in self._openings[name]:
                continue
            for end, meaning in scan.read(name, self._readers[name].read, i):
                yield from self._walk(scan, branch, end, (*parts, meaning))


def _spellings(shape: str) -> Iterator[tuple[str, ...]]:
    """Every row of words and readers that a shape stands for."""
    choices: list[list[tuple[str, ...]]] = []
    for element in _ELEMENT.findall(shape):
        if element.startswith("["):
            choices.append([(), *_spellings(element[1:-1])])
        elif element.startswith("<"):
            choices.append([(element,)])
        else:
            choices.append([tuple(word.split("_")) for word in element.split("|")])
    for rows in product(*choices):
        yield tuple(atom for row in rows for atom in row)
