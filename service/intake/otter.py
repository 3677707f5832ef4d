"""Otter: its text export ("Dana Buyer  7:40", then the words), with or without times, and its SRT.

What stands above the first turn (title, date, key words, speakers) and the last line, which names Otter, nobody said.
The date above is of the recorder's own clock, without an offset; it is taken as UTC where no time is given.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from service.intake.calls import call, people_of_names
from service.intake.captions import TIMING, captioned, srt_cues
from service.intake.envelope import Received
from service.intake.given import Given
from service.intake.plaintext import CLOCK, clock, talk
from service.intake.textfile import as_text
from signals import DecodeError, Segment

__all__ = ["looks_like_it", "read"]

HEADER = re.compile(rf"^(?:(\S[^\n]{{0,80}}?)(?:[ ]{{2,8}}|\t{{1,4}}))?({CLOCK})[ \t]*$", re.MULTILINE)
FOOTER = re.compile(r"^[ \t]*Transcribed by https?://otter\.ai[ \t]*$", re.MULTILINE | re.IGNORECASE)
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MOMENT = re.compile(r"\b([A-Z][a-z]{2})[a-z]{0,6} (\d{1,2}), (\d{4}),? {1,3}(\d{1,2}):(\d\d) ?([AP])M\b")
MOST_TURNS = 100_000
NOBODY = "unknown speaker"


def read(data: bytes, name: str, given: Given) -> Iterator[Received]:
    text = as_text(data).lstrip("\ufeff")
    if TIMING.search(text[:2000]):
        yield captioned(srt_cues(text), given, source="otter")
    elif HEADER.search(text):
        yield turns(text, given)
    else:
        yield talk(FOOTER.sub("", text), given, source="otter")


def looks_like_it(text: str) -> bool:
    """Its last line, or lines of a name and a time with two blanks between, each after a blank line."""
    headers = [match for match in HEADER.finditer(text) if match.group(1) and after_blank(text, match.start())]
    return bool(headers) and (len(headers) > 1 or headers[0].start() == 0 or FOOTER.search(text) is not None)


def after_blank(text: str, start: int) -> bool:
    return not text[:start].strip() or text[:start].endswith("\n\n")


def turns(text: str, given: Given) -> Received:
    text = FOOTER.sub("", text)
    headers = list(HEADER.finditer(text))
    if len(headers) > MOST_TURNS:
        raise DecodeError("turns", len(headers), f"at most {MOST_TURNS}")
    names = [None if (header.group(1) or NOBODY).casefold() == NOBODY else header.group(1) for header in headers]
    people = people_of_names(names)
    segments = []
    for index, (header, name) in enumerate(zip(headers, names, strict=True)):
        following = headers[index + 1].start() if index + 1 < len(headers) else len(text)
        words = " ".join(text[header.end() : following].split())
        segments.append(Segment(speaker=people[name].id if name else None, start=clock(header.group(2)), text=words))
    return call(
        given,
        source="otter",
        at=None if given.occurred_at else written_above(text[: headers[0].start()]),
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
