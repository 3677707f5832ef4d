"""Conversations that a proposal can be made of, and what becomes of one."""

from __future__ import annotations

from typing import Any

from extractors.proposals import verified
from extractors.reading import Reading, read
from signals import Conversation

Json = dict[str, Any]


DEAL = {
    "id": "D-1", "account": "Hollis Freight", "seller": "Northstar", "currency": "USD",
    "competitors": [{"name": "Qlik", "aliases": ["QlikView"]}],
}  # fmt: skip


PEOPLE = [
    {"id": "b1", "name": "Dana Reyes", "title": "VP Operations", "side": "buyer"},
    {"id": "b2", "name": "Tomas Berg", "title": "IT Manager", "side": "buyer"},
    {"id": "s1", "name": "Sam Okoro", "title": "Account Executive", "side": "seller"},
]


BUDGET = {"type": "budget", "status": "approved", "amount": None}


def call(*lines: str) -> Reading:
    """Each line is "speaker: words"; it is Monday 2026-03-02."""
    segments = [dict(zip(("speaker", "text"), line.split(": ", 1), strict=True)) for line in lines]
    source = {"id": "c", "kind": "call", "occurred_at": "2026-03-02T15:00:00Z", "deal": DEAL, "participants": PEOPLE}
    return read(Conversation.from_json({**source, "segments": segments}))


def mail(body: str) -> Reading:
    source = {"id": "m", "kind": "email", "occurred_at": "2026-03-02T15:00:00Z", "deal": DEAL, "participants": PEOPLE}
    return read(Conversation.from_json({**source, "from": "b1", "to": ["s1"], "subject": "Re: offer", "body": body}))


def proposal(fields: Json, *quotes: tuple[int, str]) -> Json:
    return {**fields, "evidence": [{"line": line, "quote": quote} for line, quote in quotes]}


def outcome(reading: Reading, raw: object, **options: Any) -> Any:
    """The one signal that is left, or why none is."""
    result = verified(reading, [raw], source="test", confidence=0.8, **options)
    (finding,) = result.findings
    return finding.fault.value if finding.fault else result.signals[0]


LINES = (
    "s1: Was the budget approved?",
    "b1: Yes. Finance signed off on 120k for this, and that's final.",
    "b2: We said yes. Yes is what we said.",
)
