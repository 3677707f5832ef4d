"""Plain text in which each turn begins with who speaks: "Dana Buyer: We have about forty thousand."

A time may stand before or after the name, in brackets or without; lines without a name go on with the turn before.
What stands above the first turn (title, date, attendees) is not said by anybody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.intake import speakers
from service.intake.calls import call, people_of_names
from service.intake.envelope import Identity, Received
from service.intake.given import Given
from service.intake.textfile import as_text, single_blanks
from service.intake.times import moment
from service.intake.turns import put_together
from signals import DecodeError, Segment

__all__ = ["clock", "looks_like_it", "read", "talk"]

MOST_LINES = 100_000
CLOCK = r"(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?"
LEADING = re.compile(rf"[\[(]({CLOCK})[\])][ \t]*(?:[-–—|][ \t]*)?|({CLOCK})[ \t]+(?:[-–—|][ \t]*)?")
BETWEEN = re.compile(rf"([^:\[\]()\n]{{1,60}}?)[ \t]*(?:[\[(]({CLOCK})[\])][ \t]*:?|[ \t]({CLOCK})[ \t]*:)[ \t]*")
# What people write above a transcript. Such a word with a colon is no speaker there.
ABOVE = re.compile(
    r"(?:title|meeting|subject|topic|call|date|time|recorded(?: on)?|when|where|location|duration|length|attendees"
    r"|participants|present|speakers|host|organi[sz]er|company|account|deal|customer|transcript"
    r"|language)(?: \w{1,20})?[ \t]*:",
    re.IGNORECASE,
)
DATE = re.compile(r"(?:date|recorded(?: on)?|when|time)[ \t]*:[ \t]*(\d{4}-\d\d-\d\d\S{0,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`text` with the name, if there is one, and a colon before the words; `start` in seconds."""

    text: str
    start: float | None = None


def read(data: bytes, name: str, given: Given) -> Iterator[Received]:
    yield talk(as_text(data), given, source="text")


def looks_like_it(text: str) -> bool:
    """Whether surely people talk here: two names at least, most lines begin with one, and one recurs."""
    _, lines = parted(text)
    if len(lines) < 3:
        return False
    named = [name for name, _ in named_lines(lines, known=()) if name]
    return len(set(named)) > 1 and len(named) * 2 >= len(lines) and len(named) > len(set(named))


def talk(text: str, given: Given, *, source: str) -> Received:
    """The conversation of a text; raises DecodeError where it has no words or no time is known."""
    above, lines = parted(text)
    named = named_lines(lines, known=given.sellers)
    if any(name for name, _ in named):
        turns = list(grouped(lines, named))
    else:
        turns = [(None, paragraph) for paragraph in paragraphs(text)]
    people = people_of_names(name for name, _ in turns)
    counts = Counter(name for name, _ in turns if name)
    segments = [
        said
        for name, pieces in turns
        if (said := put_together(piece(each, people[name].id if name else None) for each in pieces)) is not None
    ]
    return call(
        given,
        source=source,
        at=None if given.occurred_at else written_date(above),
        people=people.values(),
        identities={people[name].id: Identity.GUESSED for name, count in counts.items() if count == 1},
        segments=segments,
        field="text",
    )


def piece(line: Line, speaker: str | None) -> Segment:
    return Segment(speaker=speaker, start=line.start, text=line.text)


def parted(text: str) -> tuple[list[str], list[Line]]:
    """(the lines above the talk, the lines of it), blank ones left out."""
    raw = text.lstrip("\ufeff").split("\n")
    if len(raw) > MOST_LINES:
        raise DecodeError("lines", len(raw), f"at most {MOST_LINES}")
    first = 0
    while first < len(raw) and (not raw[first].strip() or ABOVE.match(undecorated(raw[first]))):
        first += 1
    return [undecorated(line) for line in raw[:first]], [line_of(line) for line in raw[first:] if line.strip()]


def undecorated(line: str) -> str:
    """Without Markdown's marks: "**Dana Buyer:** yes"."""
    return single_blanks(line.replace("**", "").replace("__", "")).removeprefix("> ")


def line_of(raw: str) -> Line:
    """The words with the name before them and the time apart. "10:30 works for us" begins with no time."""
    line = undecorated(raw)
    match = LEADING.match(line)
    if match is not None and line[match.end() :]:
        rest = line[match.end() :]
        if match.group(1) or candidate(rest):
            return Line(text=rest, start=clock(match.group(1) or match.group(2)))
    match = BETWEEN.match(line)
    if match is not None and speakers.split_prefix(f"{match.group(1)}: x")[0]:
        words = line[match.end() :]
        return Line(text=f"{match.group(1)}: {words}", start=clock(match.group(2) or match.group(3)))
    return Line(text=line)


def candidate(line: str) -> bool:
    return speakers.split_prefix(line if not line.endswith(":") else line + " x")[0] is not None


def clock(written: str) -> float:
    """Seconds of "7:40", "1:07:40" or "00:07:40.230"."""
    hours, minutes, rest = (["0", *written.replace(",", ".").split(":")])[-3:]
    return round(int(hours) * 3600 + int(minutes) * 60 + float(rest), 3)


def named_lines(lines: Sequence[Line], *, known: Sequence[str]) -> list[tuple[str | None, str]]:
    """(speaker, words) for each line. Where every line begins with what could be a name, all of them are."""
    texts = [line.text + " " if line.text.endswith(":") else line.text for line in lines]
    # A name alone on its line is followed by the words on the next.
    bare = [text + "\x00" if text.endswith(": ") else text for text in texts]
    split = [speakers.split_prefix(text)[0] for text in bare]
    if all(split) and len(set(split)) > 1:
        known = [*known, *(name for name in split if name)]
    found = speakers.name_all([(None, text) for text in bare], known=known)
    return [(name, words.replace("\x00", "").strip()) for name, words in found]


def grouped(lines: Sequence[Line], named: Sequence[tuple[str | None, str]]) -> Iterator[tuple[str | None, list[Line]]]:
    """(speaker, lines) of each turn; what stands before the first name is nobody's turn."""
    speaker: str | None = None
    turn: list[Line] = []
    for line, (name, words) in zip(lines, named, strict=True):
        if name is not None:
            if turn:
                yield speaker, turn
            speaker, turn = name, []
        start = line.start
        if turn and not turn[-1].text:
            # The name stood alone on its line, and the time with it.
            start = turn.pop().start if start is None else start
        turn.append(Line(text=words, start=start))
    yield speaker, turn


def paragraphs(text: str) -> Iterator[list[Line]]:
    """A text that names nobody: its paragraphs."""
    for block in re.split(r"\n[ \t]*\n", text.lstrip("\ufeff")):
        lines = [line_of(line) for line in block.split("\n") if line.strip()]
        if lines:
            yield lines


def written_date(above: Sequence[str]) -> str | None:
    match = next(filter(None, (DATE.match(line) for line in above)), None)
    return None if match is None else moment(match.group(1), "Date").isoformat()
