"""Headers as they are met: addresses, encoded words, parameters, ids, and what each tells of who wrote."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from service.intake import Nature
from service.intake.charsets import decoded
from service.intake.mail_headers import Headers, addresses, date, mailbox, message_ids, parameters, words
from service.intake.mail_nature import by_headers

D = "dana@buyer.example"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"Dana Buyer <{D}>", [("Dana Buyer", D)]),
        (f'"Buyer, Dana" <{D}>', [("Dana Buyer", D)]),
        (f"Buyer, Dana <{D}>, Sam <s@x.example>", [("Dana Buyer", D), ("Sam", "s@x.example")]),
        (f"{D} (Dana Buyer)", [("Dana Buyer", D)]),
        (f"Dana Buyer, CFO <{D}>", [("Dana Buyer, CFO", D)]),
        (f"BUYER, DANA <{D}>", [("DANA BUYER", D)]),
        (f"<{D}>", [(None, D)]),
        (f"{D} <{D}>", [(None, D)]),
        (f"'{D}' <{D}>", [(None, D)]),
        (f"Team: {D}, Sam <s@x.example>;, k@x.example", [(None, D), ("Sam", "s@x.example"), (None, "k@x.example")]),
        (f"{D}; s@x.example", [(None, D), (None, "s@x.example")]),
        ("undisclosed-recipients:;", []),
        ("Dana Buyer", [("Dana Buyer", None)]),
        (f"=?utf-8?q?Ren=C3=A9=2C_CFO?= <{D}>", [("René, CFO", D)]),
        (f'"=?utf-8?B?UmVuw6k=?=" <{D}>', [("René", D)]),
        (f'"Dana \\"D\\" Buyer" <{D}>', [('Dana "D" Buyer', D)]),
        (f"Dana <mailto:{D}>", [("Dana", D)]),
        (f'"unclosed <{D}>', [("unclosed", D)]),
        ("<<<>>>, <>, @, a@", [(None, None), (None, None)]),
        (None, []),
    ],
)
def test_addresses(value: str | None, expected: list[tuple[str | None, str | None]]) -> None:
    found = [(each.name, each.address) for each in addresses(value)]
    assert [each for each in found if any(each)] == [each for each in expected if any(each)]


@pytest.mark.parametrize(
    ("written", "box"),
    [
        ("Dana@Buyer.Example", D),
        ("dana+crm@buyer.example", D),
        ("dana+a+b@buyer.example", D),
        ("reply+4f2a@reply.example", "reply+4f2a@reply.example"),
        ("bounces+12-3=x@mailer.example", "bounces+12-3=x@mailer.example"),
        ("+1@x.example", "+1@x.example"),
    ],
)
def test_a_tag_names_no_other_mailbox(written: str, box: str) -> None:
    assert mailbox(written) == box


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Ren=C3=A9?=", "René"),
        ("=?UTF-8?B?UmVuw6k=?= =?UTF-8?B?IENGTw==?=", "René CFO"),
        ("=?utf-8?q?a=C3?= =?utf-8?q?=A9b?=", "aéb"),
        ("=?iso-8859-1?q?Z=FCrich?= today", "Zürich today"),
        ("=?utf-8*de?q?Z=C3=BCrich?=", "Zürich"),
        ("=?utf-8?q?with blanks=2C too?=", "with blanks, too"),
        ("=?no-such?b?AAAA?=", "\ufffd\ufffd\ufffd"),
        ("=?utf-8?b?A?=", "=?utf-8?b?A?="),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("2 =? 3", "2 =? 3"),
    ],
)
def test_encoded_words(value: str, expected: str) -> None:
    assert words(value) == expected


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        ("text/plain; charset=utf-8", "charset", "utf-8"),
        ('multipart/mixed; boundary="a;b=c"', "boundary", "a;b=c"),
        ("x; FileName=a.pdf", "filename", "a.pdf"),
        ("x; filename*=utf-8''na%C3%AFve%20plan.pdf", "filename", "naïve plan.pdf"),
        ('x; filename*0="quo"; filename*1=te.pdf', "filename", "quote.pdf"),
        ("x; filename*1*=%C3%BCr; filename*0*=utf-8''f", "filename", "für"),
        ('x; filename="=?utf-8?q?f=C3=BCr?="', "filename", "für"),
        ('x; filename="a\\"b"', "filename", 'a"b'),
        ("x; filename*²=a", "filename", None),
        (";;;=", "filename", None),
    ],
)
def test_parameters(value: str, name: str, expected: str | None) -> None:
    assert parameters(value).get(name) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a@x> <b@x>", ("a@x", "b@x")),
        ("<a@x>\t<a@x>", ("a@x",)),
        ("<a@ x>", ("a@x",)),
        ("a@x", ("a@x",)),
        ("Your message of Monday", ()),
        ("Your message of Monday <a@x>", ("a@x",)),
        ("<>", ()),
        (None, ()),
    ],
)
def test_message_ids(value: str | None, expected: tuple[str, ...]) -> None:
    assert message_ids(value) == expected


def test_of_very_many_references_the_first_and_the_latest_are_kept() -> None:
    found = message_ids(" ".join(f"<{number}@x>" for number in range(1000)))
    assert (len(found), found[0], found[1], found[-1]) == (200, "0@x", "801@x", "999@x")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 02 Mar 2026 16:12:05 -0500", "2026-03-02T21:12:05+00:00"),
        ("2 Mar 26 16:12 EST", "2026-03-02T21:12:00+00:00"),
        ("Mon, 02 Mar 2026 16:12:05 -0000", "2026-03-02T16:12:05+00:00"),
        ("Mon, 02 Mar 2026 16:12:05", "2026-03-02T16:12:05+00:00"),
        ("Mon, 02 Mar 2026 16:12:05 +0000 (UTC)", "2026-03-02T16:12:05+00:00"),
        ("soon", None),
        ("Mon, 99 Mar 2026 16:12:05 +0000", None),
        (None, None),
    ],
)
def test_dates(value: str | None, expected: str | None) -> None:
    found = date(value)
    assert (None if found is None else found.astimezone(dt.UTC).isoformat()) == expected


@pytest.mark.parametrize(
    ("data", "charset", "expected"),
    [
        ("Größe", "utf-8", "Größe"),
        ("Größe", "iso-8859-1", "Größe"),
        ("Größe", "us-ascii", "Größe"),
        ("Größe", "punycode", "Größe"),
        ("Größe", "undefined", "Größe"),
        ("Größe", "../../etc", "Größe"),
        ("Größe", "x" * 5000, "Größe"),
        ("Größe", "rot13", "Größe"),
        ("Größe", None, "Größe"),
        ("+2AA-", "utf-7", "\ufffd"),
    ],
)
def test_charsets(data: str, charset: str | None, expected: str) -> None:
    assert decoded(data.encode(), charset) == expected


def test_western_quotation_marks_under_a_wrong_name() -> None:
    assert decoded(b"\x93yes\x94 \x80", "iso-8859-1") == "“yes” €"


@pytest.mark.parametrize(
    ("headers", "nature"),
    [
        ({}, "human"),
        ({"auto-submitted": "no"}, "human"),
        ({"auto-submitted": "auto-replied"}, "autoreply"),
        ({"auto-submitted": "auto-replied (vacation)"}, "autoreply"),
        ({"auto-submitted": "auto-generated", "subject": "Automatic reply: Offer"}, "autoreply"),
        ({"auto-submitted": "auto-generated", "in-reply-to": "<a@x>"}, "autoreply"),
        ({"auto-submitted": "auto-generated", "subject": "Your report"}, "list"),
        ({"x-autoreply": "yes"}, "autoreply"),
        ({"x-autoreply": "no"}, "human"),
        ({"x-autorespond": "Offer"}, "autoreply"),
        ({"precedence": "auto_reply"}, "autoreply"),
        ({"subject": "Out of office: back on Monday"}, "autoreply"),
        ({"subject": "Out of Office Re: Offer"}, "autoreply"),
        ({"subject": "OOO"}, "autoreply"),
        ({"subject": "Abwesenheitsnotiz: Angebot"}, "autoreply"),
        ({"subject": "Réponse automatique : Offre"}, "autoreply"),
        ({"subject": "Fuera de la oficina: Oferta"}, "autoreply"),
        ({"subject": "自動応答: 見積"}, "autoreply"),
        ({"subject": "Out of office planner pricing"}, "human"),
        ({"subject": "Re: Automatic reply: Offer"}, "human"),
        ({"subject": "OOObvious"}, "human"),
        ({"list-unsubscribe": "<mailto:u@x>"}, "list"),
        ({"list-unsubscribe": "<mailto:u@x>", "in-reply-to": "<a@x>"}, "human"),
        ({"list-id": "<l.x>", "list-post": "<mailto:l@x>"}, "human"),
        ({"list-id": "<l.x>", "list-post": "NO"}, "list"),
        ({"precedence": "bulk"}, "list"),
        ({"feedback-id": "1:2:3"}, "list"),
    ],
)
def test_what_headers_tell_of_the_writer(headers: dict[str, str], nature: str) -> None:
    found = by_headers(Headers(tuple(headers.items())))
    assert found.nature is Nature(nature)
    assert (found.because is None) == (found.nature is Nature.HUMAN)


@pytest.mark.parametrize(
    "value",
    [
        piece * (200_000 // len(piece))
        for piece in [
            "a@b.c, ",
            "(",
            "=?utf-8?q?a?= ",
            "=?",
            '"',
            " ",
            "a",
            "a@",
            "; a=b",
            ';a="',
            "\\",
            "<a@b> ",
            ",",
            "<",
        ]
    ],
)
def test_long_headers_take_no_time(value: str) -> None:
    headers = Headers((("x", "<" + value),))
    began = time.process_time()
    addresses(headers.first("x"))
    words(headers.first("x") or "")
    parameters(headers.first("x") or "")
    message_ids(headers.first("x"))
    date(headers.first("x"))
    assert time.process_time() - began < 1
