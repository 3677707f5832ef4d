"""The words of HTML mails: lines, quotes and signatures as in plain mail, in time that grows with the size only."""

from __future__ import annotations

import time

import pytest

from service.intake.htmltext import MOST_TEXT, html_to_text
from signals import DecodeError


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb\n"),
        ("<div>a<div>b</div></div>c", "a\nb\nc"),
        ("a<br>b<BR/>c", "a\nb\nc"),
        ("<b>a</b>b &amp; &euro;40&nbsp;000 &#x2014; c", "ab & €40 000 — c"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a  b\n c</pre>d", "a b\nc\nd"),
        ("a<!-- no -->b<!--[if mso]><p>no</p><![endif]-->c", "abc"),
        ("a<![if !mso]>b<![endif]>c", "abc"),
        ("<style>no</style><script>if (a < b) no('</p>')</script>yes", "yes"),
        ("<head><title>no</title><body>yes", "yes"),
        ('<div style="display: none">no<div>no</div></div>yes', "yes"),
        ('<p style="DISPLAY:none">no<p>yes</p>', "yes\n"),
        ('<img alt="x" style="display:none">yes', "yes"),
        ('<a title="1 > 0" href="x">yes</a>', "yes"),
        ('<img src="data:image/png;base64,' + "A" * 5000 + '">yes', "yes"),
        ("so\u00adlu\u200btion", "solution"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("a<o:p></o:p>b", "ab"),
        ("&#99999999999999999999;&#xFFFFFFFFFF;", "\ufffd\ufffd"),
        ("<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d", "> a\n> b\n> > c\nd"),
        ('<blockquote style="margin:0 0 0 40px;border:none;padding:0px">own</blockquote>', "own"),
        ('<blockquote type="cite" style="border:none">theirs</blockquote>', "> theirs"),
        ('<blockquote class="gmail_quote" style="border:none">theirs</blockquote>', "> theirs"),
        ('yes<div class="gmail_signature">Dana</div>', "yes\n-- \nDana"),
        ('yes<br>-- <br><div class="gmail_signature">Dana</div>', "yes\n--\nDana"),
        ('yes<div id="Signature">Dana</div>', "yes\n-- \nDana"),
        ("</p></div></blockquote>yes", "\nyes"),
        ("<unclosed yes", "<unclosed yes"),
        ("", ""),
    ],
)
def test_words(source: str, text: str) -> None:
    assert html_to_text(source) == text


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a ",
        "<!--",
        "</",
        "&",
        "<!",
        "<a b='",
        '<a b="',
        "<?",
        "<![CDATA[",
        "<script>",
        "&#",
        "&a",
        "<p>x",
        "<div>",
        "<blockquote>x",
        "<td>",
        '<p style="display:none">',
        '<a "',
        "data:;base64,",
        "<textarea>",
        "&#1",
        "display:",
    ],
)
def test_no_piece_takes_time_by_being_repeated(piece: str) -> None:
    source = piece * (1_000_000 // len(piece))
    began = time.process_time()
    html_to_text(source)
    assert time.process_time() - began < 3


def test_deep_quotes_do_not_multiply() -> None:
    assert len(html_to_text("<blockquote>x" * 10_000)) < 10_000 * 50


def test_more_than_anybody_writes_is_refused() -> None:
    with pytest.raises(DecodeError, match="characters of HTML"):
        html_to_text("x" * (MOST_TEXT + 1))
