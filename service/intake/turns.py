"""From cues, sentences and words to utterances: what one person says in one go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from signals import Segment

__all__ = ["joined", "of_words", "put_together"]

# An utterance that was cut in two is one: the next piece of the same speaker follows soon, and no sentence had ended.
JOIN_WITHIN = 3.0
JOIN_UP_TO = 400
# Words run on until somebody else speaks; a pause after a sentence, or a long speech, begins another utterance.
PAUSE = 1.5
LONG = 400
LONGEST = 2000
ENDS = re.compile(r"[.?!…。？！][\"')\]”’]*$")


@dataclass(slots=True)
class Growing:
    """An utterance to which pieces are being added."""

    speaker: str | None
    start: float | None
    end: float | None
    last: float | None = None
    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, piece: Segment) -> None:
        self.pieces.append(piece.text)
        self.length += len(piece.text) + 1
        if self.start is None:
            self.start = piece.start
        if piece.end is not None:
            self.end = piece.end if self.end is None else max(self.end, piece.end)
        self.last = next((time for time in (piece.end, piece.start) if time is not None), self.last)

    def gap(self, piece: Segment) -> float:
        return piece.start - self.last if piece.start is not None and self.last is not None else 0.0

    def ended(self) -> bool:
        return bool(self.pieces) and ENDS.search(self.pieces[-1][-12:]) is not None

    def segment(self) -> Segment:
        return Segment(speaker=self.speaker, start=self.start, end=self.end, text=" ".join(self.pieces))


def joined(pieces: Iterable[Segment]) -> list[Segment]:
    """Utterances out of captions, sentences or recogniser's segments: those cut within a sentence are put together."""

    def goes_on(current: Growing, piece: Segment) -> bool:
        return (
            current.gap(piece) <= JOIN_WITHIN
            and not current.ended()
            and current.length + len(piece.text) <= JOIN_UP_TO + 1
        )

    return grown(pieces, goes_on)


def of_words(words: Iterable[Segment]) -> list[Segment]:
    """Utterances out of single words, in the order in which they come."""

    def goes_on(current: Growing, word: Segment) -> bool:
        if current.length > LONGEST or current.gap(word) > JOIN_WITHIN:
            return False
        return not (current.ended() and (current.gap(word) > PAUSE or current.length > LONG))

    return grown(words, goes_on)


def put_together(pieces: Iterable[Segment]) -> Segment | None:
    """One utterance out of all pieces, which are one speaker's; None where they say nothing."""
    return next(iter(grown(pieces, lambda current, piece: True)), None)


def grown(pieces: Iterable[Segment], goes_on: Callable[[Growing, Segment], bool]) -> list[Segment]:
    found: list[Growing] = []
    for piece in pieces:
        if not piece.text:
            continue
        if not found or found[-1].speaker != piece.speaker or not goes_on(found[-1], piece):
            found.append(Growing(piece.speaker, piece.start, None))
        found[-1].add(piece)
    return [each.segment() for each in found]
