"""The words of an HTML mail, line by line; quoted blocks get "> " as in plain mail."""

from __future__ import annotations

from html.parser import HTMLParser

__all__ = ["html_to_text"]

SILENT = {"script", "style", "head", "title", "template", "noscript"}
LINES = {
    "p",
    "div",
    "br",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "blockquote",
    "pre",
}
VOID = {"br", "hr"}


class Words(HTMLParser):
    """Gathers lines; counts what it is inside of and keeps no tree, so that depth costs nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quoted = 0
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        if tag in LINES:
            self.end_line(always=tag == "br")
        if tag == "blockquote":
            self.quoted += 1
        if tag == "li":
            self.line.append("- ")
        if tag in ("td", "th"):
            self.line.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        if tag in LINES - VOID:
            self.end_line()
        if tag == "p":
            self.lines.append("")
        if tag == "blockquote":
            self.quoted = max(0, self.quoted - 1)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.line.append(" ".join(data.split("\n")))

    def end_line(self, *, always: bool = False) -> None:
        words = " ".join("".join(self.line).split())
        self.line = []
        if words or always:
            self.lines.append("> " * self.quoted + words)


def html_to_text(html: str) -> str:
    words = Words()
    words.feed(html)
    words.close()
    words.end_line()
    return "\n".join(words.lines)
