"""Which language is spoken, where it is not English: the extractors read English, and say so of anything else.

A language of Latin script is told by its small words, any other by its script. A talk with foreign words in it, or with
a greeting in another language, is English.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from signals import Conversation, ConversationKind

__all__ = ["NAMES", "language_of", "notes", "other_language"]

NAMES = {
    "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian", "nl": "Dutch", "hi": "Hindi",
    "ja": "Japanese", "zh": "Chinese", "ko": "Korean", "ru": "Russian", "ar": "Arabic", "he": "Hebrew", "th": "Thai",
    "el": "Greek",
}  # fmt: skip
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
SCRIPTS = {
    "hi": re.compile(r"[\u0900-\u097f]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
}
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
# A sample tells it; so many characters, taken from all over the conversation.
SAMPLE = 20_000
# A mail of one foreign sentence may still hold a date or a sum that is read.
FEWEST_WORDS = 25
# Of English talk a third and more is small words of English, of other languages' talk a tenth at most.
ENGLISH, OTHER, TIMES = 0.14, 0.12, 2


def other_language(conversation: Conversation) -> str | None:
    """The code of the language where it is not English, or None: English, or too little to tell."""
    return language_of("\n".join(sampled(conversation)))


def notes(conversation: Conversation) -> list[str]:
    """What whoever reads the result should know: that the conversation is in a language that is not read."""
    code = other_language(conversation)
    return [] if code is None else [f"language: {NAMES[code]} ({code}); only English is read, so no facts were taken"]


def language_of(text: str) -> str | None:
    """As `other_language`, of a text."""
    if (script := other_script(text)) is not None:
        return script
    words = [word.lower().replace("’", "'") for word in WORD.findall(text)]
    if len(words) < FEWEST_WORDS:
        return None
    found: Counter[str] = Counter(code for word in words for code in spoken_in().get(word, ()))
    english = found.pop("en", 0) / len(words)
    if english >= ENGLISH or not found:
        return None
    code, count = found.most_common(1)[0]
    share = count / len(words)
    return code if share >= OTHER and share >= TIMES * english else None


def other_script(text: str) -> str | None:
    """The language of the script in which most of the letters are; kana tells Japanese from Chinese."""
    if text.isascii():
        return None
    counts = {code: len(script.findall(text)) for code, script in SCRIPTS.items()}
    if counts["ja"]:
        counts["ja"] += counts.pop("zh")
    code = max(counts, key=lambda code: counts[code])
    return code if counts[code] > len(LATIN.findall(text)) else None


@cache
def spoken_in() -> dict[str, tuple[str, ...]]:
    """Small word to the languages that have it; English alone where English has it."""
    raw = tomllib.loads(files("extractors").joinpath("languages.toml").read_text(encoding="utf-8"))
    out: dict[str, tuple[str, ...]] = {}
    for code, words in raw.items():
        for word in words.split():
            if out.get(word) != ("en",):
                out[word] = (*out.get(word, ()), code)
    return out


def sampled(conversation: Conversation) -> Iterator[str]:
    """Texts from all over the conversation, no more than SAMPLE characters."""
    if conversation.kind is ConversationKind.EMAIL:
        yield conversation.body[:SAMPLE]
        return
    segments = conversation.segments
    length = sum(len(segment.text) for segment in segments)
    step = max(1, length // SAMPLE)
    left = SAMPLE
    for segment in segments[::step]:
        yield segment.text[:left]
        left -= len(segment.text)
        if left <= 0:
            return
