"""What the files of the formats do not show: batches, sides and deals told beside, joints, caps, candidates."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from service.intake import Format, Given, Received, Refusal, detect, receive
from service.intake.calls import MOST_CONTAINERS, MOST_REFUSALS
from service.intake.turns import joined, of_words
from signals import Conversation, DealContext, DecodeError, Segment, Side
from tests.service.formats import AT, GIVEN, content

Json = dict[str, Any]


def read(data: bytes | Json | list[Any], source: str, given: Given = GIVEN) -> list[Received | Refusal]:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(receive(raw, "body", given=given, format=Format(source)))


def one(data: bytes | Json | list[Any], source: str, given: Given = GIVEN) -> Conversation:
    (found,) = read(data, source, given)
    assert isinstance(found, Received), str(found)
    return found.conversation


def sides(conversation: Conversation) -> dict[str, Side | None]:
    return {person.id: person.side for person in conversation.participants}


def test_a_label_tells_the_seller_and_then_the_others_are_the_buyers() -> None:
    data = content("aws-transcribe", "speakers.json")
    assert sides(one(data, "aws-transcribe")) == {"spk_0": None, "spk_1": None}
    told = Given(occurred_at=AT, sellers=("SPK_0",))
    assert sides(one(data, "aws-transcribe", told)) == {"spk_0": Side.SELLER, "spk_1": Side.BUYER}
    other = Given(occurred_at=AT, sellers=("Sam Seller",))
    assert sides(one(data, "aws-transcribe", other)) == {"spk_0": None, "spk_1": None}


def test_mail_domains_tell_sides_that_the_payload_leaves_open() -> None:
    told = Given(our_domains=("seller.example",))
    found = one(content("gong", "unknown-sides-two-deals.json"), "gong", told)
    assert list(sides(found).values()) == [Side.SELLER, Side.BUYER, Side.BUYER]
    found = one(content("fireflies", "graphql.json"), "fireflies", told)
    assert list(sides(found).values()) == [Side.BUYER, Side.SELLER, Side.BUYER]


def test_a_first_name_is_no_match_and_a_name_of_two_is_nobodys() -> None:
    sentence = {"speaker_id": 1, "speaker_name": "Dana Buyer", "text": "Hi.", "start_time": 1, "end_time": 2}
    transcript: Json = {"id": "1", "dateString": "2026-03-02T15:00:00Z", "sentences": [sentence]}
    first_name = transcript | {"participants": ["dana@buyer.example"]}
    assert one({"data": {"transcript": first_name}}, "fireflies").participants[0].email is None
    twins = [{"displayName": "Dana Buyer", "email": f"{n}@buyer.example"} for n in "ab"]
    found = one({"data": {"transcript": transcript | {"meeting_attendees": twins}}}, "fireflies")
    assert [(person.id, person.email) for person in found.participants] == [
        ("speaker-1", None),
        ("a@buyer.example", "a@buyer.example"),
        ("b@buyer.example", "b@buyer.example"),
    ]


def test_the_deal_of_the_payload_holds_and_the_rest_is_filled_in() -> None:
    data = content("gong", "with-calls.json")
    same = Given(deal=DealContext(id="006SYNTH0000001AAA", account="Other", currency="EUR"))
    assert one(data, "gong", same).deal == DealContext(id="006SYNTH0000001AAA", account="Example Ltd", currency="EUR")
    other = Given(deal=DealContext(id="D-9", currency="EUR"))
    assert one(data, "gong", other).deal == DealContext(id="006SYNTH0000001AAA", account="Example Ltd")
    two = content("gong", "unknown-sides-two-deals.json")
    assert one(two, "gong", other).deal == DealContext(id="D-9", account="Example Ltd", currency="EUR")


LISTS = [
    ("fireflies", "graphql.json"),
    ("deepgram", "utterances.json"),
    ("assemblyai", "utterances.json"),
    ("aws-transcribe", "speakers.json"),
    ("aws-call-analytics", "call.json"),
    ("whisper", "segments.json"),
    ("whisperx", "segments.json"),
    ("vexa", "meeting.json"),
    ("hubspot-call", "posted.json"),
    ("chorus", "call.json"),
    ("gong", "with-calls.json"),
]


@pytest.mark.parametrize(("source", "file"), LISTS)
def test_payloads_may_come_in_a_list_or_one_a_line(source: str, file: str) -> None:
    good = json.loads(content(source, file))
    as_list = json.dumps([good, {"nothing": 1}, good]).encode()
    as_lines = b"\n".join([json.dumps(good).encode(), b'{"broken', b"", json.dumps(good).encode()])
    for data, place in ((as_list, "body[1]"), (as_lines, "body:2")):
        assert detect(data, "body") == source
        first, bad, last = read(data, source)
        assert isinstance(bad, Refusal)
        assert bad.place == place
        assert isinstance(first, Received)
        assert first == last


@pytest.mark.parametrize(
    ("data", "candidates"),
    [
        (b'{"segments": [{"start": 1, "end": 2, "text": "Hi."}]}', "whisper or whisperx"),
        (b'{"text": "Hi."}', "whisper or whisperx"),
        (b'{"text": "Hi.", "words": [{"text": "Hi."}]}', "whisper or whisperx or assemblyai"),
        (b"Subject: Acme\nDate: 2026-03-02\n\nDana Buyer: Hi.\nSam Seller: Hi.\nDana Buyer: Yes.", "eml or text"),
    ],
)
def test_what_several_formats_could_be_is_not_guessed_at(data: bytes, candidates: str) -> None:
    with pytest.raises(DecodeError) as error:
        detect(data, "body")
    assert f"this could be {candidates}: POST it to /v1/ingest/" in error.value.expected


def test_two_vendors_fields_in_one_object_are_not_guessed_at() -> None:
    both = json.loads(content("gong", "with-calls.json")) | json.loads(content("deepgram", "words.json"))
    with pytest.raises(DecodeError, match="gong or deepgram"):
        detect(json.dumps(both).encode(), "body")


def test_what_no_format_has_names_the_fields_and_the_sources() -> None:
    with pytest.raises(DecodeError) as error:
        detect(b'{"hello": 1, "world": 2}', "body.json")
    assert str(error.value).startswith("the object: expected the payload of a source that is known: canonical, vtt")
    assert "JSON with hello, world" in str(error.value)


@pytest.mark.parametrize(
    ("start", "unit"),
    [(460230, "milliseconds"), (460.23, "seconds"), (0, "milliseconds")],
)
def test_gong_times_are_milliseconds_unless_nobody_could_speak_so_fast(start: float, unit: str) -> None:
    scale = 1 if unit == "seconds" else 1000
    sentence = {"start": start, "end": start + 2 * scale, "text": "We have about forty thousand set aside for this."}
    call = {"metaData": {"id": "1", "started": "2026-03-02T15:00:00Z", "duration": 1860}, "parties": []}
    transcript = {"callId": "1", "transcript": [{"speakerId": "2", "sentences": [sentence]}]}
    found = one({"callTranscripts": [transcript], "calls": [call]}, "gong")
    assert found.segments[0].start == start / scale
    assert found.segments[0].end == start / scale + 2


def test_otter_tells_its_own_date_where_none_is_given() -> None:
    found = one(content("otter", "export.txt"), "otter", Given())
    assert found.occurred_at == dt.datetime(2026, 3, 2, 15, 1, tzinfo=dt.UTC)
    found = one(content("text", "turns.txt"), "text", Given())
    assert found.occurred_at == dt.datetime(2026, 3, 2, 15, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize("source", ["deepgram", "assemblyai", "aws-transcribe", "whisper"])
def test_when_it_was_transcribed_is_not_when_it_was_said(source: str) -> None:
    file = {"deepgram": "utterances.json", "aws-transcribe": "speakers.json", "whisper": "segments.json"}
    (refusal,) = read(content(source, file.get(source, "utterances.json")), source, Given())
    assert isinstance(refusal, Refusal)
    assert refusal.field == "occurred_at"
    assert "?occurred_at=" in refusal.expected


def test_a_call_that_goes_on_and_one_that_failed_say_so() -> None:
    (failed,) = read(content("assemblyai", "failed.json"), "assemblyai")
    assert "error: Download error" in str(failed)


def test_metadata_content_knows_its_own_time() -> None:
    found = one(content("teams", "metadata-content.vtt"), "teams", Given())
    assert found.occurred_at == dt.datetime(2026, 3, 2, 15, 1, 12, tzinfo=dt.UTC)


def test_live_parts_of_two_recordings_are_two_conversations() -> None:
    event = json.loads(content("recall", "event.json"))
    other = json.loads(content("recall", "event.json"))
    other["data"]["recording"]["id"] = "rec2"
    found = read([event, other], "recall")
    assert [each.conversation.id for each in found if isinstance(each, Received)] == [
        "recall-rec1-460230",
        "recall-rec2-460230",
    ]


def piece(text: str, start: float | None = None, end: float | None = None, speaker: str | None = "a") -> Segment:
    return Segment(speaker=speaker, text=text, start=start, end=end)


JOINTS = {
    "within a sentence": ([piece("we have", 1, 2), piece("forty.", 2.1, 3)], ["we have forty."]),
    "after a sentence": ([piece("We have.", 1, 2), piece("Forty.", 2.1, 3)], ["We have.", "Forty."]),
    "after a quoted sentence": ([piece('he said "no."', 1, 2), piece("So", 2.1, 3)], ['he said "no."', "So"]),
    "after a pause": ([piece("we have", 1, 2), piece("forty", 5.1, 6)], ["we have", "forty"]),
    "another speaker": ([piece("we have", 1, 2), piece("forty", 2, 3, "b")], ["we have", "forty"]),
    "nobody known": ([piece("we have", 1, 2, None), piece("forty", 2, 3, None)], ["we have forty"]),
    "without times": ([piece("we have"), piece("forty")], ["we have forty"]),
    "blank ones": ([piece("we have", 1, 2), piece("", 2, 3, "b"), piece("forty", 3, 4)], ["we have forty"]),
    "too long": ([piece("x" * 399, 1, 2), piece("forty", 2, 3)], ["x" * 399, "forty"]),
}


@pytest.mark.parametrize(("pieces", "expected"), JOINTS.values(), ids=JOINTS.keys())
def test_what_was_cut_is_put_together(pieces: list[Segment], expected: list[str]) -> None:
    assert [segment.text for segment in joined(pieces)] == expected


def test_words_run_on_until_somebody_else_a_long_pause_or_a_pause_after_a_sentence() -> None:
    words = [piece("We", 1, 1.2), piece("have.", 1.2, 1.5), piece("Forty", 2.5, 3), piece("of", 5.9, 6)]
    words += [piece("them.", 6, 6.5), piece("Yes", 8.1, 8.5), piece("No", 8.6, 9, "b"), piece("more", 12.1, 13, "b")]
    assert [(each.text, each.start, each.end) for each in of_words(words)] == [
        ("We have. Forty of them.", 1, 6.5),
        ("Yes", 8.1, 8.5),
        ("No", 8.6, 9),
        ("more", 12.1, 13),
    ]


def test_caps_name_themselves() -> None:
    many = b'{"callTranscripts": [' + b"{}," * MOST_CONTAINERS + b"{}]}"
    (refusal,) = read(many, "gong")
    assert isinstance(refusal, Refusal)
    assert refusal.expected == f"at most {MOST_CONTAINERS}"
    (refusal,) = receive(b"[" + b"{}," * 600_000 + b"{}]", "body")
    assert "something in them" in str(refusal)
    found = read([{}] * (MOST_REFUSALS + 50), "deepgram")
    assert len(found) == MOST_REFUSALS + 1
    assert "the rest was not looked at" in str(found[-1])


NUMBERS = {
    '"4.87"': 4.87,
    "4.87": 4.87,
    "5": 5.0,
    '" 5 "': 5.0,
    '"1e1"': 10.0,
    "null": None,
    '""': None,
    "-3": 0.0,
    "0.00049": 0.0,
}


@pytest.mark.parametrize(("written", "start"), NUMBERS.items())
def test_numbers_as_text_are_numbers(written: str, start: float | None) -> None:
    data = f'{{"text": "", "segments": [{{"start": {written}, "text": "Hi.", "seek": 0}}]}}'
    assert one(data.encode(), "whisper").segments[0].start == start


@pytest.mark.parametrize("written", ['"4,87"', '"4_8"', '"Infinity"', "1e300", "604801", "true", "[]", '"0x1"', '"٤"'])
def test_what_is_no_time_is_refused(written: str) -> None:
    data = f'{{"text": "", "segments": [{{"start": {written}, "text": "Hi.", "seek": 0}}]}}'
    (refusal,) = read(data.encode(), "whisper")
    assert isinstance(refusal, Refusal)
    assert refusal.field == "segments[0].start"


def test_ids_of_twenty_digits_stay_whole_as_text_and_as_numbers() -> None:
    payload = json.loads(content("hubspot-call", "posted.json")) | {"engagementId": 9000000000000000001}
    assert one(payload, "hubspot-call").id == "hubspot-call-9000000000000000001"


def test_the_command_line_takes_the_name_of_the_source(tmp_path: Any) -> None:
    from typer.testing import CliRunner

    from service.cli import app

    file = tmp_path / "call.json"
    file.write_bytes(content("whisperx", "undecided.json"))
    options = ["extract", str(file), "--occurred-at", "2026-03-02"]
    assert "give --source whisper" in CliRunner().invoke(app, options).stderr
    named = CliRunner().invoke(app, [*options, "--source", "whisperx"])
    assert json.loads(named.stdout)["signals"][0]["type"] == "budget"
    unknown = CliRunner().invoke(app, [*options, "--source", "fax"])
    assert (unknown.exit_code, "--source: expected one of canonical, vtt" in unknown.stderr) == (2, True)
