"""What recognisers of speech have in common: labels for voices instead of people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from service.intake.fields import label
from service.intake.speakers import is_label
from signals import DecodeError, Participant, Segment

__all__ = ["finished", "voice", "voices"]

# "B", "2A", "SPEAKER_01", "spk_0", "channel-0-speaker-1": a label. Anything else that stands there is a name.
LABEL = re.compile(
    r"[A-Za-z]|\d{1,3}[A-Za-z]?|unknown|(?:channel|ch)[-_]\d+(?:-\w+[-_]?\w*)?|speaker-\d+", re.IGNORECASE
)


def voices(segments: Iterable[Segment]) -> list[Participant]:
    """The voices as participants. A mere label is no name: who it is nobody knows."""
    labels = dict.fromkeys(segment.speaker for segment in segments if segment.speaker is not None)
    return [Participant(id=id, name=None if LABEL.fullmatch(id) or is_label(id) else id) for id in labels]


def voice(source: object, *, speaker: str = "speaker", channel: str = "channel", channels: bool = False) -> str | None:
    """The label of who speaks: with several channels the channel, and within it the speaker where one is told.

    Numbers are written out (`speaker-1`, `channel-0`), as nobody could tell what a bare 1 is.
    """
    who, where = label(source, speaker), label(source, channel)
    who = f"speaker-{who}" if who is not None and who.isdecimal() else who
    where = f"channel-{where}" if where is not None and where.isdecimal() else where
    if not channels:
        return who
    return "-".join(part for part in (where, who) if part is not None) or None


def finished(source: Mapping[str, Any], field: str, *done: str) -> None:
    """Raises DecodeError where a job says that it is not done, for then there are no words or not all."""
    state = source.get(field)
    if isinstance(state, str) and state.lower() not in {each.lower() for each in done}:
        reason = source.get("error") if isinstance(source.get("error"), str) else None
        raise DecodeError(field, f"{state}: {reason}" if reason else state, f"a finished transcript ({done[0]})")
