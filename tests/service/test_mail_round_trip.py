"""A conversation written as each system would have it, and read back."""

from __future__ import annotations

import base64
import json
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.intake import Format, Received, receive
from signals import Conversation

# Letters of several scripts, without what mail programs may change: control characters, blanks at an end, halves.
WORDS = st.lists(
    st.text(st.sampled_from("abcXYZ äöüß éñ 日本語 привет €—'\",.:;<>@=?%\\-"), min_size=1, max_size=20), min_size=1
)
LINES = WORDS.map(lambda words: "\n".join(" ".join(each.split()) for each in words)).filter(
    lambda text: text.strip("\n") == text != "" and "\n\n\n" not in text
)
NAMES = st.text(st.sampled_from("abcXYZ äöé日本"), min_size=1, max_size=12).map(lambda name: " ".join(name.split()))


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    people: list[dict[str, Any]] = [
        {"id": address, "email": address} | ({"name": name} if (name := draw(NAMES)) else {})
        for address in ("dana@buyer.example", "rene@buyer.example", "sam@seller.example")
    ]
    return Conversation.from_json(
        {
            "id": "b2@buyer.example",
            "kind": "email",
            "occurred_at": "2026-03-02T21:12:05+00:00",
            "participants": people,
            "subject": ("Re: " + draw(NAMES)).strip(),
            "from": "dana@buyer.example",
            "to": ["rene@buyer.example", "sam@seller.example"],
            "body": draw(LINES),
        }
    )


def as_eml(mail: Conversation) -> bytes:
    message = EmailMessage(policy=SMTP)
    people = {person.id: person for person in mail.participants}
    shown = {id: (person.name or "", id) for id, person in people.items()}
    message["From"] = address(*shown[mail.sender or ""])
    message["To"] = ", ".join(address(*shown[id]) for id in mail.to)
    message["Subject"] = mail.subject
    message["Date"] = "Mon, 02 Mar 2026 21:12:05 +0000"
    message["Message-ID"] = f"<{mail.id}>"
    message.set_content(mail.body)
    return message.as_bytes()


def address(name: str, box: str) -> str:
    from email.headerregistry import Address

    return str(Address(display_name=name, addr_spec=box))


def as_mbox(mail: Conversation) -> bytes:
    message = as_eml(mail).replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
    return b"From dana@buyer.example Mon Mar  2 21:12:05 2026\n" + message + b"\n"


def as_gmail_raw(mail: Conversation) -> bytes:
    raw = base64.urlsafe_b64encode(as_eml(mail)).decode()
    return json.dumps({"id": "1", "threadId": "1", "internalDate": "1772485925000", "raw": raw}).encode()


def as_gmail(mail: Conversation) -> bytes:
    shown = {person.id: f'"{person.name}" <{person.id}>' if person.name else person.id for person in mail.participants}
    headers = {"From": shown[mail.sender or ""], "To": ", ".join(shown[id] for id in mail.to)}
    headers |= {"Subject": mail.subject or "", "Message-ID": f"<{mail.id}>"}
    data = base64.urlsafe_b64encode(mail.body.encode()).decode().rstrip("=")
    payload = {
        "mimeType": "text/plain",
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "body": {"size": len(mail.body), "data": data},
    }
    return json.dumps({"id": "1", "threadId": "1", "internalDate": "1772485925000", "payload": payload}).encode()


def as_graph(mail: Conversation) -> bytes:
    def who(id: str) -> dict[str, Any]:
        person = mail.participant(id)
        return {"emailAddress": {"name": (person.name if person else None) or id, "address": id}}

    message = {
        "id": "AAMk1",
        "internetMessageId": f"<{mail.id}>",
        "conversationId": "AAQk1",
        "subject": mail.subject,
        "sentDateTime": "2026-03-02T21:12:05Z",
        "from": who(mail.sender or ""),
        "toRecipients": [who(id) for id in mail.to],
        "uniqueBody": {"contentType": "text", "content": mail.body.replace("\n", "\r\n")},
    }
    return json.dumps({"value": [message]}).encode()


def as_hubspot(mail: Conversation) -> bytes:
    def who(id: str | None) -> dict[str, Any]:
        person = mail.participant(id)
        return {"email": id, "firstName": person.name if person else None}

    headers = {"from": who(mail.sender), "to": [who(id) for id in mail.to]}
    properties = {
        "hs_timestamp": "1772485925000",
        "hs_email_subject": mail.subject,
        "hs_email_text": mail.body,
        "hs_email_headers": json.dumps(headers),
        "hs_email_message_id": f"<{mail.id}>",
    }
    return json.dumps({"id": "500123", "properties": properties}).encode()


WRITERS = {
    "eml": (Format.EML, as_eml),
    "mbox": (Format.MBOX, as_mbox),
    "gmail raw": (Format.GMAIL, as_gmail_raw),
    "gmail": (Format.GMAIL, as_gmail),
    "graph-mail": (Format.GRAPH_MAIL, as_graph),
    "hubspot-email": (Format.HUBSPOT_EMAIL, as_hubspot),
}


@pytest.mark.parametrize("name", WRITERS)
@settings(deadline=None, max_examples=60)
@given(mail=conversations())
def test_there_and_back(name: str, mail: Conversation) -> None:
    source, write = WRITERS[name]
    (found,) = receive(write(mail), "mail", format=source)
    assert isinstance(found, Received), str(found)
    assert found.conversation == mail
