"""Parts of a message: which of them are its words, which are files, and how far a reader goes."""

from __future__ import annotations

import pytest

from service.intake.mail import of_parts, unflowed
from service.intake.mime import MOST_BOUNDARY, MOST_DEPTH, MOST_PARTS, parse
from signals import DecodeError


def mail(content_type: str, body: str, *more: str) -> bytes:
    return "\n".join(["From: d@x.example", f"Content-Type: {content_type}", *more, "", body]).encode()


def part(content_type: str, body: str, *more: str) -> str:
    return "\n".join([f"Content-Type: {content_type}", *more, "", body])


def multi(kind: str, *parts: str, boundary: str = "b") -> str:
    inside = "".join(f"\n--{boundary}\n{each}" for each in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n{inside}\n--{boundary}--\n"


def letter(text: str) -> tuple[str, list[str | None]]:
    found = of_parts(parse(b"From: d@x.example\n" + text.encode()), source="eml")
    return found.body, [each.name or each.content_type for each in found.envelope.attachments]


PLAIN, HTML = part("text/plain", "plain"), part("text/html", "<p>html</p>")
PDF = part("application/pdf; name=a.pdf", "x")


@pytest.mark.parametrize(
    ("text", "body", "files"),
    [
        (multi("alternative", PLAIN, HTML), "plain", []),
        (multi("alternative", HTML, PLAIN), "plain", []),
        (multi("alternative", part("text/plain", " "), HTML), "html\n", []),
        (multi("alternative", part("text/plain", "This message requires an HTML reader."), HTML), "html\n", []),
        (
            multi("alternative", part("text/plain", "This is about our HTML editor."), part("text/html", "")),
            "plain?",
            [],
        ),
        (multi("alternative", part("text/x-amp-html", "<p>amp</p>"), HTML), "html\n", []),
        (multi("mixed", PLAIN, PDF, part("text/plain", "after")), "plain\n\nafter", ["a.pdf"]),
        (multi("mixed", multi("alternative", PLAIN, HTML, boundary="c"), PDF), "plain", ["a.pdf"]),
        (multi("alternative", PLAIN, multi("related", HTML, PDF, boundary="c")), "plain", ["a.pdf"]),
        (multi("related", HTML, part("image/png", "x", "Content-ID: <i>")), "html\n", ["image/png"]),
        (multi("signed", PLAIN, part("application/pgp-signature", "x")), "plain", []),
        (multi("mixed", PLAIN, part("text/plain; name=n.txt", "no")), "plain", ["n.txt"]),
        (multi("mixed", PLAIN, part("text/plain", "no", "Content-Disposition: attachment")), "plain", ["text/plain"]),
        (multi("mixed", PLAIN, part("message/rfc822", "Subject: old\n\nno")), "plain", ["old"]),
        (multi("mixed", PLAIN, part("application/ms-tnef; name=winmail.dat", "x")), "plain", ["winmail.dat"]),
        (multi("mixed", multi("mixed", PLAIN, boundary="bb"), PDF), "plain", ["a.pdf"]),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b\n" + PLAIN, "plain", []),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b \t\r\n" + PLAIN + "\r\n--b--\r\nepilogue", "plain", []),
        ("Content-Type: multipart/mixed\n\nno boundary", "", []),
        ("Content-Type: multipart/mixed; boundary=b\n\n--bb\nno such boundary", "", []),
        ("Content-Type: nonsense\n\nplain", "plain", []),
        ("no header\nplain", "no header\nplain", []),
    ],
)
def test_whose_words(text: str, body: str, files: list[str | None]) -> None:
    assert letter(text) == ("This is about our HTML editor." if body == "plain?" else body, files)


@pytest.mark.parametrize(
    ("encoding", "raw", "text"),
    [
        ("quoted-printable", "40 =E2=82=AC =\nin May=", "40 € in May"),
        ("QUOTED-PRINTABLE ", "a=3Db=ZZ", "a=b=ZZ"),
        ("base64", "NDAg4oKs", "40 €"),
        ("base64", "NDAg\n 4o!Ks==", "40 €"),
        ("base64", "NDAg4oK", "40 \ufffd"),
        ("base64", "N", ""),
        ("7bit", "40", "40"),
        ("x-no-such", "40", "40"),
    ],
)
def test_transfer_encodings(encoding: str, raw: str, text: str) -> None:
    body = parse(mail("text/plain; charset=utf-8", raw, f"Content-Transfer-Encoding: {encoding}")).text()
    assert body.replace("â‚", "\ufffd") == text


@pytest.mark.parametrize(
    ("raw", "joined", "text"),
    [
        ("one \ntwo\nthree", False, "one two\nthree"),
        ("one \ntwo", True, "onetwo"),
        ("> one \n> two\nthree", False, "> one two\nthree"),
        ("> one \n>> two", False, "> one \n>> two"),
        (" From here", False, "From here"),
        (" > not quoted", False, "> not quoted"),
        ("one \n-- \nDana", False, "one \n-- \nDana"),
        ("", False, ""),
    ],
)
def test_flowed_lines(raw: str, joined: bool, text: str) -> None:
    assert unflowed(raw, joined=joined) == text


def deep(depth: int) -> str:
    return PLAIN if depth == 1 else multi("mixed", deep(depth - 1), boundary=f"b{depth}x")


def test_the_caps() -> None:
    assert letter(deep(MOST_DEPTH))[0].strip() == "plain"
    assert letter(multi("mixed", *[PLAIN] * (MOST_PARTS - 1)))[0].startswith("plain")
    for text in (
        deep(MOST_DEPTH + 1),
        multi("mixed", *[PLAIN] * MOST_PARTS),
        multi("mixed", PLAIN, boundary="x" * (MOST_BOUNDARY + 1)),
    ):
        with pytest.raises(DecodeError, match="parts: expected"):
            letter(text)
