"""Scores extracted signals against labelled ones. Facts are matched one to one within a document: *found* is the same
type and key with evidence in the right place, *exact* is found with every other field right too. Standard library only.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["FIVE", "TYPES", "Fact", "Miss", "Tally", "headline", "score", "summary"]

Fact = Mapping[str, Any]

TYPES = ("budget", "pricing", "date", "competitor", "champion", "stakeholder", "qualification", "milestone")
FIVE = ("budget", "date", "competitor", "champion", "stakeholder")

HONORIFICS = {"mr", "mrs", "ms", "dr", "prof"}
TITLE_WORDS = {
    "vp": "vice president",
    "svp": "senior vice president",
    "evp": "executive vice president",
    "ceo": "chief executive officer",
    "cfo": "chief financial officer",
    "cio": "chief information officer",
    "cto": "chief technology officer",
    "coo": "chief operating officer",
    "cmo": "chief marketing officer",
    "cro": "chief revenue officer",
    "ciso": "chief information security officer",
    "chro": "chief human resources officer",
    "gm": "general manager",
    "it": "information technology",
    "hr": "human resources",
    "ops": "operations",
    "cpo": "chief procurement officer",
}
TITLE_FILLERS = {"of", "the", "for", "and", "our", "new", "a", "team"}

# An e-mail's evidence may lie this many characters beside the labelled piece; a call's within one utterance of it.
WIDENED = 80
SHORT_PERIOD = 10
OVERLAP = 0.6


def plain(name: str | None) -> str:
    return re.sub(r"[^a-z0-9]", "", (name or "").lower())


def same_company(a: str | None, b: str | None, conversation: Fact) -> bool:
    canonical: dict[str, str] = {}
    for entry in (conversation.get("deal") or {}).get("competitors") or []:
        for alias in [entry["name"], *entry.get("aliases", [])]:
            canonical[plain(alias)] = plain(entry["name"])
    a, b = plain(a), plain(b)
    return bool(a) and canonical.get(a, a) == canonical.get(b, b)


def same_person(a: str | None, b: str | None) -> bool:
    first, second = (set(re.findall(r"[^\W\d_]+", (x or "").lower())) - HONORIFICS for x in (a, b))
    return bool(first) and bool(second) and (first <= second or second <= first)


def title_words(text: str | None) -> set[str]:
    out: list[str] = []
    for word in re.findall(r"[a-z]+", (text or "").lower()):
        out += TITLE_WORDS.get(word, word).split()
    return set(out) - TITLE_FILLERS


def same_title(a: str | None, b: str | None) -> bool:
    first, second = title_words(a), title_words(b)
    if not first or not second:
        return False
    return first <= second or second <= first or len(first & second) / len(first | second) >= 0.5


def near(x: float | None, y: float | None) -> bool:
    if x is None or y is None:
        return x is None and y is None
    return abs(x - y) <= 0.01 * max(abs(x), abs(y), 1e-9)


def same_amount(gold: Fact | None, predicted: Fact | None) -> bool:
    if not gold or not predicted:
        return not gold and not predicted
    return (
        near(gold.get("low"), predicted.get("low"))
        and near(gold.get("high"), predicted.get("high"))
        and gold.get("currency") == predicted.get("currency")
        and (gold.get("per") or "total") == (predicted.get("per") or "total")
    )


def same_period(gold: Fact, predicted: Fact) -> bool:
    try:
        g1, g2, p1, p2 = (
            dt.date.fromisoformat(str(x)[:10])
            for x in (gold["start"], gold["end"], predicted["start"], predicted["end"])
        )
    except (KeyError, ValueError, TypeError):
        return False
    if (g2 - g1).days <= SHORT_PERIOD:
        return (g1, g2) == (p1, p2)
    shared = (min(g2, p2) - max(g1, p1)).days + 1
    union = (max(g2, p2) - min(g1, p1)).days + 1
    return shared > 0 and shared / union >= OVERLAP


def in_place(gold: Fact, predicted: Fact, kind: str) -> bool:
    for g in gold["evidence"]:
        for p in predicted.get("evidence") or []:
            if kind == "call":
                if p.get("segment") is not None and abs(p["segment"] - g["segment"]) <= 1:
                    return True
            elif p.get("start") is not None and p["start"] < g["end"] + WIDENED and p["end"] > g["start"] - WIDENED:
                return True
    return False


def found(gold: Fact, predicted: Fact, conversation: Fact) -> bool:
    kind = gold["type"]
    if kind != predicted.get("type") or not in_place(gold, predicted, conversation["kind"]):
        return False
    match kind:
        case "date":
            return bool(gold["role"] == predicted.get("role"))
        case "competitor":
            return same_company(gold["name"], predicted.get("name"), conversation)
        case "champion":
            return same_person(gold["person"], predicted.get("person"))
        case "stakeholder" if gold.get("person"):
            return same_person(gold["person"], predicted.get("person"))
        case "stakeholder":
            return same_title(gold.get("title"), predicted.get("title"))
        case "qualification":
            return bool(gold["element"] == predicted.get("element"))
        case "milestone":
            return bool(gold["kind"] == predicted.get("kind"))
        case _:
            return True


def exact(gold: Fact, predicted: Fact) -> bool:
    """Whether a found pair agrees in the rest."""
    match gold["type"]:
        case "budget" | "pricing":
            if gold["status"] != predicted.get("status"):
                return False
            unscored = gold["status"] in ("cancelled", "none", "objected")
            return unscored or same_amount(gold.get("amount"), predicted.get("amount"))
        case "date":
            same_change = (gold.get("change") or "set") == (predicted.get("change") or "set")
            return same_change and same_period(gold, predicted)
        case "competitor":
            return bool(gold["relation"] == predicted.get("relation"))
        case "champion":
            return bool(gold["status"] == predicted.get("status"))
        case "stakeholder":
            same_role = not gold.get("role") or gold["role"] == predicted.get("role")
            return bool(gold["change"] == predicted.get("change") and same_role)
        case _:
            return True


def pair(conversation: Fact, predicted: Sequence[Fact]) -> tuple[list[tuple[int, int, bool]], set[int], set[int]]:
    """(gold, predicted, exact?) pairs, exact ones first, and what is left of both."""
    gold = conversation["gold"]
    left_gold, left_predicted = set(range(len(gold))), set(range(len(predicted)))
    pairs: list[tuple[int, int, bool]] = []
    # Firm facts before optional ones, so that an optional one never takes a firm one's match.
    order = sorted(left_gold, key=lambda i: bool(gold[i].get("optional")))
    for wants_exact in (True, False):
        for i in order:
            if i not in left_gold:
                continue
            for j in sorted(left_predicted):
                if found(gold[i], predicted[j], conversation) and (not wants_exact or exact(gold[i], predicted[j])):
                    pairs.append((i, j, wants_exact))
                    left_gold.discard(i)
                    left_predicted.discard(j)
                    break
    return pairs, left_gold, left_predicted


@dataclass(slots=True)
class Tally:
    """Counts of one type over all documents."""

    gold: int = 0
    predicted: int = 0
    found: int = 0
    exact: int = 0

    def f1(self, hits: int) -> float | None:
        return 2 * hits / (self.gold + self.predicted) if self.gold + self.predicted else None

    def figures(self) -> dict[str, Any]:
        return {
            "gold": self.gold,
            "predicted": self.predicted,
            "precision": self.found / self.predicted if self.predicted else None,
            "recall": self.found / self.gold if self.gold else None,
            "found_f1": self.f1(self.found),
            "exact_f1": self.f1(self.exact),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A difference: `what` is missed, spurious or differs."""

    document: str
    what: str
    gold: Fact | None
    predicted: Fact | None

    @property
    def type(self) -> str | None:
        return (self.gold or self.predicted or {}).get("type")


def score(
    conversations: Iterable[Fact], predictions: Mapping[str, Sequence[Fact]]
) -> tuple[dict[str, dict[str, Any]], list[Miss]]:
    """Figures by type and every difference, for conversations with a `gold` list and predictions by their ids."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    misses: list[Miss] = []
    for conversation in conversations:
        id, gold = conversation["id"], conversation["gold"]
        predicted = predictions[id]
        pairs, left_gold, left_predicted = pair(conversation, predicted)
        for i, j, is_exact in pairs:
            if gold[i].get("optional"):
                continue
            tally = tallies[gold[i]["type"]]
            tally.gold += 1
            tally.predicted += 1
            tally.found += 1
            tally.exact += is_exact
            if not is_exact:
                misses.append(Miss(document=id, what="differs", gold=gold[i], predicted=predicted[j]))
        for i in left_gold:
            if not gold[i].get("optional"):
                tallies[gold[i]["type"]].gold += 1
                misses.append(Miss(document=id, what="missed", gold=gold[i], predicted=None))
        for j in left_predicted:
            tallies[predicted[j].get("type", "?")].predicted += 1
            misses.append(Miss(document=id, what="spurious", gold=None, predicted=predicted[j]))
    return {kind: tally.figures() for kind, tally in tallies.items()}, misses


def headline(by_type: Mapping[str, Mapping[str, Any]], types: Sequence[str]) -> float | None:
    """The mean of exact F1 over those of `types` that occur."""
    values = [by_type[t]["exact_f1"] for t in types if t in by_type and by_type[t]["gold"]]
    return sum(values) / len(values) if values else None


def summary(by_type: Mapping[str, Mapping[str, Any]], documents: int) -> dict[str, Any]:
    return {
        "documents": documents,
        "exact_f1": headline(by_type, TYPES),
        "exact_f1_five": headline(by_type, FIVE),
        "by_type": by_type,
    }
