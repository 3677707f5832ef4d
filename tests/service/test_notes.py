"""What `telltale extract` says beside the signals, where there are none."""

from __future__ import annotations

import json

import pytest

from service.commands.extract import print_all
from service.reader import the_notes
from signals import Conversation

GERMAN = (
    "Guten Tag, wir haben für dieses Projekt ein Budget von 80.000 Euro und der Vorstand hat es freigegeben. Wir "
    "wollen noch in diesem Quartal mit dem Vertrag anfangen, aber der Preis ist für uns nicht möglich."
)


def mail(body: str) -> Conversation:
    return Conversation.from_json(
        {
            "id": "m",
            "kind": "email",
            "occurred_at": "2026-03-12T15:00:00Z",
            "participants": [{"id": "a", "name": "Dana Reyes"}],
            "from": "a",
            "to": [],
            "subject": "",
            "body": body,
        }
    )


def test_a_result_says_that_another_language_was_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    results = [(mail(GERMAN), []), (mail("Thanks, talk to you soon."), [])]
    assert print_all(results, table=False, notes=the_notes()) == 0
    german, english = map(json.loads, capsys.readouterr().out.splitlines())
    assert german == {
        "id": "m",
        "signals": [],
        "notes": ["language: German (de); only English is read, so no facts were taken"],
    }
    assert english == {"id": "m", "signals": []}
