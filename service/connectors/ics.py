"""A hold in a calendar as iCalendar text (RFC 5545), for mail programs to show with its buttons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

__all__ = ["invitation"]

LONGEST_LINE = 75


def invitation(
    *,
    uid: str,
    organizer: str,
    attendees: Sequence[str],
    start: dt.datetime,
    end: dt.datetime,
    stamp: dt.datetime,
    summary: str,
    text: str,
) -> str:
    """A request for one meeting. The same `uid` again is the same meeting: a calendar holds it once."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Telltale//Telltale//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{utc(stamp)}",
        f"DTSTART:{utc(start)}",
        f"DTEND:{utc(end)}",
        f"SUMMARY:{escaped(summary)}",
        f"DESCRIPTION:{escaped(text)}",
        f"ORGANIZER:mailto:{organizer}",
        *(f"ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:{attendee}" for attendee in attendees),
        "STATUS:TENTATIVE",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{piece}\r\n" for line in lines for piece in folded(line))


def utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(sign, written)
    return "".join(c for c in text if c >= " ")


def folded(line: str) -> Iterator[str]:
    """Lines of at most 75 bytes, never cut inside a character; each after the first begins with a blank."""
    piece, size = "", 0
    for character in line:
        width = len(character.encode("utf-8", "replace"))
        if size + width > LONGEST_LINE:
            yield piece
            piece, size = " ", 1
        piece += character
        size += width
    yield piece
