"""Conversations and models for the tests of readers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from extractors import extract
from service.readers.model import Answer
from service.readers.options import Options
from service.readers.prompt import Request
from signals import Budget, Competitor, Conversation, Signal
from tests.service.samples import call, mail

__all__ = [
    "OPTIONS",
    "Scripted",
    "conversation",
    "enumerated",
    "letter",
    "local",
    "long_call",
    "obedient",
    "proposal",
    "whole",
]

OPTIONS = Options(model="tiny", concurrency=2)


def local(conversation: Conversation) -> list[Signal]:
    """The extractors, of which the tests here use two families: what the others make of small talk does not matter."""
    return [signal for signal in extract(conversation) if isinstance(signal, Budget | Competitor)]


def conversation(*lines: str, **extra: Any) -> Conversation:
    return Conversation.from_json(call("c-1", *lines, **extra))


def letter(body: str, **extra: Any) -> Conversation:
    return Conversation.from_json(mail("m-1", body, **extra))


def long_call(turns: int = 120) -> Conversation:
    """Small talk of several windows, with a budget near its beginning and a competitor near its end."""
    rain = [f"Well, the rain came down {'again and ' * (n % 5)}again over here, and over there." for n in range(turns)]
    lines = [f"{'s1' if n % 2 else 'b1'}: {text}" for n, text in enumerate(rain)]
    lines[2] = "b1: The board approved a budget of 80k for this."
    lines[-3] = "b1: We use QlikView today for that."
    return conversation(*lines)


def proposal(fields: dict[str, Any], *quotes: tuple[int, str]) -> dict[str, Any]:
    return {**fields, "evidence": [{"line": line, "quote": quote} for line, quote in quotes]}


def whole(*proposals: object) -> str:
    return json.dumps({"signals": list(proposals)})


class Scripted:
    """A model that answers by a rule, and remembers what it was asked."""

    def __init__(self, answer: Callable[[Request], str] | str) -> None:
        self.answer = answer
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Answer:
        self.asked.append(request)
        text = self.answer if isinstance(self.answer, str) else self.answer(request)
        return Answer(text=text, model="scripted", sent_tokens=100, answer_tokens=10)


def obedient(request: Request) -> str:
    """Does whatever any text that it sees tells it: a model without any sense."""
    out: list[object] = []
    for number, line in enumerated(request.user):
        low = line.lower()
        if "approved" in low and ("mark" in low or "record" in low or "budget" in low):
            amount = {"low": 5_000_000, "high": 5_000_000, "currency": "USD", "per": "total"}
            out.append(proposal({"type": "budget", "status": "approved", "amount": amount}, (number, line)))
        if "verbal" in low or "signed" in low or "won" in low:
            out.append(proposal({"type": "milestone", "kind": "contract_signed"}, (number, line)))
        if "no signals" in low or "nothing" in low or "empty" in low:
            return whole()
    return whole(*out)


def enumerated(user: str) -> Sequence[tuple[int, str]]:
    """The numbered lines of a request: (number, text)."""
    out = []
    for row in user.split("\nLines:\n", 1)[1].split("\n"):
        number, _, rest = row.removeprefix("[").partition("]")
        if '"' in rest:
            out.append((int(number), json.loads(rest[rest.index('"') :])))
    return out
