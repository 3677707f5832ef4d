"""Headers of a message as they are met: encoded words, addresses in all their spellings, dates, message ids.

Every pattern looks at each character a bounded number of times; values are cut before they are looked at.
"""

from __future__ import annotations

import binascii
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from service.intake.charsets import decoded

__all__ = ["Address", "Headers", "addresses", "date", "mailbox", "message_ids", "parameters", "words"]

LONGEST_VALUE = 64 * 1024
LONGEST_ID = 990
LONGEST_PARAMETERS = 4000
MOST_IDS = 200

CLOSED_BY = {'"': '"', "(": ")", "<": ">"}
ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]{0,2000})\?=")
PARAMETER = re.compile(r";\s*([^\s=;\"]{1,80})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;]*))")
NAMED = re.compile(r"([^<>]*)<([^<>]*)>[^<>]*")
WORD = re.compile(r"[^\s<>()\",;]+")
COMMENT = re.compile(r"\(([^()]*)\)")
MESSAGE_ID = re.compile(r"<([^<>]*)>")
# `dana+crm@buyer.example` is Dana; services put what they must not lose behind the plus sign.
# What stands behind a name and its comma without being the given name: "Dana Buyer, CFO".
SUFFIX = re.compile(r"[A-Z.]{2,6}|(?:Jr|Sr|PhD|Ph\.D|Dr|MBA|CPA|Inc|Ltd|GmbH|AG|LLC|Corp)\.?")
TAGGED = re.compile(r"([^+@]+)\+[^@]*@(.+)")
SERVICES = re.compile(
    r"bounces?|reply|replies|no-?reply|notifications?|unsubscribe|msprvs\d*|prvs|srs\d?|mailer(?:-daemon)?"
)


@dataclass(frozen=True, slots=True)
class Headers:
    """Names in lower case with their values, unfolded and otherwise as they came, in order."""

    fields: tuple[tuple[str, str], ...]

    def first(self, name: str) -> str | None:
        return next((value[:LONGEST_VALUE].strip() for key, value in self.fields if key == name), None)

    def every(self, name: str) -> Iterator[str]:
        return (value[:LONGEST_VALUE].strip() for key, value in self.fields if key == name)

    def has(self, *names: str) -> bool:
        return any(key in names for key, _ in self.fields)

    def text(self, name: str) -> str | None:
        """A header for people, encoded words read, blanks single."""
        value = self.first(name)
        return None if value is None else words(value)


@dataclass(frozen=True, slots=True)
class Address:
    """`address` as it was written, or None where there is a name only."""

    name: str | None
    address: str | None


def words(value: str) -> str:
    """Text with its encoded words (RFC 2047) read; one that is damaged stays as it is written."""
    out: list[str] = []
    waiting: tuple[str, bytes] | None = None  # neighbours of one charset may share a character
    end = 0
    for match in ENCODED.finditer(value):
        charset, data = match.group(1).lower(), encoded_bytes(match.group(2), match.group(3))
        if data is None:
            continue
        gap = value[end : match.start()]
        if waiting is not None and not gap.strip() and waiting[0] == charset:
            waiting = (charset, waiting[1] + data)
        else:
            if waiting is not None:
                out.append(decoded(waiting[1], waiting[0]))
            if gap.strip() or waiting is None:
                out.append(gap)
            waiting = (charset, data)
        end = match.end()
    if waiting is not None:
        out.append(decoded(waiting[1], waiting[0]))
    out.append(value[end:])
    return " ".join("".join(out).replace("\x00", "\ufffd").split())


def encoded_bytes(how: str, text: str) -> bytes | None:
    raw = text.encode("utf-8", "replace")
    if how in "qQ":
        return binascii.a2b_qp(raw, header=True)
    letters = re.sub(rb"[^A-Za-z0-9+/]+", b"", raw)
    if len(letters) % 4 == 1:
        return None
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def parameters(value: str) -> dict[str, str]:
    """The parameters of a Content-Type or Content-Disposition, in RFC 2231's pieces and charsets too."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in PARAMETER.finditer(value[:LONGEST_PARAMETERS]):
        name = match.group(1).lower()
        quoted = match.group(2)
        content = match.group(3).strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(base, words(content) if "=?" in content else content)
        else:
            number, escaped = rest.rstrip("*"), rest.endswith("*") or rest == ""
            if number.isascii() and (number == "" or (number.isdigit() and len(number) < 4)):
                pieces.setdefault(base, {}).setdefault(int(number or 0), (content, escaped))
    for base, found in pieces.items():
        charset, raw = None, b""
        for index in sorted(found):
            content, escaped = found[index]
            if escaped and index == 0 and content.count("'") >= 2:
                charset, _, content = content.split("'", 2)
            raw += unquote_to_bytes(content) if escaped else content.encode("utf-8", "surrogateescape")
        plain[base] = decoded(raw, charset or "utf-8")
    return plain


def addresses(value: str | None) -> list[Address]:
    """The people of a header: `Dana <d@x>`, `d@x (Dana)`, `"Buyer, Dana" <d@x>`, also without its quotation marks,
    `Group: a@x, b@x;`, and names that stand alone."""
    found: list[Address] = []
    family: str | None = None  # of `Buyer, Dana <d@x>`, which a comma has cut
    for piece in split(value or ""):
        if (named := NAMED.fullmatch(piece)) and named.group(2).strip():
            shown, address = named.group(1), named.group(2).strip()
            shown = shown.rpartition(":")[2] if '"' not in shown and ":" in shown else shown
            name = spoken_name(f"{family}, {shown.strip()}" if family and shown.strip() else shown)
            family = None
            found.append(Address(name if name and name != address else None, without_name(address)))
            continue
        if family:
            found.append(Address(spoken_name(family), None))
        family = None
        inside = piece.rpartition(":")[2] if ":" in piece and '"' not in piece else piece
        if bare := next((word for word in WORD.findall(inside) if "@" in word.strip("@")), None):
            comment = COMMENT.search(inside)
            found.append(Address(spoken_name(comment.group(1)) if comment else None, without_name(bare)))
        elif inside.strip() and "<" not in inside and "undisclosed" not in piece.lower():
            family = inside.strip()
    if family:
        found.append(Address(spoken_name(family), None))
    return found


def split(value: str) -> Iterator[str]:
    """The pieces between commas and semicolons that stand outside quotation marks, brackets and angles."""
    piece: list[str] = []
    inside = ""
    for token in re.findall(r"\\.|[^\\\",;()<>]+|.", value[:LONGEST_VALUE], re.DOTALL):
        if token in (",", ";") and not inside:
            if text := "".join(piece).strip():
                yield text
            piece = []
            continue
        if token == inside:
            inside = ""
        elif not inside:
            inside = CLOSED_BY.get(token, "")
        piece.append(token)
    if text := "".join(piece).strip():
        yield text


def without_name(address: str) -> str | None:
    """An address of one word, as it was written; `mailto:` and blanks around it are not of it."""
    text = address.removeprefix("mailto:").strip().strip("'\"")
    return text if "@" in text and not re.search(r"\s", text) else None


def spoken_name(shown: str) -> str | None:
    """A display name in reading order: "Buyer, Dana" is Dana Buyer."""
    text = words(re.sub(r"\\(.)", r"\1", shown).strip().strip('"')).strip(" '\"\t,")
    if not text or "@" in text:
        return None
    family, comma, given = text.partition(", ")
    if not comma or "," in given or len(given.split()) > 2 or (SUFFIX.fullmatch(given) and not family.isupper()):
        return text
    return f"{given} {family}"


def mailbox(address: str) -> str:
    """The address of the mailbox that a written address leads to: in lower case, without the tag behind a plus."""
    text = address.strip().lower()
    tagged = TAGGED.fullmatch(text)
    return text if tagged is None or SERVICES.fullmatch(tagged.group(1)) else f"{tagged.group(1)}@{tagged.group(2)}"


def date(value: str | None) -> dt.datetime | None:
    """The moment of a date header; without a zone it is UTC. None for what cannot be read."""
    if value is None:
        return None
    try:
        result = parsedate_to_datetime(value[:200])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return result if result.tzinfo else result.replace(tzinfo=dt.UTC)


def message_ids(value: str | None) -> tuple[str, ...]:
    """Ids without their angle brackets, in order, each once: of very many the first and the latest."""
    if not value:
        return ()
    bare = value.strip(" <>")
    found = ("".join(id.split()) for id in MESSAGE_ID.findall(value) or ([] if " " in bare else [bare]))
    ids = list(dict.fromkeys(id for id in found if 0 < len(id) <= LONGEST_ID))
    return tuple(ids if len(ids) <= MOST_IDS else [ids[0], *ids[1 - MOST_IDS :]])
