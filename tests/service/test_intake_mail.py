"""E-mails as they lie in .eml files, whole and hostile."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from service.intake import Given, Refusal, read_conversations
from service.intake.mail import MOST_DEPTH, MOST_PARTS
from signals import Conversation, Side

REPLY = b"""From: Dana Buyer <Dana@buyer.example>
To: Sam Seller <sam@seller.example>
Cc: =?utf-8?q?Ren=C3=A9_CFO?= <rene@buyer.example>, "Berg, Tomas" <tomas@buyer.example>
Subject: Re: Proposal v2
Date: Mon, 02 Mar 2026 16:12:05 -0500
Message-ID: <b2@buyer.example>
In-Reply-To: <a1@seller.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b0"

--b0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Hi Sam,

Budget is approved =E2=80=94 =E2=82=AC40k.

On Fri, 27 Feb 2026 at 10:01, Sam Seller <sam@seller.example> wrote:
> Unlike RivalCo we can start in May. Is budget approved?
--b0
Content-Type: text/html; charset="utf-8"

<div>Hi Sam,</div><blockquote type="cite">Unlike RivalCo</blockquote>
--b0--
"""


def read(data: bytes, **given: object) -> Conversation:
    (found,) = read_conversations(data, "mail.eml", given=Given(**given))  # type: ignore[arg-type]
    assert isinstance(found, Conversation), str(found)
    return found


def refused(data: bytes) -> str:
    (found,) = read_conversations(data, "mail.eml")
    assert isinstance(found, Refusal)
    return str(found)


@pytest.mark.parametrize("data", [REPLY, REPLY.replace(b"\n", b"\r\n")], ids=["LF", "CRLF"])
def test_a_reply(data: bytes) -> None:
    found = read(data, our_domains=("seller.example",))
    assert found.id == "b2@buyer.example"
    assert found.occurred_at == dt.datetime(2026, 3, 2, 21, 12, 5, tzinfo=dt.UTC)
    assert found.subject == "Re: Proposal v2"
    assert [(p.id, p.name, p.side) for p in found.participants] == [
        ("dana@buyer.example", "Dana Buyer", Side.BUYER),
        ("sam@seller.example", "Sam Seller", Side.SELLER),
        ("rene@buyer.example", "René CFO", Side.BUYER),
        ("tomas@buyer.example", "Tomas Berg", Side.BUYER),
    ]
    assert (found.sender, found.to) == ("dana@buyer.example", ("sam@seller.example",))
    assert found.cc == ("rene@buyer.example", "tomas@buyer.example")
    assert found.body.startswith("Hi Sam,\n\nBudget is approved — €40k.\n\nOn Fri, 27 Feb 2026")
    assert "> Unlike RivalCo" in found.body


def simple(body: bytes, *headers: bytes) -> bytes:
    return b"\n".join([b"From: a@buyer.example", b"Date: Mon, 02 Mar 2026 16:12:05 -0500", *headers, b"", body])


def test_html_alone_becomes_lines() -> None:
    html = (
        "<html><head><style>p {}</style><title>x</title></head><body><p>Hi&nbsp;Sam,</p><p>Approved &amp; signed<br>"
        "today.</p><ul><li>one</li><li>two</li></ul><blockquote><p>Is it approved?</p></blockquote>"
        "<script>alert(1)</script></body></html>"
    )
    found = read(simple(html.encode(), b"Content-Type: text/html; charset=utf-8"))
    assert found.body == "Hi Sam,\n\nApproved & signed\ntoday.\n\n- one\n- two\n> Is it approved?"


def test_an_empty_plain_part_gives_way_to_the_html() -> None:
    plain = REPLY[REPLY.index(b"Hi Sam,\n\nBudget") : REPLY.index(b"--b0\nContent-Type: text/html")]
    assert read(REPLY.replace(plain, b"  \n")).body == "Hi Sam,\n> Unlike RivalCo"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (b"text/plain; charset=iso-8859-1", "Größe".encode("latin-1")),
        (b"text/plain; charset=no-such-thing", "Größe".encode()),
        (b"text/plain; charset=utf-8", "Größe".encode("cp1252")),
        (b"text/plain", "Größe".encode()),
    ],
    ids=["latin-1", "unknown charset", "wrong charset", "none"],
)
def test_charsets_cost_characters_at_most(content_type: bytes, body: bytes) -> None:
    assert read(simple(body, b"Content-Type: " + content_type)).body == "Größe"


def test_attachments_and_forwarded_files_are_left_out() -> None:
    data = simple(
        b"--x\nContent-Type: text/plain\n\nThe contract is attached.\n--x\nContent-Type: application/pdf\n"
        b"Content-Disposition: attachment; filename=c.pdf\nContent-Transfer-Encoding: base64\n\nAAAA\n"
        b"--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=n.txt\n\nNot this.\n--x--\n",
        b"Content-Type: multipart/mixed; boundary=x",
    )
    assert read(data).body == "The contract is attached."


def test_runs_of_blanks_are_made_short() -> None:
    began = time.process_time()
    found = read(simple(b"a" + b" " * 400_000 + b"b\n" + b"\n" * 100_000 + b"c"))
    assert found.body == "a b\n\nc"
    assert time.process_time() - began < 2


def test_a_mail_without_message_id_is_known_by_its_content() -> None:
    assert read(simple(b"hi")).id == read(simple(b"hi")).id
    assert read(simple(b"hi")).id != read(simple(b"ho")).id


def nested(depth: int) -> bytes:
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    return b"From: a@buyer.example\nDate: Mon, 02 Mar 2026 16:12:05 -0500\n" + parts + b"\n\nhi"


def flat(count: int) -> bytes:
    head = b"From: a@buyer.example\nDate: Mon, 02 Mar 2026 16:12:05 -0500\nContent-Type: multipart/mixed; boundary=x\n"
    return head + b"".join(b"\n--x\n\nhi %d\n" % n for n in range(count)) + b"--x--\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (nested(1000), f"parts: expected parts nested at most {MOST_DEPTH} deep"),
        (nested(1000).replace(b"Content-Type: ", b"Content-Type:\n "), "parts: expected parts nested at most"),
        (nested(1000).replace(b"Content-Type: ", b"Content-Type: (c) "), "body: expected the text"),
        (nested(MOST_DEPTH + 5), f"parts: expected parts nested at most {MOST_DEPTH} deep"),
        (flat(MOST_PARTS + 1), f"parts: expected an e-mail of at most {MOST_PARTS} parts"),
        (b"From: a@b.example\nX-A: " + b"y" * 300_000 + b"\n\nhi", "headers: expected at most 262144 bytes of headers"),
        (simple(b"   "), "body: expected the text of the e-mail"),
        (simple(b"hi").replace(b"Mon, 02 Mar 2026 16:12:05 -0500", b"some day"), "Date: expected a date such as"),
        (simple(b"hi").replace(b"2026", b"9999"), "occurred_at: expected a date and time"),
        (b"From: a@b.example\n\nhi", "occurred_at: expected the time of the conversation"),
    ],
    ids=["1,000 nested", "folded", "commented", "deep", "many", "headers", "no text", "no date", "far date", "undated"],
)
def test_refusals(data: bytes, reason: str) -> None:
    began = time.process_time()
    assert refused(data).startswith(f"mail.eml: {reason}")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "line",
    [
        b"To: =?utf-8?q?broken",
        b"To: \xff\xfe <x@y.example>",
        b'Cc: a@b, <<<>>>, "unclosed <c@d.example>',
        b"Subject: =?no-such?b?AAAA?=",
        b"Message-ID: <\xff\xff@x>",
        b"Content-Type: ;;;",
        b"Content-Transfer-Encoding: nonsense",
    ],
)
def test_malformed_headers_cost_only_themselves(line: bytes) -> None:
    assert "approved" in read(simple(b"It is approved.", line)).body
