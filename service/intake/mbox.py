"""A mailbox in one file (mbox): e-mails one after the other, each behind a line "From sender date"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.intake import mail
from service.intake.envelope import Received
from service.intake.given import Given
from service.intake.jsontext import UnreadableError
from service.intake.refusal import Refusal
from signals import DecodeError

__all__ = ["begins", "read"]

MOST_MESSAGES = 1_000_000

# The date tells a separator from a sentence that begins with "From": not every writer of mailboxes escapes those.
SEPARATOR = re.compile(
    rb"From [^\n]{0,300}?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]?\d"
    rb" \d\d:\d\d(?::\d\d)?[^\n]{0,60}(?:\n|\Z)"
)
LINE_START = re.compile(rb"(?:\A|\n)From ")
# How often a mail's lines are escaped when it was quoted in a mail that was quoted, and so on.
MOST_ESCAPED = 9


def begins(start: bytes) -> bool:
    """Whether a file that begins so is a mailbox."""
    return SEPARATOR.match(start) is not None


def read(data: bytes, name: str, given: Given) -> Iterator[Received | Refusal]:
    """Each message, or why it is none, named by its number and the line that it begins at."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    found, number, line, counted = False, 0, 1, 0
    for separator, start, end in messages(data):
        found, number = True, number + 1
        line, counted = line + data.count(b"\n", counted, separator), separator
        place = f"{name}: message {number} (line {line})"
        if number > MOST_MESSAGES:
            yield Refusal.of(place, DecodeError("", "more messages", f"at most {MOST_MESSAGES} messages in one file"))
            return
        try:
            yield mail.message(unescaped(data[start:end]), given, source="mbox")
        except DecodeError as error:
            yield Refusal.of(place, error, unreadable=isinstance(error, UnreadableError))
    if not found:
        expected = 'a mailbox: messages behind lines such as "From dana@buyer.example Mon Mar 02 16:12:05 2026"'
        raise UnreadableError("", data[:40], expected)


def unescaped(message: bytes) -> bytes:
    """Without the ">" that writers put before what would look like a separator, and before what was escaped already."""
    for count in range(MOST_ESCAPED):
        message = message.replace(b"\n>" + b">" * count + b"From ", b"\n" + b">" * count + b"From ")
    return message


def messages(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Where each message's separator, its headers and its end lie. What stands before the first is none."""
    before: tuple[int, int] | None = None
    for match in LINE_START.finditer(data):
        at = match.end() - len(b"From ")
        separator = SEPARATOR.match(data, at)
        if separator is None:
            continue
        if before is not None:
            yield (*before, at)
        before = (at, separator.end())
    if before is not None:
        yield (*before, len(data))
