"""Calendar holds by mail: an invitation that calendars read, escaped and folded as RFC 5545 wants it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from service.connectors.ics import invitation
from tests.service.connectors.conftest import Desk
from tests.service.connectors.test_smtp import PATIENT, mail_server, settings

Make = Callable[..., Desk]


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").splitlines()


def test_an_invitation_arrives(desk: Make) -> None:
    with mail_server() as (box, port):
        text = settings(port, takes='"task:discovery_call"').replace('"smtp"', '"calendar-mail"')
        here = desk(text, http=PATIENT)
        here.deal()
        here.move("discovery")
        here.send()
        done = here.one(connector="mail")
    assert done.state == "done", done.error
    ((message, _, _, _),) = box.mails
    (calendar,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    lines = unfolded(calendar.get_content().replace("\r\n", "\n").replace("\n", "\r\n"))
    assert f"UID:{done.key}@telltale" in lines
    assert lines[lines.index("DTSTART:20260309T143000Z") + 1] == "DTEND:20260309T150000Z"
    assert "ORGANIZER:mailto:telltale@northstar.example" in lines
    assert "ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:ana@northstar.example" in lines


def test_words_end_no_line_and_no_line_is_too_long() -> None:
    at = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    words = "Käse, Brot; \\ und\r\nBEGIN:VALARM\n" + "ü" * 200
    text = invitation(
        uid="u", organizer="a@b.example", attendees=[], start=at, end=at, stamp=at, summary=words, text=""
    )
    lines = text.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert "BEGIN:VALARM" not in lines
    summary = next(line for line in unfolded(text) if line.startswith("SUMMARY:"))
    assert summary == "SUMMARY:Käse\\, Brot\\; \\\\ und\\nBEGIN:VALARM\\n" + "ü" * 200
    assert "DTSTART:20260302T200000Z" in lines
