"""Otter: its text export ("Dana Buyer  7:40", then the words), with or without times, and its SRT.

What stands above the first turn (title, date, key words, speakers) and the last line, which names Otter, nobody said.
The date above is of the recorder's own clock, without an offset; it is taken as UTC where no time is given.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from service.intake.calls import call, people_of_names
from service.intake.captions import TIMING, captioned, srt_cues
from service.intake.envelope import Received
from service.intake.given import Given
from service.intake.plaintext import CLOCK, clock, talk
from service.intake.textfile import as_text, single_blanks
from signals import DecodeError, Segment

__all__ = ["looks_like_it", "read"]

HEADER = re.compile(rf"(?:(\S.{{0,80}}?)(?: {{2,8}}|\t{{1,4}}))?({CLOCK})")
FOOTER = re.compile(r"^[ \t]*Transcribed by https?://otter\.ai[ \t]*$", re.MULTILINE | re.IGNORECASE)
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MOMENT = re.compile(r"\b([A-Z][a-z]{2})[a-z]{0,6} (\d{1,2}), (\d{4}),? {1,3}(\d{1,2}):(\d\d) ?([AP])M\b")
MOST_TURNS = 100_000
NOBODY = "unknown speaker"


def read(data: bytes, name: str, given: Given) -> Iterator[Received]:
    text = as_text(data).lstrip("\ufeff")
    if TIMING.search(text[:2000]):
        yield captioned(srt_cues(text), given, source="otter")
        return
    lines = [line.rstrip() for line in FOOTER.sub("", text).split("\n")]
    headers = [index for index, line in enumerate(lines) if header_of(line) is not None]
    yield turns(lines, headers, given) if headers else talk("\n".join(lines), given, source="otter")


def header_of(line: str) -> tuple[str | None, str] | None:
    """(name or None, time) of a line that begins a turn; `line` has no blanks at its end."""
    # Most lines are words, and most words no figures: the pattern is for the few that could match.
    if not line[-1:].isdecimal() or ":" not in line[-8:]:
        return None
    match = HEADER.fullmatch(line)
    return None if match is None else (match.group(1), match.group(2))


def looks_like_it(text: str) -> bool:
    """Lines of a name and a time with two blanks between, each after a blank line; several, or one at an end."""
    lines = [line.rstrip() for line in text.split("\n")]
    found = [
        index
        for index, line in enumerate(lines)
        if (index == 0 or not lines[index - 1]) and (header := header_of(line)) is not None and header[0]
    ]
    return bool(found) and (len(found) > 1 or found[0] == 0 or FOOTER.search(text) is not None)


def turns(lines: Sequence[str], headers: Sequence[int], given: Given) -> Received:
    if len(headers) > MOST_TURNS:
        raise DecodeError("turns", len(headers), f"at most {MOST_TURNS}")
    told = [header_of(lines[index]) or (None, "0:00") for index in headers]
    names = [None if (name or NOBODY).casefold() == NOBODY else name for name, _ in told]
    people = people_of_names(names)
    segments = [
        Segment(
            speaker=people[name].id if name else None,
            start=clock(time),
            text=single_blanks(" ".join(lines[index + 1 : following])),
        )
        for index, following, name, (_, time) in zip(headers, [*headers[1:], None], names, told, strict=True)
    ]
    return call(
        given,
        source="otter",
        at=None if given.occurred_at else written_above("\n".join(lines[: headers[0]])),
        people=people.values(),
        segments=segments,
        field="turns",
    )


def written_above(text: str) -> str | None:
    match = MOMENT.search(text[:2000])
    if match is None or match.group(1).lower() not in MONTHS:
        return None
    month, (day, year, hour, minute) = MONTHS.index(match.group(1).lower()) + 1, map(int, match.group(2, 3, 4, 5))
    try:
        return dt.datetime(
            year, month, day, hour % 12 + (12 if match.group(6) == "P" else 0), minute, tzinfo=dt.UTC
        ).isoformat()
    except ValueError:
        return None
