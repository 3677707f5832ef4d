"""Which parts of an e-mail's body are its writer's own words.

Quoted history, header blocks, signatures and legal notices are told apart from what was written now. Forwarded notes
are kept as content with their own date, since the sender hands them on. Lines are looked at once, in order.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Block", "BlockKind", "blocks"]


class BlockKind(StrEnum):
    OWN = "own"
    QUOTED = "quoted"
    FORWARDED = "forwarded"
    SIGNATURE = "signature"
    NOTICE = "notice"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a bullet or a run of quoted lines: body[start:end]. `author` and `written_at` are a forwarded
    note's own, where its header shows them."""

    kind: BlockKind
    start: int
    end: int
    author: str | None = None
    written_at: dt.datetime | None = None


@dataclass(slots=True)
class Line:
    start: int
    end: int
    text: str
    kind: BlockKind = BlockKind.OWN
    author: str | None = None
    written_at: dt.datetime | None = None


HEADER_FIELD = re.compile(
    r"\s*\*?(from|sent|date|to|cc|bcc|subject|reply-to|importance|attachments|von|gesendet|an|betreff|datum|de|envoyé|à"
    r"|objet|para|asunto|assunto|enviado|enviada(?: em)?|da|inviato|data|a|oggetto|van|verzonden|aan|onderwerp|från"
    r"|skickat|till|ämne|fra|sendt|til|emne|od|wysłano|do|temat)\*?\s?:\*?\s",
    re.IGNORECASE,
)
FROM_FIELD = re.compile(r"\s*\*?(?:from|von|de|da|van|från|fra|od)\*?\s?:\*?\s+(.*)", re.IGNORECASE)
DATE_FIELD = re.compile(
    r"\s*\*?(?:sent|date|gesendet|datum|envoyé|enviado|enviada(?: em)?|inviato|data|verzonden|skickat|sendt|wysłano)"
    r"\*?\s?:\*?\s+(.*)",
    re.IGNORECASE,
)
ATTRIBUTION = re.compile(
    r"\s*(?:on|am|le|el|il|em|op|den)\b.{4,200}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev)\b"
    r".{0,80}:\s*$",
    re.IGNORECASE | re.DOTALL,
)
# "2026-03-02 10:00 GMT+01:00 Sam <s@x>:", "Sam <s@x> schrieb am 2. März 2026, 10:00:" name the writer by address.
ADDRESSED = re.compile(
    r"(?=.{0,240}\b(?:19|20)\d\d)(?=.{0,240}\d[:.h]\d\d).{0,200}<[^<>\s@]{1,80}@[^<>\s]{1,80}>.{0,100}:\s*$"
)
ATTRIBUTION_START = re.compile(r"\s*(?:on|am|le|el|il|em|op|den)\s.{0,60}\d", re.IGNORECASE)
ORIGINAL = re.compile(r"\s*[-_*]{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine)", re.IGNORECASE)
FORWARD = re.compile(
    r"\s*(?:[-_*]{2,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado)"
    r"|begin forwarded message)",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"\s*(?:(?:kind|best|warm|warmest|kindest|many|with|my|sincere|very|all the|thanks and|thanks &"
    r"|thank you and)\s+){0,3}"
    r"(?:regards|best|wishes|thanks|thank you|thx|cheers|sincerely|yours|yours truly|yours sincerely|yours faithfully"
    r"|respectfully|cordially|greetings|br|rgds|ta|saludos|grüße|mit freundlichen grüßen|mfg|cordialement|atentamente"
    r"|cordiali saluti|namaste|talk soon|speak soon)"
    r"(?:\s+(?:again|so much|in advance|all|both|everyone|from .{2,30}|truly|sincerely|faithfully|and regards"
    r"|& regards))?\s*[,.!\-–—]*\s*$",
    re.IGNORECASE,
)
MOBILE = re.compile(
    r"\s*(?:sent from my|sent from (?:yahoo|outlook|mobile|samsung)|get outlook for|von meinem .{2,20} gesendet"
    r"|envoyé de mon|enviado desde mi|sent via)\b",
    re.IGNORECASE,
)
NOTICE = re.compile(
    r"(?:confidentiality notice|this (?:e-?mail|message|communication)(?: and any| \(including| is| may| contains"
    r"| was sent)"
    r"|intended (?:only|solely) for|if you (?:are not|have received this|no longer wish)|unsubscribe"
    r"|think before you print"
    r"|please consider the environment|registered (?:in|office|company)|company (?:no|reg|number)"
    r"|privileged and confidential"
    r"|you are receiving this|diese e-?mail enthält|virus[- ]free|external (?:e-?mail|sender))",
    re.IGNORECASE,
)
# What mail systems put above mail from outside.
BANNER = re.compile(
    r"\s*(?:\W{0,3}(?:external|caution|warning|attention)\b.{0,40}?)?\bthis (?:e-?mail|message) (?:has |was )?"
    r"(?:been )?(?:originated|originates|sent|came|comes) from (?:an )?(?:outside|external)"
    r"|\s*you don['’]?t often get e-?mail from "
    r"|\s*\[extern(?:al)?[^\]]{0,20}\]\s*$",
    re.IGNORECASE,
)
POSTSCRIPT = re.compile(r"\s*p\.?\s?s\.?\b", re.IGNORECASE)
DASHES = re.compile(r"\s*(?:--|—|__+|\*\*+|==+)\s*$")
BULLET = re.compile(r"\s*(?:[-*•·–—]|\(?\d{1,2}[.)]|[a-z][.)])\s+")
QUOTE = re.compile(r"\s?>")
SIGNATURE_LINES = 14
LONGEST_ATTRIBUTION = 300
BANNER_LINES = 5
AFTER_FIRST_NAME = 6


def blocks(
    body: str, *, subject: str | None = None, sender: str | None = None, sent_at: dt.datetime | None = None
) -> list[Block]:
    """The body's blocks in order. `sender` is the writer's name: a line that is just the name opens the signature."""
    lines = list(split_lines(body))
    mark_history(
        lines, forwards=bool(re.match(r"\s*(?:fw|fwd|wg|tr|rv)\s*:", subject or "", re.IGNORECASE)), sent_at=sent_at
    )
    for region in own_regions(lines):
        mark_signature(region, sender)
    return list(paragraphs(lines))


def split_lines(body: str) -> Iterator[Line]:
    at = 0
    for raw in body.splitlines(keepends=True):
        text = raw.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        yield Line(at, at + len(text), text)
        at += len(raw)


def mark_history(lines: list[Line], *, forwards: bool, sent_at: dt.datetime | None) -> None:
    index = 0
    while index < len(lines):
        line = lines[index]
        if QUOTE.match(line.text):
            line.kind = BlockKind.QUOTED
            index += 1
        elif FORWARD.match(line.text):
            line.kind = BlockKind.HEADER
            mark_note(lines, index + 1, BlockKind.FORWARDED, sent_at)
            return
        elif ORIGINAL.match(line.text) or starts_header(lines, index):
            mark_note(lines, index, BlockKind.FORWARDED if forwards else BlockKind.QUOTED, sent_at)
            return
        elif span := attribution(lines, index):
            for header in lines[index : index + span]:
                header.kind = BlockKind.HEADER
            index += span
            if not marked(lines, index):  # history without marks runs to the end
                for later in lines[index:]:
                    later.kind = BlockKind.QUOTED
                return
        else:
            index += 1


def marked(lines: list[Line], index: int) -> bool:
    """Whether what comes from `index` on is quoted with marks, or nothing."""
    while index < len(lines) and not lines[index].text.strip():
        index += 1
    return index == len(lines) or QUOTE.match(lines[index].text) is not None


def starts_header(lines: list[Line], index: int) -> bool:
    """Outlook's block: From, then Sent or Date, then To, on lines of their own."""
    if not FROM_FIELD.match(lines[index].text):
        return False
    following = [line.text for line in lines[index + 1 : index + 4]]
    return (
        any(DATE_FIELD.match(text) for text in following) and sum(bool(HEADER_FIELD.match(t)) for t in following) >= 2
    )


def attribution(lines: list[Line], index: int) -> int:
    """How many lines "On ... X wrote:" takes here (mail programs wrap it), 0 where there is none."""
    if len(lines[index].text) <= LONGEST_ATTRIBUTION and ADDRESSED.match(lines[index].text):
        return 1
    if not ATTRIBUTION_START.match(lines[index].text):
        return 0
    joined = ""
    for count in (1, 2, 3):
        if index + count > len(lines):
            break
        joined += lines[index + count - 1].text[:300] + " "
        if ATTRIBUTION.match(joined):
            return count
    return 0


def mark_note(lines: list[Line], index: int, kind: BlockKind, sent_at: dt.datetime | None) -> None:
    """Everything from `index` on is one earlier message (and what it quotes): its header, then its text."""
    author, written_at = None, None
    while index < len(lines):
        text = lines[index].text
        if text.strip() and not HEADER_FIELD.match(text) and not ORIGINAL.match(text):
            break
        lines[index].kind = BlockKind.HEADER
        if found := FROM_FIELD.match(text):
            author = re.sub(r"\s*[<\[(].*", "", found.group(1)).strip(" \"'*") or None
        elif found := DATE_FIELD.match(text):
            written_at = header_date(found.group(1), sent_at)
        index += 1
    for position in range(index, len(lines)):
        line = lines[position]
        if line.kind is BlockKind.HEADER:  # the rest of an attribution that was found in its first line
            continue
        if QUOTE.match(line.text):
            line.kind = BlockKind.QUOTED if kind is BlockKind.QUOTED or author else kind
        elif span := attribution(lines, position):
            for header in lines[position : position + span]:
                header.kind = BlockKind.HEADER
            if marked(lines, position + span):
                continue
            for older in lines[position + span :]:
                older.kind = BlockKind.QUOTED
            return
        elif starts_header(lines, position) or ORIGINAL.match(line.text):
            for older in lines[position:]:
                older.kind = BlockKind.QUOTED
            return
        else:
            line.kind, line.author, line.written_at = kind, author, written_at


def header_date(text: str, sent_at: dt.datetime | None) -> dt.datetime | None:
    """The date of a mail header in whatever spelling; None where it cannot be read."""
    import dateparser  # takes 0.2 s to import, and few mails need it

    settings: dict[str, object] = {"TIMEZONE": "UTC", "RETURN_AS_TIMEZONE_AWARE": True}
    if sent_at is not None:
        settings["RELATIVE_BASE"] = sent_at.replace(tzinfo=None)
    cleaned = re.sub(r"\s+(?:at|um|à|a las)\s+", " ", text[:80])
    moment: dt.datetime | None = dateparser.parse(cleaned, settings=settings)
    return moment


def own_regions(lines: list[Line]) -> Iterator[list[Line]]:
    """Runs of lines that one person wrote, between the marked ones."""
    region: list[Line] = []
    for line in lines:
        if region and line.kind is not region[-1].kind:
            yield region
            region = []
        if line.kind in (BlockKind.OWN, BlockKind.FORWARDED):
            region.append(line)
    if region:
        yield region


def mark_signature(region: list[Line], sender: str | None) -> None:
    author = region[0].author or sender
    filled = [index for index, line in enumerate(region) if line.text.strip()]
    for place, index in enumerate(filled):
        line, left = region[index], len(filled) - place - 1
        if MOBILE.match(line.text):
            line.kind = BlockKind.SIGNATURE
        elif place < BANNER_LINES and BANNER.match(line.text):
            line.kind = BlockKind.NOTICE
        elif DASHES.match(line.text) or (
            left <= SIGNATURE_LINES
            and (opens_signature(line.text, author, place, left) or first_name(region, index, author, place, left))
        ):
            for later in region[index:]:
                if POSTSCRIPT.match(later.text):
                    break
                later.kind = BlockKind.NOTICE if NOTICE.search(later.text) else BlockKind.SIGNATURE
            return
        elif NOTICE.search(line.text) and left <= SIGNATURE_LINES:
            line.kind = BlockKind.NOTICE


def opens_signature(text: str, author: str | None, place: int, left: int) -> bool:
    if CLOSING.match(text) and place > 0:
        return True
    words = re.findall(r"\w+", text.lower())
    name = re.findall(r"\w+", (author or "").lower())
    return bool(place and left and name and len(words) <= 4 and len(name) > 1 and sorted(words) == sorted(name))


def first_name(region: list[Line], index: int, author: str | None, place: int, left: int) -> bool:
    """The writer's first name on a line of its own, below a blank one and near the end."""
    words, name = (re.findall(r"\w+", text.lower()) for text in (region[index].text, author or ""))
    alone = not region[index - 1].text.strip() and region[index].text.strip(" ,.-–—").isalpha()
    return bool(place and left <= AFTER_FIRST_NAME and alone and len(name) > 1 and words == name[:1])


def paragraphs(lines: Iterable[Line]) -> Iterator[Block]:
    """Lines joined to paragraphs; bullets, and quoted lines as a run, stand alone."""
    current: list[Line] = []
    for line in lines:
        ends = bool(current) and (
            not line.text.strip() or line.kind is not current[-1].kind or bool(BULLET.match(line.text))
        )
        if ends:
            yield joined(current)
            current = []
        if line.text.strip():
            current.append(line)
    if current:
        yield joined(current)


def joined(lines: list[Line]) -> Block:
    first = lines[0]
    return Block(first.kind, first.start, lines[-1].end, first.author, first.written_at)
