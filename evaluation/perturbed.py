"""The errors of verification: true proposals that it drops, and false ones that it lets through.

    python -m evaluation.perturbed [--corpus FOLDER] [--documents N] [--rounds N] [--show N]

Every gold fact of models/corpus becomes a proposal, as a perfect model would make it: how many of them survive is the
recall of verification. Then each is made false in one way (another line, an altered quote, shifted days, another
person, an invented amount, company or quote), and whatever of the falsehood is left is counted: what was put right or
dropped does no harm. All random choices follow from the document's id and the round: each round makes others.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from extractors.companies import squeeze
from extractors.proposals import Mark, verified
from extractors.proposals.quotes import plain_words
from extractors.reading import Reading, read
from extractors.who import called
from models.source import corpus
from signals import Conversation, Signal

ROOT = Path(__file__).parents[1]
NOT_PROPOSED = ("evidence", "optional", "speaker", "side", "confidence", "found_by")
SURE = 0.75
INVENTED_COMPANIES = ("Vexorrin", "Quillbase", "Otterlane")

Fact = dict[str, Any]
# A false proposal, or None where the fact cannot be made false in this way.
Perturb = Callable[[Reading, Fact, random.Random], Fact | None]
# Whether what was made false is still false in a signal that was let through.
Harmful = Callable[[Reading, Fact, Signal], bool]


def proposals_of(reading: Reading, gold: Sequence[Mapping[str, Any]]) -> list[Fact]:
    """Gold facts as a perfect model would propose them."""
    return [proposal(reading, fact) for fact in gold]


def proposal(reading: Reading, fact: Mapping[str, Any]) -> Fact:
    out = {key: value for key, value in fact.items() if key not in NOT_PROPOSED}
    return {**out, "evidence": [quote(reading, piece) for piece in fact["evidence"]]}


def quote(reading: Reading, piece: Mapping[str, Any]) -> Fact:
    for turn in reading.turns:
        inside = turn.start <= piece["start"] < turn.start + len(turn.text)
        if turn.segment == piece["segment"] and inside:
            start, end = piece["start"] - turn.start, min(piece["end"] - turn.start, len(turn.text))
            return {"line": turn.index, "quote": turn.text[start:end]}
    return {"line": -1, "quote": piece["text"]}


def other_line(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    lines = range(len(reading.turns))
    moved = [
        {**piece, "line": chance.choice([line for line in lines if line != piece["line"]] or [len(lines)])}
        for piece in fact["evidence"]
    ]
    return {**fact, "evidence": moved}


def in_another_place(reading: Reading, fact: Fact, signal: Signal) -> bool:
    """Found where its words stand it is put right. Words that stand on both lines prove as much here as there."""
    wanted = [plain_words(piece["quote"]) for piece in fact["evidence"]]
    return any(plain_words(piece.text) not in wanted for piece in signal.evidence)


def cut_elsewhere(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    """Offsets that are wrong by some characters: the quote begins and ends inside words."""
    out = []
    for piece in fact["evidence"]:
        text = reading.turns[piece["line"]].text if piece["line"] >= 0 else ""
        at = text.find(piece["quote"])
        slid = [
            shift
            for shift in range(-6, 7)
            if shift
            and at + shift > 0
            and at + shift + len(piece["quote"]) < len(text)
            and text[at + shift - 1 : at + shift + 1].isalnum()
        ]
        if not slid:
            return None
        shift = chance.choice(slid)
        out.append({**piece, "quote": text[at + shift : at + shift + len(piece["quote"])]})
    return {**fact, "evidence": out}


def altered_quote(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    """One word of each quote becomes another."""
    out = []
    for piece in fact["evidence"]:
        words = piece["quote"].split(" ")
        place = chance.randrange(len(words))
        words[place] = chance.choice(["approved", "nevertheless", "gladly", "fourteen"]) + words[place][:0]
        if plain_words(" ".join(words)) == plain_words(piece["quote"]):
            return None
        out.append({**piece, "quote": " ".join(words)})
    return {**fact, "evidence": out}


def anything(reading: Reading, fact: Fact, signal: Signal) -> bool:
    return True


def invented_quote(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    return {**fact, "evidence": [{"line": fact["evidence"][0]["line"], "quote": "the board has approved it in full"}]}


def shifted_days(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    if fact["type"] != "date":
        return None
    days = timedelta(days=chance.choice([1, 2, 7, 14, 31, 90, 365]))
    return {
        **fact,
        "start": (date.fromisoformat(fact["start"]) + days).isoformat(),
        "end": (date.fromisoformat(fact["end"]) + days).isoformat(),
    }


def false_days(reading: Reading, fact: Fact, signal: Signal) -> bool:
    """Shifted by a day, most of a long period is still the same: that is no falsehood by the specification."""
    return (signal.period.start.isoformat(), signal.period.end.isoformat()) == (fact["start"], fact["end"])


def invented_amount(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    """Other figures; where the fact has none, figures all the same."""
    if fact["type"] not in ("budget", "pricing"):
        return None
    amount = fact.get("amount")
    if amount is None:
        figure = chance.choice([48_500, 275_000, 1_250_000])
        return {**fact, "amount": {"low": figure, "high": figure, "currency": reading.currency, "per": "total"}}
    factor = chance.choice([0.1, 0.5, 1.37, 3, 10, 1000])
    figures = {end: None if amount[end] is None else amount[end] * factor for end in ("low", "high")}
    return {**fact, "amount": {**amount, **figures}} if figures != {e: amount[e] for e in figures} else None


def false_amount(reading: Reading, fact: Fact, signal: Signal) -> bool:
    if signal.amount is None:
        return False
    ends = [(signal.amount.low, fact["amount"]["low"]), (signal.amount.high, fact["amount"]["high"])]
    return all((a is None and b is None) or (a is not None and b is not None and near(float(a), b)) for a, b in ends)


def near(a: float, b: float) -> bool:
    return abs(a - b) <= 0.01 * max(abs(a), abs(b))


def other_person(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    """Another participant takes the place of the person."""
    if fact["type"] not in ("champion", "stakeholder") or not fact.get("person"):
        return None
    heard = called(reading)  # "Speaker 2" may be the person whom everybody calls Martin
    others = [
        person.name
        for person in reading.conversation.participants
        if person.name and not words_of(heard.get(person.id, person.name)) & words_of(fact["person"])
    ]
    return {**fact, "person": chance.choice(others)} if others else None


def words_of(name: str) -> set[str]:
    return set(name.lower().split())


def false_person(reading: Reading, fact: Fact, signal: Signal) -> bool:
    return True


def other_speaker(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    """Claims another speaker and the other side."""
    others = [person.id for person in reading.conversation.participants]
    return {**fact, "speaker": chance.choice(others), "side": "seller"} if others else None


def invented_person(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    if fact["type"] not in ("champion", "stakeholder") or not fact.get("person"):
        return None
    return {**fact, "person": "Theodora Quenby"}


def invented_company(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    return {**fact, "name": chance.choice(INVENTED_COMPANIES)} if fact["type"] == "competitor" else None


def the_seller(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    if fact["type"] != "competitor" or not reading.deal.seller or not squeeze(reading.deal.seller):
        return None
    return {**fact, "name": reading.deal.seller}


def invented_status(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    field = next((name for name in ("status", "relation", "element", "kind", "role") if fact.get(name)), None)
    return {**fact, field: "guaranteed"} if field else None


def further_field(reading: Reading, fact: Fact, chance: random.Random) -> Fact | None:
    return {**fact, "confidence": 1.0}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to make a proposal false, and how to tell whether the falsehood is still there."""

    name: str
    perturb: Perturb
    harmful: Harmful


WAYS = (
    Way("quote on another line", other_line, in_another_place),
    Way("quote cut inside words", cut_elsewhere, anything),
    Way("one word of each quote altered", altered_quote, anything),
    Way("invented quote", invented_quote, anything),
    Way("shifted days", shifted_days, false_days),
    Way("invented amount", invented_amount, false_amount),
    Way("another participant", other_person, false_person),
    Way("claimed speaker and side", other_speaker, anything),
    Way("invented person", invented_person, anything),
    Way("invented company", invented_company, anything),
    Way("the seller as competitor", the_seller, anything),
    Way("invented status", invented_status, anything),
    Way("field that we have not", further_field, anything),
)


@dataclass(slots=True)
class Counts:
    tried: int = 0
    left: int = 0
    mended: int = 0
    marked: int = 0
    examples: list[tuple[str, Fact]] = field(default_factory=list)


def attack(way: Way, reading: Reading, facts: Sequence[Fact], counts: Counts, turn: int = 0) -> None:
    chance = random.Random(f"{reading.conversation.id} {way.name}" + (f" {turn}" if turn else ""))
    for fact in facts:
        false = way.perturb(reading, fact, chance)
        if false is None:
            continue
        counts.tried += 1
        for signal in verified(reading, [false], source="perturbed", confidence=SURE).signals:
            if way.harmful(reading, false, signal) and signal.confidence < SURE:
                counts.marked += 1
            elif way.harmful(reading, false, signal):
                counts.left += 1
                counts.examples.append((reading.conversation.id, false))
            else:
                counts.mended += 1


def readings(documents: Sequence[Fact]) -> Iterator[tuple[Reading, list[Fact]]]:
    for document in documents:
        reading = read(Conversation.from_json(document))
        yield reading, proposals_of(reading, [fact for fact in document["gold"] if not fact.get("optional")])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=0, metavar="N", help="only the first N")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="make each proposal false N times")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="up to N falsehoods of each way that are left")
    parser.add_argument("--corpus", type=Path, default=ROOT / "models" / "corpus", metavar="FOLDER")
    options = parser.parse_args()
    documents = list(corpus(options.corpus))[: options.documents or None]
    recall: Counter[str] = Counter()
    total: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    attacks = {way.name: Counts() for way in WAYS}
    for reading, facts in track(readings(documents), total=len(documents), console=Console(stderr=True)):
        result = verified(reading, facts, source="gold", confidence=SURE)
        for finding in result.findings:
            total[finding.type] += 1
            recall[finding.type] += finding.fault is None
            unsure[finding.type] += any(mark is not Mark.QUOTE for mark in finding.marks)
        for way in WAYS:
            for turn in range(options.rounds):
                attack(way, reading, facts, attacks[way.name], turn)
    table = Table(title=f"True proposals of {len(documents)} conversations")
    for column in ("type", "proposals", "kept", "of these marked"):
        table.add_column(column, justify="left" if column == "type" else "right")
    for kind in total:
        table.add_row(kind, str(total[kind]), f"{recall[kind] / total[kind]:.3f}", str(unsure[kind]))
    table.add_row("all", str(total.total()), f"{recall.total() / total.total():.3f}", str(unsure.total()))
    Console().print(table)
    table = Table(title="False proposals")
    for column in ("made false by", "proposals", "put right", "false, marked unsure", "false, unmarked"):
        table.add_column(column, justify="left" if column == "made false by" else "right")
    for name, counts in attacks.items():
        table.add_row(name, str(counts.tried), str(counts.mended), str(counts.marked), str(counts.left))
    Console().print(table)
    for name, counts in attacks.items():
        for id, false in counts.examples[: options.show]:
            Console().print(name, id, false)


if __name__ == "__main__":
    main()
