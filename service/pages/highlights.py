"""Words with the signals that rest on them: a text cut into runs, each with the signals whose evidence covers it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from service.pages.signal_words import STATES, stated
from service.store.signals import StoredSignal

__all__ = ["Note", "Run", "Span", "note_of", "runs", "spans_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A signal as it is explained beside its words. `number` is its place among the conversation's, from 1; `said_in`
    are the utterances that it rests on, none in a mail."""

    id: str
    number: int
    type: str
    state: str
    stated: str
    confidence: float
    found_by: str
    state_word: str
    said_in: tuple[int, ...]

    @property
    def pending(self) -> bool:
        return self.state == "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where in a text a signal's words are: text[start:end]. `first` of its pieces is where links to it lead."""

    start: int
    end: int
    note: Note
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of text; `notes` are the signals that it proves, none for plain words. `opens` are those whose evidence
    begins here and whose labels stand here; `anchors` those among them to whose first words this is."""

    text: str
    notes: tuple[Note, ...] = ()
    opens: tuple[Note, ...] = ()
    anchors: tuple[Note, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The types that begin here, each once."""
        return tuple(dict.fromkeys(note.type for note in self.opens))


def note_of(signal: StoredSignal, number: int) -> Note:
    pieces = signal.content.get("evidence") or ()
    said_in = tuple(piece["segment"] for piece in pieces if piece["segment"] is not None)
    return Note(
        id=str(signal.id),
        number=number,
        type=signal.type,
        state=signal.state,
        stated=stated(signal.content),
        confidence=signal.confidence,
        found_by=signal.content.get("found_by") or "a person",
        state_word=STATES[signal.state],
        said_in=said_in,
    )


def spans_of(signal: StoredSignal, note: Note) -> Iterator[tuple[int | None, Span]]:
    """(utterance, span) for each piece of its evidence; the utterance is None in a mail."""
    for place, piece in enumerate(signal.content.get("evidence") or ()):
        yield piece["segment"], Span(start=piece["start"], end=piece["end"], note=note, first=place == 0)


def runs(text: str, spans: Iterable[Span], *, start: int = 0, end: int | None = None) -> list[Run]:
    """text[start:end] cut at the ends of the spans, which are places in the whole text. What no span covers is plain.

    A span that begins before `start` opens at it, so that no piece of a text loses its labels.
    """
    end = len(text) if end is None else min(end, len(text))
    inside = [span for span in spans if span.start < end and span.end > start]
    edges = {start, end}
    for span in inside:
        edges |= {max(span.start, start), min(span.end, end)}
    return [run(text[a:b], inside, a, b, start) for a, b in itertools.pairwise(sorted(edges))]


def run(text: str, spans: Sequence[Span], start: int, end: int, least: int) -> Run:
    here = [span for span in spans if span.start < end and span.end > start]
    opening = [span for span in here if max(span.start, least) == start]
    return Run(
        text=text,
        notes=tuple(dict.fromkeys(span.note for span in here)),
        opens=tuple(dict.fromkeys(span.note for span in opening)),
        anchors=tuple(dict.fromkeys(span.note for span in opening if span.first and span.start == start)),
    )
