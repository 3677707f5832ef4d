"""Requests to a file and answers from one, in the shape of the OpenAI batch format: any model can be used offline.

A request's `custom_id` depends on what is asked and on the version of the rules, not on the model: the answers of any
model to these requests can be read, and only to these.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from service.readers.model import Answer, Ask
from service.readers.options import Options, ReaderSettingsError
from service.readers.prompt import Request
from service.readers.protocol import answer_in, body_of

__all__ = ["batch_line", "from_records", "recorded"]

LARGEST_LINE = 8 << 20


def batch_line(request: Request, options: Options) -> str:
    """One line of a batch file."""
    value = {
        "custom_id": request.id,
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": body_of(request, options),
    }
    return json.dumps(value, ensure_ascii=False)


def recorded(path: Path) -> dict[str, Answer]:
    """The answers of a batch's output file by `custom_id`. Raises ReaderSettingsError for a file that is none; lines
    of requests that failed are left out, and so what they asked is read locally."""
    out: dict[str, Answer] = {}
    try:
        for number, line in numbered(path):
            try:
                value = json.loads(line)
                id = value["custom_id"]
            except (ValueError, KeyError, TypeError, RecursionError):
                raise ReaderSettingsError(
                    f"{path}, line {number}: expected an object with custom_id and response, as a batch answers"
                ) from None
            body = body_in(value)
            if isinstance(id, str) and body is not None:
                out[id] = answer_in(body)
    except (OSError, UnicodeDecodeError) as error:
        raise ReaderSettingsError(f"{path}: it cannot be read: {error}") from None
    return out


def numbered(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8") as lines:
        number = 0
        while line := lines.readline(LARGEST_LINE):
            number += 1
            if line.strip():
                yield number, line


def body_in(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    response = value.get("response")
    if value.get("error") or not isinstance(response, Mapping) or response.get("status_code") != 200:
        return None
    body = response.get("body")
    return body if isinstance(body, Mapping) else None


def from_records(answers: Mapping[str, Answer]) -> Ask:
    """A model that answers what was recorded; to anything else it says nothing."""

    def ask(request: Request) -> Answer:
        known = answers.get(request.id)
        return known or Answer(text="", model="recorded", sent_tokens=0, answer_tokens=0)

    return ask
