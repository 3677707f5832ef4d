"""Conversations written as vendors write them, to be read again: how a shape can lose something is found this way.

Each writer takes turns (speaker's number, seconds, seconds, words) and people's names, and gives the vendor's bytes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

from tests.service.formats import AT

Turn = tuple[int, float, float, str]
Names = Sequence[str]
Writer = Callable[[Sequence[Turn], Names], bytes]


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def milliseconds(time: float) -> int:
    return round(time * 1000)


def moment(time: float) -> str:
    return (AT + dt.timedelta(seconds=time)).isoformat().replace("+00:00", "Z")


def clock(time: float, point: str = ".") -> str:
    whole, rest = divmod(milliseconds(time), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{rest:03}"


def words(turn: Turn) -> list[tuple[str, float, float]]:
    """The turn's words spread evenly; the first begins and the last ends where the turn does."""
    _, start, end, text = turn
    said = text.split(" ")
    step = (end - start) / len(said)
    edges = [round(start + index * step, 3) for index in range(len(said))] + [end]
    return [(word, edges[index], edges[index + 1]) for index, word in enumerate(said)]


def gong(turns: Sequence[Turn], names: Names) -> bytes:
    transcript = [
        {
            "speakerId": f"910000000000000000{who}",
            "sentences": [{"start": milliseconds(start), "end": milliseconds(end), "text": text}],
        }
        for who, start, end, text in turns
    ]
    parties = [{"id": str(n), "speakerId": f"910000000000000000{n}", "name": name} for n, name in enumerate(names)]
    call = {"metaData": {"id": "7", "started": moment(0)}, "parties": parties}
    return as_json({"callTranscripts": [{"callId": "7", "transcript": transcript}], "calls": [call]})


def chorus(turns: Sequence[Turn], names: Names) -> bytes:
    utterances = [
        {"participant": who, "speaker_name": names[who], "snippet": text, "snippet_time": start}
        | {"snippet_length": round(end - start, 3)}
        for who, start, end, text in turns
    ]
    people = [{"person_id": n, "name": name, "type": "unknown"} for n, name in enumerate(names)]
    recording = {"start_time": moment(0), "utterances": utterances}
    attributes = {"status": "done", "participants": people, "recording": recording}
    return as_json({"data": {"type": "recording", "id": "7", "attributes": attributes}})


def vtt(turns: Sequence[Turn], names: Names) -> bytes:
    cues = [f"{clock(start)} --> {clock(end)}\n<v {names[who]}>{text}</v>\n" for who, start, end, text in turns]
    return "\n".join(["WEBVTT\n", *cues]).encode()


def zoom(turns: Sequence[Turn], names: Names) -> bytes:
    cues = [
        f"{n}\r\n{clock(start)} --> {clock(end)}\r\n{names[who]}: {text}\r\n"
        for n, (who, start, end, text) in enumerate(turns, start=1)
    ]
    return "\r\n".join(["WEBVTT\r\n", *cues]).encode()


def metadata_content(turns: Sequence[Turn], names: Names) -> bytes:
    cues = []
    for who, start, end, text in turns:
        told = {"startDateTime": moment(start), "endDateTime": moment(end), "speakerName": names[who]}
        told = json.dumps(told | {"spokenText": text, "spokenLanguage": "en-us"}, ensure_ascii=False)
        cues.append(f"{clock(start)} --> {clock(end)}\n{told}\n")
    return "\n".join(["WEBVTT\n", *cues]).encode()


def srt(turns: Sequence[Turn], names: Names) -> bytes:
    cues = [
        f"{n}\n{clock(start, ',')} --> {clock(end, ',')}\n{names[who]}: {text}\n"
        for n, (who, start, end, text) in enumerate(turns, start=1)
    ]
    return "\n".join(cues).encode()


def meet(turns: Sequence[Turn], names: Names) -> bytes:
    entries = [
        {
            "name": f"conferenceRecords/c/transcripts/t/entries/{n}",
            "participant": f"conferenceRecords/c/participants/{who}",
        }
        | {"text": text, "startTime": moment(start), "endTime": moment(end)}
        for n, (who, start, end, text) in enumerate(turns)
    ]
    people = [
        {"name": f"conferenceRecords/c/participants/{n}", "signedinUser": {"user": f"users/{n}", "displayName": name}}
        for n, name in enumerate(names)
    ]
    record = {"name": "conferenceRecords/c", "startTime": moment(0)}
    return as_json({"transcriptEntries": entries, "participants": people, "conferenceRecord": record})


def fireflies(turns: Sequence[Turn], names: Names) -> bytes:
    sentences = [
        {"speaker_id": str(who), "speaker_name": names[who], "text": text, "start_time": str(start), "end_time": end}
        for who, start, end, text in turns
    ]
    return as_json({"data": {"transcript": {"id": "7", "dateString": moment(0), "sentences": sentences}}})


def recall(turns: Sequence[Turn], names: Names) -> bytes:
    def stamp(time: float) -> dict[str, Any]:
        return {"relative": time, "absolute": moment(time)}

    return as_json(
        [
            {
                "participant": {"id": turn[0], "name": names[turn[0]], "is_host": None, "email": None},
                "words": [
                    {"text": word, "start_timestamp": stamp(start), "end_timestamp": stamp(end)}
                    for word, start, end in words(turn)
                ],
            }
            for turn in turns
        ]
    )


def deepgram_words(turns: Sequence[Turn], names: Names) -> bytes:
    said = [
        {"word": word.lower(), "punctuated_word": word, "start": start, "end": end, "speaker": turn[0]}
        for turn in turns
        for word, start, end in words(turn)
    ]
    return as_json({"results": {"channels": [{"alternatives": [{"transcript": "", "words": said}]}]}})


def deepgram_utterances(turns: Sequence[Turn], names: Names) -> bytes:
    said = [{"start": start, "end": end, "speaker": who, "transcript": text} for who, start, end, text in turns]
    return as_json({"results": {"channels": [{"alternatives": []}], "utterances": said}})


def assemblyai(turns: Sequence[Turn], names: Names) -> bytes:
    said = [
        {"speaker": names[who], "start": milliseconds(start), "end": milliseconds(end), "text": text}
        for who, start, end, text in turns
    ]
    return as_json({"id": "7", "status": "completed", "audio_duration": 60, "utterances": said})


def aws_transcribe(turns: Sequence[Turn], names: Names) -> bytes:
    items: list[dict[str, Any]] = []
    for turn in turns:
        for word, start, end in words(turn):
            core = word.rstrip(".,?!") or word
            spoken = {"type": "pronunciation", "speaker_label": f"spk_{turn[0]}", "alternatives": [{"content": core}]}
            items.append(spoken | {"start_time": str(start), "end_time": str(end)})
            items += [{"type": "punctuation", "alternatives": [{"content": mark}]} for mark in word[len(core) :]]
    return as_json({"jobName": "j", "status": "COMPLETED", "results": {"transcripts": [], "items": items}})


def aws_call_analytics(turns: Sequence[Turn], names: Names) -> bytes:
    said = [
        {"ParticipantRole": names[who], "BeginOffsetMillis": milliseconds(start), "EndOffsetMillis": milliseconds(end)}
        | {"Content": text}
        for who, start, end, text in turns
    ]
    return as_json({"JobStatus": "COMPLETED", "Transcript": said})


def whisper(turns: Sequence[Turn], names: Names) -> bytes:
    said = [
        {"seek": 0, "start": start, "end": end, "text": f" {text}", "speaker": names[w]}
        for w, start, end, text in turns
    ]
    return as_json({"text": "", "language": "en", "segments": said})


def whisperx(turns: Sequence[Turn], names: Names) -> bytes:
    said = [
        {"start": turn[1], "end": turn[2], "text": f" {turn[3]}", "speaker": f"SPEAKER_0{turn[0]}"}
        | {"words": [{"word": word, "start": start, "end": end, "score": 0.9} for word, start, end in words(turn)]}
        for turn in turns
    ]
    return as_json({"language": "en", "segments": said, "word_segments": []})


def vexa(turns: Sequence[Turn], names: Names) -> bytes:
    said = [
        {"start": start, "end": end, "text": text, "speaker": names[who], "completed": True, "segment_id": f"s:{n}"}
        | {"absolute_start_time": moment(start)}
        for n, (who, start, end, text) in enumerate(turns)
    ]
    return as_json({"id": 7, "native_meeting_id": "abc", "status": "completed", "segments": said})


def hubspot_call(turns: Sequence[Turn], names: Names) -> bytes:
    said = [
        {"speaker": {"id": str(who), "name": names[who]}, "text": text, "startTimeMillis": milliseconds(start)}
        | {"endTimeMillis": milliseconds(end)}
        for who, start, end, text in turns
    ]
    return as_json({"engagementId": 7, "transcriptCreateUtterances": said})


def otter(turns: Sequence[Turn], names: Names) -> bytes:
    parts = [f"{names[who]}  {clock(start)[:8]}\n{text}\n" for who, start, _, text in turns]
    return "\n".join([*parts, "Transcribed by https://otter.ai\n"]).encode()


def text(turns: Sequence[Turn], names: Names) -> bytes:
    return "\n".join(f"{names[who]}: {said}" for who, _, _, said in turns).encode()


# A source, and a way in which it writes.
WRITERS: list[tuple[str, Writer]] = [
    ("gong", gong),
    ("chorus", chorus),
    ("vtt", vtt),
    ("teams", vtt),
    ("zoom", zoom),
    ("teams", metadata_content),
    ("srt", srt),
    ("otter", srt),
    ("meet", meet),
    ("fireflies", fireflies),
    ("recall", recall),
    ("deepgram", deepgram_words),
    ("deepgram", deepgram_utterances),
    ("assemblyai", assemblyai),
    ("aws-transcribe", aws_transcribe),
    ("aws-call-analytics", aws_call_analytics),
    ("whisper", whisper),
    ("whisperx", whisperx),
    ("vexa", vexa),
    ("hubspot-call", hubspot_call),
    ("otter", otter),
    ("text", text),
]
