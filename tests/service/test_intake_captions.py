"""WebVTT and SRT as Zoom, Teams and others write them."""

from __future__ import annotations

import datetime as dt

import pytest

from service.intake import Given, Refusal, read_conversations
from signals import Conversation, Side

AT = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)


def read(text: str | bytes, name: str = "call.vtt", **given: object) -> Conversation:
    data = text if isinstance(text, bytes) else text.encode()
    options = {"occurred_at": AT} | given
    (found,) = read_conversations(data, name, given=Given(**options))  # type: ignore[arg-type]
    assert isinstance(found, Conversation), str(found)
    return found


def said(conversation: Conversation) -> list[tuple[str | None, str]]:
    names = {person.id: person.name or person.id for person in conversation.participants}
    return [(names.get(segment.speaker or ""), segment.text) for segment in conversation.segments]


def vtt(*cues: str) -> str:
    """Cues a second long, five seconds apart, so that none is joined to the next."""
    times = (f"00:00:{n * 5:02}.000 --> 00:00:{n * 5 + 1:02}.000" for n in range(len(cues)))
    return "WEBVTT\n\n" + "\n\n".join(
        f"{n}\n{time}\n{cue}" for n, (time, cue) in enumerate(zip(times, cues, strict=True))
    )


ZOOM = """WEBVTT

1
00:07:40.230 --> 00:07:42.343
Dana Buyer: We have about forty thousand set aside for this.

2
00:07:42.900 --> 00:07:45.120
Dana Buyer: But nothing is signed off until April.

3
00:07:46.000 --> 00:07:48.400
Sam Seller: I will send the order form on Friday.
"""


@pytest.mark.parametrize(
    "data",
    [ZOOM.encode(), b"\xef\xbb\xbf" + ZOOM.replace("\n", "\r\n").encode(), ZOOM.encode("utf-16")],
    ids=["plain", "byte order mark and CRLF", "UTF-16"],
)
def test_zoom(data: bytes) -> None:
    found = read(data, sellers=("Sam Seller",))
    assert said(found) == [
        ("Dana Buyer", "We have about forty thousand set aside for this."),
        ("Dana Buyer", "But nothing is signed off until April."),
        ("Sam Seller", "I will send the order form on Friday."),
    ]
    assert (found.segments[0].start, found.segments[0].end) == (460.23, 462.343)
    assert [person.side for person in found.participants] == [Side.BUYER, Side.SELLER]
    assert found.occurred_at == AT


def test_teams_voices_unpadded_times_ids_and_lines() -> None:
    found = read(
        "WEBVTT\n\n0:7:40.230 --> 0:7:42.343\n<v Dana Buyer>We have about forty thousand set aside for this.</v>\n\n"
        "5f0c0b1e-0000-4000-8000-000000000001/41-0\n00:07:42.900 --> 00:07:45.120\n<v Dana Buyer>But nothing is\n"
        "signed off until April.</v>\n"
    )
    assert said(found) == [
        ("Dana Buyer", "We have about forty thousand set aside for this."),
        ("Dana Buyer", "But nothing is signed off until April."),
    ]
    assert found.segments[0].start == 460.23


def test_two_voices_in_one_cue() -> None:
    found = read(vtt("<v Dana Buyer>Is it approved?</v>\n<v.loud Sam Seller>Yes &amp; signed.</v>"))
    assert said(found) == [("Dana Buyer", "Is it approved?"), ("Sam Seller", "Yes & signed.")]


def test_negative_offsets_begin_at_nought() -> None:
    found = read(
        "WEBVTT\n\n-0:0:02.500 --> -00:00:01.000\n<v A B>Hello.</v>\n\n00:00:04.000 --> 00:00:05.000\n<v C D>Hi.</v>"
    )
    assert [(segment.start, segment.end) for segment in found.segments] == [(0.0, 0.0), (4.0, 5.0)]


def test_notes_styles_regions_and_header_say_nothing() -> None:
    found = read(
        "WEBVTT - a title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\nNOTE\nnothing\nhere\n\n"
        "00:01.000 --> 00:02.000 align:left position:10%\n<b>Nothing</b> <i>is</i> signed.\n"
    )
    assert said(found) == [(None, "Nothing is signed.")]


def test_teams_metadata_cues_bring_their_own_time() -> None:
    found = read(
        'WEBVTT\n\n00:00:16.246 --> 00:00:17.726\n{"startDateTime":"2026-03-02T15:08:52.03+00:00","speakerName":'
        '"Dana Buyer","spokenText":"Nothing is signed off until April.","spokenLanguage":"en-us"}\n',
        occurred_at=None,
    )
    assert said(found) == [("Dana Buyer", "Nothing is signed off until April.")]
    # 16.246 s after transcribing began.
    assert found.occurred_at == dt.datetime(2026, 3, 2, 15, 8, 35, 784000, tzinfo=dt.UTC)


def test_a_label_is_no_speaker() -> None:
    found = read(vtt("Dana Buyer: Hello there.", "Sam Seller: Hello.", "Dana Buyer: Right.", "Budget: 40k"))
    assert said(found)[-1] == (None, "Budget: 40k")


def test_a_label_inside_what_a_speaker_says_stays() -> None:
    found = read(vtt("Dana Buyer: Budget: 40k", "Sam Seller: Noted: 40k.", "Dana Buyer: Yes."))
    assert said(found)[0] == ("Dana Buyer", "Budget: 40k")
    assert said(found)[1] == ("Sam Seller", "Noted: 40k.")


@pytest.mark.parametrize(
    "name",
    [
        "Dana Buyer (Acme)",
        "Dana Buyer (Acme: EMEA)",
        "Buyer, Dana",
        "Jean-Luc O'Neil",
        "Ludwig van den Berg",
        "Speaker 2",
    ],
)
def test_names_of_many_shapes(name: str) -> None:
    found = read(vtt(f"{name}: It is approved.", "Sam Seller: Great.", f"{name}: Yes."))
    assert said(found)[0] == (name, "It is approved.")


def test_a_sentence_with_a_colon_is_no_speaker() -> None:
    found = read(vtt("so here is the thing: we have no budget", "so here is the thing: it is late"))
    assert [name for name, _ in said(found)] == [None, None]


def test_an_utterance_cut_into_cues_is_one() -> None:
    found = read(
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nDana Buyer: finance signed off on\n\n"
        "00:00:03.100 --> 00:00:05.000\nDana Buyer: one twenty a year.\n\n"
        "00:00:05.100 --> 00:00:06.000\nDana Buyer: Really.\n\n"
        "00:00:20.000 --> 00:00:21.000\nSam Seller: great\n\n00:00:40.000 --> 00:00:41.000\nSam Seller: bye\n"
    )
    assert said(found) == [
        ("Dana Buyer", "finance signed off on one twenty a year."),
        ("Dana Buyer", "Really."),
        ("Sam Seller", "great"),
        ("Sam Seller", "bye"),
    ]
    assert (found.segments[0].start, found.segments[0].end) == (1.0, 5.0)


@pytest.mark.parametrize("comma", [",", "."])
def test_srt(comma: str) -> None:
    text = (
        f"1\n00:00:01{comma}000 --> 00:00:03{comma}500\nDana Buyer: It is approved.\n\n"
        f"2\n00:00:09{comma}000 --> 00:00:10{comma}000\n- Great."
    )
    found = read(text, "call.srt")
    assert said(found) == [("Dana Buyer", "It is approved."), (None, "- Great.")]
    assert (found.segments[0].start, found.segments[0].end) == (1.0, 3.5)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("WEBVTT\n\nNOTE nothing\n", "a.vtt", "cues: expected at least one cue with words, got nothing"),
        ("no cues", "a.vtt", "the input: expected WebVTT, which begins with WEBVTT"),
        ("no cues", "a.srt", "the input: expected SRT"),
    ],
)
def test_refusals(text: str, name: str, expected: str) -> None:
    (refusal,) = read_conversations(text.encode(), name, given=Given(occurred_at=AT))
    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith(expected)


def test_a_transcript_without_a_date_says_how_to_give_one() -> None:
    (refusal,) = read_conversations(ZOOM.encode(), "call.vtt")
    assert "give --occurred-at on the command line" in str(refusal)


def test_the_same_transcript_has_the_same_id() -> None:
    assert read(ZOOM).id == read(ZOOM.replace("\n", "\r\n")).id
    assert read(ZOOM).id != read(ZOOM.replace("April", "May")).id


def test_long_garbage_is_quick() -> None:
    list(read_conversations(b"WEBVTT\n\n" + b"-" * 2_000_000, "a.vtt"))
    list(read_conversations(b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + b"<v " * 200_000, "a.vtt"))
    list(read_conversations(b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + b"A (" * 200_000, "a.vtt"))
