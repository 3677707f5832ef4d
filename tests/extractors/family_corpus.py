"""A family's `corpus.toml` as tests: what is said and what it means, each example a test of its own.

    [setting]                                 # optional: where an example differs from the default below
    deal = { currency = "EUR", competitors = [{ name = "Qlik", aliases = ["QlikView"] }] }
    people = [{ id = "noor", name = "Noor Haddad", title = "CFO", side = "buyer" }]     # added to dana and sam

    [[example]]
    call = '''
    sam: And what do you run on today?
    dana: Tableau, for six years now.
    '''                                       # a line is "participant's id: words"; "?:" is an unnamed speaker
    means = [{ name = "Tableau", relation = "incumbent", evidence = "Tableau, for six" }]

    [[example]]
    mail = "Hi Sam, ..."                      # from dana to sam, unless `from = "sam"`
    means = []                                # nothing, and
    why = "a question asserts nothing"        # why

An example may have `deal`, `people`, `occurred_at` and `subject` of its own. `means` lists every signal that the family
must find, no more and no fewer, by those fields that the example cares for; `amount` may be a table of some of its
fields; `evidence` is words (or a list of words) that must stand in its evidence. `known_miss = "why it is hard"` makes
the example a strict expected failure: when it begins to pass, it must be moved among the others.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any

import pytest

from extractors.reading import read
from signals import Conversation, Signal

__all__ = ["check", "conversation_of", "examples"]

SETTING: dict[str, Any] = {
    "occurred_at": "2026-03-12T15:00:00-05:00",  # a Thursday
    "deal": {"id": "D-7", "account": "Brightwater Foods", "seller": "Northstar Analytics", "currency": "USD"},
    "people": [
        {"id": "dana", "name": "Dana Reyes", "title": "VP Operations", "side": "buyer"},
        {"id": "sam", "name": "Sam Okoro", "title": "Account Executive", "side": "seller"},
    ],
}
FIELDS = {"call", "mail", "subject", "from", "to", "means", "why", "known_miss", "deal", "people", "occurred_at"}


def examples(family: str) -> list[Any]:
    """The examples of extractors/<family>/corpus.toml as pytest parameters."""
    raw = tomllib.loads(files(f"extractors.{family}").joinpath("corpus.toml").read_text(encoding="utf-8"))
    out = []
    for number, example in enumerate(raw["example"], 1):
        if unknown := set(example) - FIELDS:
            raise ValueError(f"{family}/corpus.toml, example {number}: unknown field {sorted(unknown)[0]!r}")
        if not example["means"] and not example.get("why"):
            raise ValueError(f"{family}/corpus.toml, example {number}: say why it means nothing")
        example = {**raw.get("setting", {}), **example}
        missed = example.get("known_miss")
        marks = [pytest.mark.xfail(strict=True, reason=missed, raises=AssertionError)] if missed else []
        out.append(pytest.param(example, marks=marks, id=f"{number:03}-{label(example)}"))
    return out


def label(example: Mapping[str, Any]) -> str:
    lines = (example.get("call") or example["mail"]).strip().splitlines()
    words = re.findall(r"[A-Za-z0-9']+", lines[-1].split(":", 1)[-1])
    return "-".join(words[:8])


def conversation_of(example: Mapping[str, Any]) -> Conversation:
    source: dict[str, Any] = {
        "id": "example",
        "occurred_at": example.get("occurred_at", SETTING["occurred_at"]),
        "deal": {**SETTING["deal"], **example.get("deal", {})},
        "participants": [*SETTING["people"], *example.get("people", [])],
    }
    if "mail" in example:
        mail = {"kind": "email", "subject": example.get("subject", ""), "body": example["mail"]}
        return Conversation.from_json(
            {**source, **mail, "from": example.get("from", "dana"), "to": [example.get("to", "sam")]}
        )
    segments = []
    for line in example["call"].strip().splitlines():
        speaker, words = line.strip().split(":", 1)
        segments.append({"speaker": None if speaker == "?" else speaker, "text": words.strip()})
    return Conversation.from_json({**source, "kind": "call", "segments": segments})


def check(example: Mapping[str, Any], find: Callable[..., Sequence[Signal]]) -> None:
    """The family finds exactly what the example means."""
    conversation = conversation_of(example)
    found = [signal.to_json() for signal in find(read(conversation))]
    for signal in found:
        for piece in signal["evidence"]:
            source = conversation.body if piece["segment"] is None else conversation.segments[piece["segment"]].text
            assert source[piece["start"] : piece["end"]] == piece["text"]
        assert signal["found_by"]
    left = list(found)
    for wanted in example["means"]:
        fitting = next((signal for signal in left if fits(wanted, signal)), None)
        assert fitting is not None, f"{wanted} is not among {left or 'nothing'}"
        left.remove(fitting)
    assert not left, "more than is meant"


def fits(wanted: Mapping[str, Any], signal: Mapping[str, Any]) -> bool:
    for field, value in wanted.items():
        if field == "evidence":
            quotes = [value] if isinstance(value, str) else value
            if not all(any(quote in piece["text"] for piece in signal["evidence"]) for quote in quotes):
                return False
        elif isinstance(value, Mapping):
            if not isinstance(signal.get(field), Mapping) or not fits(value, signal[field]):
                return False
        elif signal.get(field) != value:
            return False
    return True
