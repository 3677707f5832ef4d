"""The word lists behind names: short forms, given names, words that are no names."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = [
    "HONORIFIC",
    "common_words",
    "folded",
    "given_names",
    "nicknames",
    "not_names",
    "plain",
    "posts",
    "surnames",
    "words_listed",
]

# What stands before a family name, said or abbreviated, in the languages that buyers mix into their English.
HONORIFIC = (
    r"(?:mr|mrs|ms|miss|mister|missus|dr|doctor|prof|professor|herr|frau|sir|madame|madam|monsieur|mme|señor|señora"
    r"|sr|sra|dra|dott|dottor|dottoressa|avv|avvocato|ing|eng|adv|lic|licenciado|licenciada|barr|barrister|mec|fr|father"
    r"|sister|don|dona|doña|signor|signora|meneer|mevrouw|pan|pani|hr|fru|shri|smt)\.?"
)


@cache
def lists() -> dict[str, Any]:
    return tomllib.loads(files("extractors.people").joinpath("words.toml").read_text(encoding="utf-8"))


@cache
def nicknames() -> dict[str, str]:
    """Short form to full given name."""
    return {short: full for full, forms in lists()["nicknames"].items() for short in forms}


@cache
def not_names() -> frozenset[str]:
    return words_listed("not_names")


@cache
def posts() -> frozenset[str]:
    """Posts and ranks that are said before a family name ("Director Sonoda", "manager pyo")."""
    return words_listed("posts")


@cache
def names_that_are_words() -> frozenset[str]:
    """Given names that are common words too: names where a capitalised family name follows."""
    return words_listed("names_that_are_words")


@cache
def words_listed(table: str) -> frozenset[str]:
    """The words of a table of words.toml."""
    return frozenset(lists()[table]["words"].split())


@cache
def given_names() -> frozenset[str]:
    return listed("names.txt")


@cache
def surnames() -> frozenset[str]:
    return listed("surnames.txt")


@cache
def common_words() -> frozenset[str]:
    return listed("common.txt")


def listed(name: str) -> frozenset[str]:
    raw = files("extractors.people").joinpath(name).read_text(encoding="utf-8")
    return frozenset(word for line in raw.splitlines() if not line.startswith("#") for word in line.split())


def folded(word: str) -> str:
    """Lower case without accents: "Noémie" → "noemie"."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))


def plain(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+(?:['’-][^\W\d_]+)*", name.lower()))
