"""A MIME message as a tree of parts, in time that grows with its size only.

The standard library's parser recurses and its readers of headers take seconds for some hundred kilobytes, so that a
message is split here: one search for each boundary, and headers that stay text until somebody asks for them.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.intake.charsets import decoded
from service.intake.mail_headers import Headers, parameters
from signals import DecodeError

__all__ = ["MOST_DEPTH", "MOST_HEADER_BYTES", "MOST_PARTS", "Part", "parse"]

MOST_PARTS = 100
MOST_DEPTH = 20
MOST_HEADER_BYTES = 256 * 1024
MOST_HEADERS = 1000
MOST_BOUNDARY = 200

HEADER_LINE = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)
NAME = re.compile(r"[!-9;-~]{1,100}[ \t]*")
FOLD = re.compile(r"\r?\n[ \t]+")
BLANK_LINE = re.compile(rb"\n\r?\n")
# What base64 does not use: line ends, padding, and whatever got in.
NO_LETTERS = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
# An mbox separator that was left before the headers.
SEPARATOR = re.compile(rb">?From [^\n]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A container has `parts` and no `body`; a leaf has its bytes, with the transfer encoding undone.

    `charset` stands where something else than the header says it, `size` where the bytes did not come along.
    """

    headers: Headers
    body: bytes = b""
    parts: tuple[Part, ...] = ()
    charset: str | None = None
    size: int | None = None

    @property
    def kind(self) -> str:
        """The content type in lower case without its parameters, `text/plain` where there is none of any use."""
        value = self.headers.first("content-type") or ""
        kind = value.partition(";")[0].strip().lower()
        return kind if kind.count("/") == 1 else "text/plain"

    @property
    def family(self) -> str:
        return self.kind.partition("/")[0]

    def parameter(self, name: str, header: str = "content-type") -> str | None:
        return parameters(self.headers.first(header) or "").get(name)

    @property
    def filename(self) -> str | None:
        name = self.parameter("filename", "content-disposition") or self.parameter("name")
        return " ".join(name.split())[:255] or None if name else None

    @property
    def disposition(self) -> str:
        return (self.headers.first("content-disposition") or "").partition(";")[0].strip().lower()

    def text(self) -> str:
        return decoded(self.body, self.charset or self.parameter("charset"))

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in reading order."""
        yield self
        for part in self.parts:
            yield from part.walk()


def parse(data: bytes) -> Part:
    """The tree of a message. Messages inside a message stay bytes. Raises DecodeError where it is over the caps."""
    at = len(match.group()) if (match := SEPARATOR.match(data)) else 0
    counted = Counted()
    return read_part(data, at, len(data), depth=1, counted=counted)


@dataclass(slots=True)
class Counted:
    parts: int = 0


def read_part(data: bytes, start: int, end: int, *, depth: int, counted: Counted) -> Part:
    counted.parts += 1
    if depth > MOST_DEPTH:
        raise DecodeError("parts", f"a depth of {depth} or more", f"parts nested at most {MOST_DEPTH} deep")
    if counted.parts > MOST_PARTS:
        raise DecodeError("parts", f"{counted.parts} or more", f"an e-mail of at most {MOST_PARTS} parts")
    headers, at = read_headers(data, start, end)
    part = Part(headers=headers)
    if part.family == "multipart":
        boundary = part.parameter("boundary")
        pieces = between(data, at, end, boundary) if boundary else []
        if pieces:
            parts = tuple(read_part(data, *piece, depth=depth + 1, counted=counted) for piece in pieces)
            return Part(headers=headers, parts=parts)
    return Part(headers=headers, body=transferred(data[at:end], headers.first("content-transfer-encoding")))


def read_headers(data: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The headers that begin at `start`, and where the body begins. A line that is no header begins the body."""
    if data.startswith((b"\n", b"\r\n"), start, end):
        return Headers(()), data.index(b"\n", start) + 1
    blank = BLANK_LINE.search(data, start, end)
    stop = end if blank is None else blank.start() + 1
    if stop - start > MOST_HEADER_BYTES:
        raise DecodeError("headers", f"{stop - start} bytes", f"at most {MOST_HEADER_BYTES} bytes of headers")
    rest = stop if blank is None else blank.end()
    quick = well_formed(data[start:stop])
    if quick is not None:
        return Headers(quick), min(rest, end)
    found, broken = one_by_one(data[start:stop])
    return Headers(found), min(rest if broken is None else start + broken, end)


def well_formed(block: bytes) -> tuple[tuple[str, str], ...] | None:
    """The headers of a block where each line is one and all is UTF-8, as nearly always; None elsewhere."""
    try:
        text = FOLD.sub(" ", block.decode("utf-8"))
    except UnicodeDecodeError:
        return None
    found = [line.partition(":") for line in text.split("\n", MOST_HEADERS + 1) if line and line != "\r"]
    if not all(colon and NAME.fullmatch(name) for name, colon, _ in found) or len(found) > MOST_HEADERS:
        return None
    return tuple((name.strip().lower(), value.strip()) for name, _, value in found)


def one_by_one(block: bytes) -> tuple[tuple[tuple[str, str], ...], int | None]:
    """The headers up to the first line that is none, each in a charset of its own, and where that line begins."""
    found: list[tuple[str, list[bytes]]] = []
    at, broken = 0, None
    for line in block.split(b"\n"):
        if line[:1] in (b" ", b"\t") and found:
            found[-1][1].append(line)
        elif match := HEADER_LINE.fullmatch(line):
            found.append((match.group(1).decode("ascii").lower(), [match.group(2)]))
            if len(found) > MOST_HEADERS:
                raise DecodeError("headers", f"more than {MOST_HEADERS}", f"at most {MOST_HEADERS} headers")
        elif line.strip():
            broken = at
            break
        at += len(line) + 1
    return tuple((name, decoded(b" ".join(line.strip() for line in lines), None)) for name, lines in found), broken


def between(data: bytes, start: int, end: int, boundary: str) -> list[tuple[int, int]]:
    """Where the parts between the delimiter lines of `boundary` lie; the last may lack its closing line."""
    if len(boundary) > MOST_BOUNDARY:
        raise DecodeError("parts", f"a boundary of {len(boundary)} characters", f"at most {MOST_BOUNDARY} characters")
    raw = re.escape(boundary.encode("utf-8", "surrogateescape"))
    delimiter = re.compile(rb"\n--" + raw + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    pieces: list[tuple[int, int]] = []
    at = None
    # From the line's end before: what the headers end with begins the first delimiter line.
    position = max(0, start - 1)
    while match := delimiter.search(data, position, end):
        if at is not None:
            stop = match.start() - data.endswith(b"\r", at, max(at, match.start()))
            pieces.append((at, max(at, stop)))
            if len(pieces) > MOST_PARTS:
                raise DecodeError("parts", f"{len(pieces)} or more", f"an e-mail of at most {MOST_PARTS} parts")
        if match.group(1):
            return pieces
        at = match.end()
        # The line's end of one delimiter may begin the next.
        position = max(match.start() + 1, match.end() - 1)
    if at is not None:
        pieces.append((at, end))
    return pieces


def transferred(body: bytes, encoding: str | None) -> bytes:
    """The bytes meant; what is damaged costs some of them."""
    match (encoding or "").strip().lower():
        case "quoted-printable":
            return binascii.a2b_qp(body)
        case "base64":
            letters = body.translate(None, NO_LETTERS)
            letters = letters[: -1 if len(letters) % 4 == 1 else None]
            return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
        case _:
            return body
