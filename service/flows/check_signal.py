"""A signal as a person states it: of the vocabulary, with words that stand in the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signals import Conversation, ConversationKind, DecodeError, Evidence, Participant, signal_from_json
from signals.decode import as_object

__all__ = ["BY_A_PERSON", "signal_by_person"]

Json = dict[str, Any]

# What found it, and how sure that is.
BY_A_PERSON = "person"
MOST_EVIDENCE = 50
LONGEST_TEXT = 500


def signal_by_person(conversation: Conversation, value: object, *, now: Json | None = None) -> Json:
    """The signal's JSON; its confidence is 1 and a person found it.

    Without `evidence`, that of the signal as it is `now` holds; without `speaker`, whoever said the first words.
    Raises DecodeError, which names the field.
    """
    source: dict[str, Any] = dict(as_object(value))
    if source.get("evidence") is None and now is not None:
        source["evidence"] = now["evidence"]
    told = signal_from_json(source)
    if not told.evidence:
        raise DecodeError("evidence", source.get("evidence"), "the words that prove it: at least one piece")
    if len(told.evidence) > MOST_EVIDENCE:
        raise DecodeError("evidence", source.get("evidence"), f"at most {MOST_EVIDENCE} pieces")
    for place, piece in enumerate(told.evidence):
        try:
            check_words(conversation, piece)
        except DecodeError as error:
            raise error.under(f"evidence[{place}]") from None
    content = told.to_json()
    for field, text in content.items():
        if isinstance(text, str) and (len(text) > LONGEST_TEXT or "\x00" in text):
            raise DecodeError(field, text, f"at most {LONGEST_TEXT} characters, none of them NUL")
    speaker = speaker_of(conversation, source, told.evidence[0])
    side = None if speaker is None or speaker.side is None else speaker.side.value
    return content | {
        "speaker": None if speaker is None else speaker.id,
        "side": content["side"] or side,
        "confidence": 1.0,
        "found_by": BY_A_PERSON,
    }


def check_words(conversation: Conversation, piece: Evidence) -> None:
    if conversation.kind is ConversationKind.CALL:
        last = len(conversation.segments) - 1
        if piece.segment is None or piece.segment > last:
            raise DecodeError("segment", piece.segment, f"the number of an utterance, from 0 to {last}")
        text = conversation.segments[piece.segment].text
    else:
        if piece.segment is not None:
            raise DecodeError("segment", piece.segment, "null: an e-mail has no utterances")
        text = conversation.body
    if text[piece.start : piece.end] != piece.text:
        there = text[piece.start : piece.end]
        raise DecodeError("text", piece.text, f"exactly what stands at {piece.start} to {piece.end}: {there[:80]!r}")


def speaker_of(conversation: Conversation, source: Mapping[str, Any], first: Evidence) -> Participant | None:
    told = source.get("speaker")
    if told is None:
        told = conversation.sender if first.segment is None else conversation.segments[first.segment].speaker
        return conversation.participant(told)
    found = conversation.participant(told) if isinstance(told, str) else None
    if found is None:
        known = ", ".join(person.id for person in conversation.participants)
        raise DecodeError("speaker", told, f"the id of a participant ({known}), or null")
    return found
