"""Conversations for the tests, small and complete, and a reader of signals that needs no language."""

from __future__ import annotations

import re
from typing import Any

from signals import Conversation, Evidence, Signal, signal_from_json

Json = dict[str, Any]

DEAL = {"id": "D-1", "account": "Hollis Freight", "seller": "Northstar", "currency": "USD"}
PEOPLE = [
    {"id": "b1", "name": "Dana Reyes", "title": "VP Operations", "email": "dana@hollis.example", "side": "buyer"},
    {"id": "b2", "name": "Tomas Berg", "title": "IT Manager", "email": "tomas@hollis.example", "side": "buyer"},
    {"id": "s1", "name": "Sam Okoro", "title": "Account Executive", "email": "sam@northstar.example", "side": "seller"},
]


def call(id: str, *lines: str, at: str = "2026-03-02T15:00:00Z", minutes: float = 35, **extra: Any) -> Json:
    """A call; each line is "speaker: words", spread evenly over its minutes."""
    step = minutes * 60 / max(1, len(lines))
    segments = []
    for index, line in enumerate(lines):
        speaker, text = line.split(": ", 1)
        segments.append({"speaker": speaker, "start": index * step, "end": (index + 1) * step, "text": text})
    deal = {"deal": extra.pop("deal", DEAL)}
    return {"id": id, "kind": "call", "occurred_at": at, **deal, "participants": PEOPLE, "segments": segments} | extra


def mail(id: str, body: str, *, at: str = "2026-03-01T09:00:00Z", sender: str = "b1", **extra: Any) -> Json:
    to = ["s1"] if sender.startswith("b") else ["b1"]
    return {
        "id": id,
        "kind": "email",
        "occurred_at": at,
        "deal": DEAL,
        "participants": PEOPLE,
        "subject": "Fleet analytics",
        "from": sender,
        "to": to,
        "body": body,
    } | extra


MARK = re.compile(r"\[(\w+) ([^\]]*)\]")


def extract_marks(conversation: Conversation) -> list[Signal]:
    """Signals where the text holds marks such as `[budget status=approved amount=80000 sure=0.9]`."""
    texts = [(None, conversation.body)] if conversation.body else list(enumerate(s.text for s in conversation.segments))
    found = []
    for index, text in texts:
        if "[boom]" in text:
            raise RuntimeError("the reading stumbled")
        for match in MARK.finditer(text):
            fields: Json = dict(pair.split("=", 1) for pair in match.group(2).split())
            sure = float(fields.pop("sure", 0.9))
            if "amount" in fields:
                figure = int(fields["amount"])
                fields["amount"] = {"low": figure, "high": figure, "currency": "USD", "per": "total"}
            if "person" in fields:
                fields["person"] = fields["person"].replace("_", " ")
            speaker = None if index is None else conversation.segments[index].speaker
            evidence = Evidence(segment=index, start=match.start(), end=match.end(), text=match.group())
            source = {"type": match.group(1), **fields, "speaker": speaker, "confidence": sure}
            found.append(signal_from_json(source | {"evidence": [evidence.to_json()]}))
    return found
