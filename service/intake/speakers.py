"""Who speaks, where a transcript writes it into the words: "Dana Buyer: we have about forty thousand"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["is_label", "name_all", "split_prefix"]

# A colon may stand in brackets that follow a name: "Dana Buyer (Acme: EMEA): yes".
PREFIX = re.compile(r"([^\W\d_][^:()<>?!\n]{0,60}(?:\([^()\n]{0,60}\))?[^:()?!\n]{0,20}?)\s*:\s+(\S.*)", re.DOTALL)
# WhisperX writes "[SPEAKER_01]: yes".
BRACKETED = re.compile(r"\[([^\[\]\n]{1,60})\]\s*:\s+(\S.*)", re.DOTALL)
# What stands for a voice that nobody has named: "Speaker 2", "SPEAKER_01", "spk_0".
LABEL = re.compile(r"(?:unknown )?speaker(?:[ _-]\S{1,12}|\d{1,3})?|participant[ _]\d+|(?:spk|ch)_\d+", re.IGNORECASE)
SMALL = {"de", "da", "van", "von", "der", "den", "la", "le", "di", "du", "bin", "al", "of", "and", "the", "y"}
MOST_WORDS = 6
# As long as the patterns above can be: most utterances have no colon up to there, and need no closer look.
LONGEST_PREFIX = 160


def split_prefix(text: str) -> tuple[str | None, str]:
    """(name, words) where the text begins with what could be a name and a colon, else (None, text)."""
    if ":" not in text[:LONGEST_PREFIX]:
        return None, text
    match = BRACKETED.match(text) or PREFIX.match(text)
    if match is None:
        return None, text
    name = " ".join(match.group(1).split())
    return (name, match.group(2)) if name_shaped(name) else (None, text)


def is_label(name: str) -> bool:
    return LABEL.fullmatch(name) is not None


@lru_cache(maxsize=4096)
def name_shaped(name: str) -> bool:
    """Up to six words, each with a capital but for particles and what stands in brackets."""
    if is_label(name):
        return True
    words = re.sub(r"\([^()]*\)", "", name).replace(",", " ").split()
    return 0 < len(words) <= MOST_WORDS and all(word.lower() in SMALL or not word[0].islower() for word in words)


def name_all(cues: Sequence[tuple[str | None, str]], *, known: Sequence[str] = ()) -> list[tuple[str | None, str]]:
    """(name, words) for each (voice, text). A voice is believed; a prefix only where it is surely a speaker.

    "Budget: forty k" looks like a speaker. So a prefix counts where it recurs, is a known or voiced name or a label
    such as "Speaker 2"; one that stands there once only where half of the cues have a prefix, and then with two words,
    or one where the file's recurring names are single words too.
    """
    split = with_colons([(None, text) if voice else split_prefix(text) for voice, text in cues])
    counts = Counter(name for name, _ in split if name)
    sure = {name for name, count in counts.items() if count > 1 or is_label(name)}
    trusted = {name.casefold() for name in known} | {voice.casefold() for voice, _ in cues if voice}
    prefixed = sum(counts.values()) * 2 >= len(cues)
    short = bool(sure) and all(" " not in name for name in sure)

    def believed(name: str) -> bool:
        if name in sure or name.casefold() in trusted:
            return True
        return prefixed and (" " in name or short)

    return [
        (voice, text) if voice else ((name, words) if name and believed(name) else (None, text))
        for (voice, text), (name, words) in zip(cues, split, strict=True)
    ]


def with_colons(split: Sequence[tuple[str | None, str]]) -> list[tuple[str | None, str]]:
    """Names that hold a colon themselves ("Acme: Dana Buyer"): the same name of two words follows it every time."""
    after: dict[str, list[str | None]] = {}
    for name, words in split:
        if name:
            after.setdefault(name, []).append(split_prefix(words)[0])
    longer = {
        name: found[0]
        for name, found in after.items()
        if len(found) > 1 and set(found) == {found[0]} and " " in (found[0] or "")
    }
    return [
        (f"{name}: {longer[name]}", split_prefix(words)[1]) if name in longer else (name, words)
        for name, words in split
    ]
