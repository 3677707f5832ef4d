"""A conversation, parsed once for every extractor: turns, sentences, tokens, who speaks and for which side.

A *turn* is one utterance of a call, or one paragraph or bullet of an e-mail. A *unit* is one sentence of a turn, or a
bounded piece of one that never ends (speech-to-text has no full stops): the place where a fact is looked for. Offsets
are characters of the text that evidence points into: the utterance's text, or the e-mail's whole body.
"""

from __future__ import annotations

import datetime as dt
import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from extractors import mail
from extractors.addressed import speaks_to_a_machine
from extractors.companies import Companies, companies_of
from extractors.people import People, people_of
from extractors.sides import Sides, sides_of
from signals import Conversation, ConversationKind, DealContext, Evidence, Participant, Side

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

__all__ = ["Reading", "Turn", "Unit", "read"]

# Bounds that keep every later step linear: no pattern ever sees more than one unit.
UNIT_CHARACTERS = 400
PIECE_CHARACTERS = 4000
# Written before a name with a stop that ends no sentence; the tokenizer knows the English ones.
ABBREVIATED = (
    "Ing",
    "Eng",
    "Dott",
    "Avv",
    "Adv",
    "Lic",
    "Barr",
    "Dra",
    "Sra",
    "Mec",
    "Hr",
    "Fr",
    "Sig",
    "Dipl",
    "Univ",
    "Mag",
    "Engr",
    "Arch",
)
READABLE = (mail.BlockKind.OWN, mail.BlockKind.FORWARDED, mail.BlockKind.QUOTED)


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence: `text` is source[start:end] of the text that evidence points into. `lower` is the text as phrases
    are matched against it, of the same length: lower case, typographic quotes and blanks made plain."""

    index: int
    turn: int
    segment: int | None
    start: int
    end: int
    text: str
    lower: str
    words: tuple[str, ...]

    def evidence(self, start: int = 0, end: int | None = None) -> Evidence:
        """The unit, or its slice, as evidence (offsets within the unit)."""
        end = len(self.text) if end is None else end
        return Evidence(segment=self.segment, start=self.start + start, end=self.start + end, text=self.text[start:end])


@dataclass(slots=True)
class Turn:
    """What one person says or writes in one go.

    `own` is False for text of which no fact is taken: what stands there for context only (quoted history of an
    e-mail), and what speaks to a machine (`addressed`). `written_at` is the moment against which relative dates in it
    count.
    """

    index: int
    segment: int | None
    start: int
    text: str
    speaker: Participant | None
    side: Side | None
    own: bool
    written_at: dt.datetime
    addressed: bool = False
    units: list[Unit] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """The conversation and everything that all families need to know of it."""

    conversation: Conversation
    turns: list[Turn]
    units: list[Unit]
    sides: Sides
    people: People
    companies: Companies
    day_first: bool
    country: str | None
    cache: dict[tuple[str, int], object] = field(default_factory=dict)

    @property
    def deal(self) -> DealContext:
        return self.conversation.deal or DealContext()

    @property
    def currency(self) -> str:
        return self.deal.currency or "USD"

    @property
    def is_email(self) -> bool:
        return self.conversation.kind is ConversationKind.EMAIL

    def turn_of(self, unit: Unit) -> Turn:
        return self.turns[unit.turn]

    def side_of(self, unit: Unit) -> Side | None:
        return self.turns[unit.turn].side

    def own_units(self) -> Iterator[Unit]:
        """The units in which facts may stand."""
        return (unit for unit in self.units if self.turns[unit.turn].own)

    def before(self, unit: Unit, count: int = 1) -> list[Unit]:
        """The units just before this one, nearest first, whoever said them."""
        return [self.units[i] for i in range(unit.index - 1, max(-1, unit.index - 1 - count), -1)]

    def after(self, unit: Unit, count: int = 1) -> list[Unit]:
        """The units just after this one, nearest first."""
        return self.units[unit.index + 1 : unit.index + 1 + count]


def read(conversation: Conversation) -> Reading:
    """Parse a conversation. Never fails on odd text, and takes time in proportion to its length."""
    sides = sides_of(conversation)
    match conversation.kind:
        case ConversationKind.CALL:
            turns = call_turns(conversation, sides)
        case ConversationKind.EMAIL:
            turns = mail_turns(conversation, sides)
    units: list[Unit] = []
    for turn in turns:
        if speaks_to_a_machine(turn.text):
            turn.own, turn.addressed = False, True
        for start, end, words in sentences(turn.text):
            text = turn.text[start:end]
            unit = Unit(
                index=len(units),
                turn=turn.index,
                segment=turn.segment,
                start=turn.start + start,
                end=turn.start + end,
                text=text,
                lower=matchable(text),
                words=words,
            )
            units.append(unit)
            turn.units.append(unit)
    return Reading(
        conversation=conversation,
        turns=turns,
        units=units,
        sides=sides,
        people=people_of(conversation.participants),
        companies=companies_of(conversation.deal),
        day_first=day_first(conversation),
        country=country_of(conversation),
    )


COUNTRIES = {
    "GBP": "GB", "EUR": "DE", "INR": "IN", "CAD": "CA", "AUD": "AU", "NZD": "NZ", "SGD": "SG", "JPY": "JP", "KRW": "KR",
    "BRL": "BR", "MXN": "MX", "ZAR": "ZA", "NGN": "NG", "KES": "KE", "AED": "AE", "ILS": "IL", "TRY": "TR", "SEK": "SE",
    "NOK": "NO", "DKK": "DK", "PLN": "PL", "CHF": "CH", "CZK": "CZ", "HUF": "HU", "CNY": "CN", "HKD": "HK",
}  # fmt: skip


def country_of(conversation: Conversation) -> str | None:
    """The country whose holidays people mean: by the deal's currency (a euro deal's Easter is everyone's)."""
    currency = conversation.deal.currency if conversation.deal else None
    return COUNTRIES.get(currency or "")


def day_first(conversation: Conversation) -> bool:
    """Whether 06/07 is the sixth of July: everywhere but where dollars of the United States are spent, judged by the
    currency and, without one, by the offset of the clock (the Americas write the month first)."""
    currency = conversation.deal.currency if conversation.deal else None
    if currency is not None and currency != "USD":
        return True
    offset = conversation.occurred_at.utcoffset() or dt.timedelta()
    return offset > dt.timedelta()


def call_turns(conversation: Conversation, sides: Sides) -> list[Turn]:
    return [
        Turn(
            index=index,
            segment=index,
            start=0,
            text=segment.text,
            speaker=conversation.participant(segment.speaker),
            side=sides.of(segment.speaker),
            own=True,
            written_at=conversation.occurred_at,
        )
        for index, segment in enumerate(conversation.segments)
    ]


def mail_turns(conversation: Conversation, sides: Sides) -> list[Turn]:
    sender = conversation.participant(conversation.sender)
    if undeliverable(conversation, sender):
        return []
    turns: list[Turn] = []
    layout = mail.blocks(
        conversation.body,
        subject=conversation.subject,
        sender=sender.name if sender else None,
        sent_at=conversation.occurred_at,
    )
    for block in layout:
        if block.kind not in READABLE:
            continue
        speaker = sender
        if block.kind is mail.BlockKind.QUOTED:
            speaker = other_party(conversation, sides, block.author)
        elif block.author:
            speaker = named(conversation, block.author) or Participant(id="", name=block.author)
        turns.append(
            Turn(
                index=len(turns),
                segment=None,
                start=block.start,
                text=conversation.body[block.start : block.end],
                speaker=speaker,
                side=sides.of(speaker.id) if speaker else None,
                own=block.kind is not mail.BlockKind.QUOTED,
                written_at=block.written_at or conversation.occurred_at,
            )
        )
    return turns


def undeliverable(conversation: Conversation, sender: Participant | None) -> bool:
    """A bounce is a machine's report: nobody says anything in it."""
    address = ((sender.email or sender.name or "") if sender else "").lower()
    return bool(re.match(r"mailer-daemon|postmaster|mail delivery", address)) or bool(
        re.match(r"\s*(?:undeliver|delivery (?:status|has failed|failure)|mail delivery|returned mail)",
                 (conversation.subject or "").lower())
    )  # fmt: skip


def named(conversation: Conversation, name: str) -> Participant | None:
    wanted = set(re.findall(r"\w+", name.lower()))
    for person in conversation.participants:
        if wanted and wanted == set(re.findall(r"\w+", (person.name or "").lower())):
            return person
    return None


def other_party(conversation: Conversation, sides: Sides, author: str | None) -> Participant | None:
    """Who most likely wrote what is quoted: the one named, else the one the mail answers."""
    if author and (found := named(conversation, author)):
        return found
    own_side = sides.of(conversation.sender)
    for id in conversation.to:
        if sides.of(id) is not own_side:
            return conversation.participant(id)
    return conversation.participant(conversation.to[0]) if conversation.to else None


COMMAND_LINE = ("spacy.cli", "spacy.cli.info")


def spacy_without_its_command_line() -> ModuleType:
    """spaCy imports its command line, and with it three web clients: a third of its start. Empty modules stand there
    while it loads, and are taken away again, so that whoever wants the command line gets it."""
    if "spacy" in sys.modules or COMMAND_LINE[0] in sys.modules:
        return importlib.import_module("spacy")
    for name in COMMAND_LINE:
        stand_in: Any = ModuleType(name)
        stand_in.info = None
        sys.modules[name] = stand_in
    try:
        return importlib.import_module("spacy")
    finally:
        for name in COMMAND_LINE:
            sys.modules.pop(name, None)


@cache
def pipeline() -> Language:
    """spaCy's English tokenizer and its rule for sentences; no trained model."""
    nlp: Language = spacy_without_its_command_line().blank("en")
    tokenizer: Any = nlp.tokenizer  # spaCy's type leaves open that it is a plain function
    for short in ABBREVIATED:
        for form in (short, short.lower()):
            tokenizer.add_special_case(f"{form}.", [{"ORTH": f"{form}."}])
    nlp.add_pipe("sentencizer")
    nlp.max_length = 10**9
    return nlp


def sentences(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """(start, end, words) of each sentence; words are lower case, without punctuation."""
    for start, end in pieces(text, PIECE_CHARACTERS):
        doc = pipeline()(text[start:end])
        first = None
        for sentence in doc.sents:
            first = sentence.start if first is None else first
            if sentence.end < len(doc) and abbreviated(doc, sentence.end):
                continue
            yield from bounded(doc, first, sentence.end, start)
            first = None


# Before a figure these end no sentence: "is Rs. 85 lakhs", "approx. 40".
ABBREVIATIONS = {"rs", "nr", "approx", "ca", "fig", "art", "incl", "excl", "max", "min", "eur", "usd"}


def abbreviated(doc: Doc, end: int) -> bool:
    """Whether the full stop before doc[end] is that of an abbreviation with its figure after it."""
    dot = doc[end - 1]
    word = dot.lower_.rstrip(".") if len(dot) > 1 else doc[end - 2].lower_ if end > 1 else ""
    return dot.text.endswith(".") and word in ABBREVIATIONS and doc[end].text[:1].isdigit()


def bounded(doc: Doc, first: int, last: int, base: int) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The sentence, or pieces of it no longer than UNIT_CHARACTERS, without blanks at either end."""
    while first < last and doc[first].is_space:
        first += 1
    while last > first and doc[last - 1].is_space:
        last -= 1
    begin = first
    while begin < last:
        end = begin + 1
        limit = doc[begin].idx + UNIT_CHARACTERS
        while end < last and doc[end].idx + len(doc[end]) <= limit:
            end += 1
        tokens = doc[begin:end]
        start, stop = tokens.start_char, tokens.end_char
        words = tuple(token.lower_ for token in tokens if not token.is_space and not token.is_punct)
        for piece_start, piece_end in pieces(doc.text[start:stop], UNIT_CHARACTERS):
            yield base + start + piece_start, base + start + piece_end, words
        begin = end


def pieces(text: str, size: int) -> Iterator[tuple[int, int]]:
    """Cut at blanks into stretches of at most `size` characters; a longer word is cut hard. Blank stretches are left
    out."""
    at = 0
    while at < len(text):
        end = min(at + size, len(text))
        if end < len(text):
            blank = max(text.rfind(" ", at, end), text.rfind("\n", at, end))
            end = blank + 1 if blank > at else end
        if not text[at:end].isspace():
            yield at, end
        at = end


PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\n": " ", "\t": " ", "\xa0": " ", "\r": " "}
)


def matchable(text: str) -> str:
    """Lower case of the same length, so that offsets hold (a few letters grow when lowered: they stay as they are)."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return lowered.translate(PLAIN)
