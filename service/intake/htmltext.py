"""The words of an HTML mail, line by line: quoted blocks get "> " and signatures "-- ", as in plain mail.

Tags are found by one pattern that looks at each character once. The standard library's parser is not used: it takes
over a minute for 90 kilobytes of "<a ".
"""

from __future__ import annotations

import html
import re

from signals import DecodeError

__all__ = ["MOST_TEXT", "html_to_text"]

# Characters of one mail's text, or of its HTML without pictures that are written into it.
MOST_TEXT = 2 << 20
MOST_QUOTED = 20

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})([^<>]*)>|<!--|<[!?/][^<>]*>")
SILENT = {"script", "style", "head", "title", "template", "noscript", "textarea", "select", "svg", "object"}
# The words in these are no markup, and end with the closing tag only.
RAW = {"script", "style", "title", "textarea"}
LINES = {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote"}
LINES |= {"pre", "section", "article", "header", "footer", "center", "address", "dl", "dt", "dd", "body"}
# Elements that the next one of their name ends.
SELF_ENDING = {"p", "li", "td", "th", "tr", "option"}
VOID = {"br", "hr", "img", "meta", "link", "input", "base", "col", "wbr", "area", "source", "embed", "param"}

PICTURE = re.compile(r"data:[a-zA-Z0-9/+.;=-]{0,100};base64,[A-Za-z0-9+/=%\s]*")
HIDDEN = re.compile(r"display\s{0,5}:\s{0,5}none", re.IGNORECASE)
# An indented paragraph is a blockquote too; mail programs draw it without a border.
INDENTED = re.compile(r"border\s{0,5}:\s{0,5}(?:none|medium none|0)", re.IGNORECASE)
QUOTING = re.compile(r"type\s{0,5}=\s{0,5}[\"']?cite|_quote\b", re.IGNORECASE)
SIGNATURE = re.compile(
    r"gmail_signature|moz-signature|ms-outlook-mobile-signature|protonmail_signature|zimbra_signature"
    r"|id\s{0,5}=\s{0,5}[\"']?(?:x_)?signature\b|applemailsignature",
    re.IGNORECASE,
)
# Python refuses to read very long numbers, and no character has one.
LONG_REFERENCE = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")
BLANKS = re.compile(r"[ \t\r\n\f\v\u00a0]+")
# Fill of previews, and places where a word may be cut.
INVISIBLE = re.compile(r"[\u00ad\u034f\u200b\ufeff]+")


class Words:
    """Gathers lines; counts what it is inside of and keeps no tree, so that depth costs nothing."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes: list[bool] = []  # of each open blockquote, whether it quotes
        self.depth = 0  # how many of them do
        self.silent = 0
        self.kept = 0  # open <pre>
        self.hidden: list[str] = []  # the tag of a hidden element, and what of the same name is open in it

    def start(self, tag: str, attributes: str) -> None:
        if tag == "body":
            self.silent = 0
        if self.hidden and tag == self.hidden[0] and tag in SELF_ENDING:
            self.hidden.clear()
        if self.hidden:
            if tag == self.hidden[0]:
                self.hidden.append(tag)
            return
        if attributes and tag not in VOID and HIDDEN.search(attributes):
            self.hidden.append(tag)
            return
        if tag in SILENT and not attributes.endswith("/"):
            self.silent += 1
        if tag in LINES:
            self.end_line(always=tag == "br")
        if tag == "blockquote":
            self.quotes.append(bool(QUOTING.search(attributes)) or not INDENTED.search(attributes))
            self.depth += self.quotes[-1]
        elif tag == "li":
            self.line.append("- ")
        elif tag in ("td", "th"):
            self.line.append(" ")
        elif tag == "pre":
            self.kept += 1
        if attributes and SIGNATURE.search(attributes):
            self.signature()

    def end(self, tag: str) -> None:
        if self.hidden:
            if tag == self.hidden[0]:
                self.hidden.pop()
            return
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        if tag in LINES and tag not in VOID:
            self.end_line()
        if tag == "p":
            self.lines.append("")
        elif tag == "blockquote" and self.quotes:
            self.depth -= self.quotes.pop()
        elif tag == "pre":
            self.kept = max(0, self.kept - 1)

    def signature(self) -> None:
        """Its separator, unless it was written."""
        self.end_line()
        last = next((line for line in reversed(self.lines) if line.strip()), "")
        if last.strip("> ") != "--":
            self.lines.append(self.mark() + "-- ")

    def text(self, raw: str) -> None:
        if self.silent or self.hidden or not raw:
            return
        found = html.unescape(LONG_REFERENCE.sub("\ufffd", raw)) if "&" in raw else raw
        if not self.kept:
            self.line.append(BLANKS.sub(" ", found))
            return
        first, *more = found.split("\n")
        self.line.append(first)
        for line in more:
            self.end_line(always=True)
            self.line.append(line)

    def mark(self) -> str:
        return "> " * min(MOST_QUOTED, self.depth)

    def end_line(self, *, always: bool = False) -> None:
        words = BLANKS.sub(" ", INVISIBLE.sub("", "".join(self.line))).strip()
        self.line = []
        if words or always:
            self.lines.append(self.mark() + words)


def html_to_text(source: str) -> str:
    """Raises DecodeError where there is more of it than anybody writes."""
    source = PICTURE.sub("", source)
    if len(source) > MOST_TEXT:
        raise DecodeError("body", f"{len(source)} characters of HTML", f"at most {MOST_TEXT} characters")
    words = Words()
    at = 0
    while match := TAG.search(source, at):
        words.text(source[at : match.start()])
        at = match.end()
        tag = (match.group(2) or "").lower()
        if match.group() == "<!--":
            closing = source.find("-->", at)
            at = len(source) if closing < 0 else closing + 3
        elif not tag:
            continue
        elif match.group(1):
            words.end(tag)
        else:
            attributes, at = whole_tag(source, match.group(3), at)
            words.start(tag, attributes)
            if tag in RAW and not attributes.endswith("/"):
                at = closing_tag(source, tag, at)
    words.text(source[at:])
    words.end_line()
    return "\n".join(words.lines)


def whole_tag(source: str, attributes: str, at: int) -> tuple[str, int]:
    """A tag's attributes and its end: one that has an odd number of quotation marks was cut at a ">" in a value."""
    if attributes.count('"') % 2:
        end = source.find('"', at, at + 300)
        close = -1 if end < 0 else source.find(">", end, end + 300)
        if close >= 0:
            return attributes + source[at : end + 1], close + 1
    return attributes, at


def closing_tag(source: str, tag: str, at: int) -> int:
    match = re.compile(rf"</{tag}", re.IGNORECASE).search(source, at)
    return len(source) if match is None else match.start()
