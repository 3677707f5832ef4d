"""Tasks, signatures, proposals and calendar holds: each is made once, in the form that its vendor documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from service.store import outgoing_marks
from service.webhooks.marks import made
from tests.service.connectors.conftest import Desk
from tests.service.connectors.contracts import ASANA, DOCUSIGN, GOOGLE, MONDAY, PANDADOC, Contract
from tests.service.connectors.outside import RESET_AFTER, SILENT_AFTER, Answer, Asked, Outside

Make = Callable[..., Desk]

ACCOUNT = "11111111-2222-3333-4444-555555555555"
TEMPLATE = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"


@pytest.fixture(scope="module")
def private() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def believed(asked: Asked, private: str, **claims: str) -> bool:
    """Whether a token was asked for with an assertion that our key has signed."""
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
        return False
    told = jwt.decode(form["assertion"], RSAKey.import_key(private)).claims
    return all(told.get(name) == value for name, value in claims.items()) and told["exp"] > told["iat"]


class Played:
    """A system that keeps what is made there, and finds it again as that system does."""

    def __init__(self, system: Outside, name: str, private: str = "") -> None:
        self.name, self.private = name, private
        self.made: list[Any] = []
        said = {
            "asana": ASANA,
            "monday": MONDAY,
            "docusign": DOCUSIGN,
            "pandadoc": PANDADOC,
            "google-calendar": GOOGLE,
        }[name]
        self.contract = Contract(system, said, getattr(self, name.replace("-", "_")))  # type: ignore[arg-type]

    def asana(self, asked: Asked) -> Answer:
        assert asked.headers["authorization"] == "Bearer hush"
        if asked.method == "POST":
            self.made.append(asked.json["data"])
            return Answer(201, {"data": {"gid": str(len(self.made))}})
        # In pages of one, for an answer that is not on the first.
        assert (asked.query["project"], asked.query["opt_fields"]) == ("120", "notes")
        assert asked.query["modified_since"] == "2026-03-02T14:50:00.000Z"
        at = int(asked.query.get("offset", "0"))
        rows = [{"gid": "0", "notes": "another"}] + [
            {"gid": str(n), "notes": each["notes"]} for n, each in enumerate(self.made, start=1)
        ]
        following = {"offset": str(at + 1)} if at + 1 < len(rows) else None
        return Answer(body={"data": rows[at : at + 1], "next_page": following})

    def monday(self, asked: Asked) -> Answer:
        assert (asked.headers["authorization"], asked.headers["api-version"]) == ("hush", "2024-10")
        variables = asked.json["variables"]
        if asked.json["query"].startswith("mutation"):
            values = json.loads(variables["values"])
            self.made.append({"name": variables["name"], **values})
            return Answer(body={"data": {"create_item": {"id": str(len(self.made))}}})
        found = [
            {"id": str(n)} for n, each in enumerate(self.made, start=1) if each[variables["column"]] == variables["key"]
        ]
        return Answer(body={"data": {"items_page_by_column_values": {"items": found}}})

    def docusign(self, asked: Asked) -> Answer:
        if asked.path == "/oauth/token":
            host = asked.headers["host"]
            claims = {"iss": "app", "sub": "user", "scope": "signature impersonation", "aud": host}
            return Answer(body={"access_token": "t"}) if believed(asked, self.private, **claims) else Answer(400)
        assert asked.headers["authorization"] == "Bearer t"
        if asked.method == "POST":
            self.made.append(asked.json)
            return Answer(201, {"envelopeId": f"e{len(self.made)}", "status": asked.json["status"]})
        wanted = asked.query["transaction_ids"]
        found = [
            {"envelopeId": f"e{n}"} for n, each in enumerate(self.made, start=1) if each["transactionId"] == wanted
        ]
        return Answer(body={"envelopes": found} if found else {"resultSetSize": "0"})

    def pandadoc(self, asked: Asked) -> Answer:
        assert asked.headers["authorization"] == "API-Key hush"
        if asked.method == "POST":
            self.made.append(asked.json)
            return Answer(201, {"id": f"d{len(self.made)}", "status": "document.uploaded"})
        wanted = asked.query["metadata_telltale_key"]
        found = [
            {"id": f"d{n}"} for n, each in enumerate(self.made, start=1) if each["metadata"]["telltale_key"] == wanted
        ]
        return Answer(body={"results": found})

    def google_calendar(self, asked: Asked) -> Answer:
        if asked.path == "/token":
            claims = {"iss": "bot@northstar.example", "sub": "ana@northstar.example"}
            return Answer(body={"access_token": "t"}) if believed(asked, self.private, **claims) else Answer(400)
        assert asked.headers["authorization"] == "Bearer t"
        assert unquote(asked.path).endswith("/calendars/ana@northstar.example/events")
        if any(each["id"] == asked.json["id"] for each in self.made):
            return Answer(409, {"error": {"message": "The requested identifier already exists."}})
        self.made.append(asked.json)
        return Answer(body={"id": asked.json["id"], "htmlLink": "https://calendar.example/e"})


SETTINGS = {
    "asana": 'token = { env = "KEY" }\nproject = "120"\napi = "URL"\ntakes = ["task:discovery_call"]',
    "monday": (
        'token = { env = "KEY" }\nboard = "7"\nkey_column = "text_key"\ndate_column = "date4"\napi = "URL/v2"\n'
        'takes = ["task:discovery_call"]'
    ),
    "docusign": (
        f'base = "URL"\nlogin = "URL"\naccount = "{ACCOUNT}"\nintegration = "app"\nuser = "user"\n'
        f'key = {{ env = "KEY" }}\ntemplate = "{TEMPLATE}"\ntakes = ["task:discovery_call"]'
    ),
    "pandadoc": 'key = { env = "KEY" }\ntemplate = "tpl"\napi = "URL"\ntakes = ["task:discovery_call"]',
    "google-calendar": (
        'account = "bot@northstar.example"\nkey = { env = "KEY" }\ncalendar = "ana@northstar.example"\n'
        'person = "ana@northstar.example"\napi = "URL/calendar/v3"\ntoken_url = "URL/token"\n'
        'takes = ["task:discovery_call"]'
    ),
}
RESULTS = {
    "asana": {"gid": "1"},
    "monday": {"id": "1"},
    "docusign": {"envelope": "e1"},
    "pandadoc": {"document": "d1"},
}
WITH_TOKEN = ("docusign", "google-calendar")


@pytest.fixture
def opened(desk: Make, system: Outside, private: str) -> Callable[..., tuple[Desk, Played]]:
    def make(name: str, more: str = "") -> tuple[Desk, Played]:
        text = f'[workspaces.main.connectors.it]\nkind = "{name}"\n{SETTINGS[name]}\n{more}'
        here = desk(text.replace("URL", system.url), KEY=private if name in WITH_TOKEN else "hush")
        return here, Played(system, name, private)

    return make


Opened = Callable[..., tuple[Desk, Played]]


def add_buyer(here: Desk, name: str = "Dana Reyes") -> None:
    person = {"person": name, "title": "CFO", "role": "economic_buyer", "side": "buyer", "email": "dana@hollis.example"}
    here.events({"id": f"c:{name}", "type": "contact.added", "data": person})


@pytest.mark.parametrize("name", sorted(SETTINGS))
@pytest.mark.parametrize("fault", [None, RESET_AFTER, SILENT_AFTER], ids=str)
def test_it_is_made_once(opened: Opened, system: Outside, name: str, fault: str | None) -> None:
    here, played = opened(name)
    here.deal()
    here.move("discovery")
    if fault is not None:
        # The token is not what is lost.
        system.faults.extend([None, fault] if name in WITH_TOKEN else [fault])  # type: ignore[list-item]
    here.send_until_settled()
    done = here.one(connector="it")
    assert played.contract.broken == []
    assert (done.state, done.attempts, len(played.made)) == ("done", 2 if fault else 1, 1), done.error
    assert done.result is not None
    if name in RESULTS:
        assert done.result.items() >= RESULTS[name].items()
    assert ("found" in done.result) == (fault is not None)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_it_is_made_after_all_where_it_was_not(opened: Opened, system: Outside, name: str) -> None:
    here, played = opened(name)
    here.deal()
    here.move("discovery")
    system.faults.extend([Answer(500), Answer(429)])
    here.send_until_settled()
    assert (here.one(connector="it").state, len(played.made)) == ("done", 1)


def test_a_task_of_asana_has_its_date_and_its_person(opened: Opened) -> None:
    here, played = opened("asana")
    here.deal()
    here.move("discovery")
    here.send_until_settled()
    (task,) = played.made
    assert (task["due_at"], task["assignee"]) == ("2026-03-09T15:00:00.000Z", "ana@northstar.example")
    assert task["name"] == "Complete discovery call within 7 days"


def test_an_item_of_monday_has_our_key_in_its_column(opened: Opened) -> None:
    here, played = opened("monday")
    here.deal()
    here.move("discovery")
    here.send_until_settled()
    key = here.one(connector="it").key
    assert played.made == [
        {"name": "Complete discovery call within 7 days", "date4": {"date": "2026-03-09"}, "text_key": key}
    ]


def test_mondays_errors_of_status_200_are_errors(opened: Opened, system: Outside) -> None:
    here, _ = opened("monday")
    here.deal()
    here.move("discovery")
    system.faults.append(Answer(body={"errors": [{"message": "Column not found"}]}))
    here.send()
    dead = here.one(connector="it")
    assert (dead.state, dead.error) == ("dead", "monday.com answered: Column not found")


def test_an_envelope_is_a_draft_that_names_the_deal(opened: Opened) -> None:
    here, played = opened("docusign")
    here.deal()
    here.move("discovery")
    here.send_until_settled()
    (envelope,) = played.made
    assert (envelope["status"], envelope["templateRoles"]) == ("created", [{"roleName": "Signer"}])
    fields = {each["name"]: each["value"] for each in envelope["customFields"]["textCustomFields"]}
    assert fields == {"deal_id": "D-1", "document": "contract"}


def test_our_own_webhook_reads_the_deal_out_of_the_envelope_that_we_made(opened: Opened) -> None:
    from service.webhooks.deal_fields import named_deals
    from service.webhooks.docusign import custom_fields

    here, played = opened("docusign")
    here.deal()
    here.move("discovery")
    here.send_until_settled()
    (named,) = named_deals(custom_fields(played.made[0]))
    assert (named.system, named.object_id) == ("telltale", "D-1")


def test_who_signs_is_known_or_a_person_says_it(opened: Opened) -> None:
    here, played = opened("docusign", "send_now = true")
    here.deal()
    here.move("discovery")
    here.send()
    waits = here.one(connector="it")
    assert waits.state == "outbox"
    assert "nobody of Hollis Freight with the role economic_buyer and a mail address" in str(waits.error)
    assert played.made == []


def test_the_one_who_signs_is_named(opened: Opened) -> None:
    here, played = opened("docusign", "send_now = true")
    here.deal()
    add_buyer(here)
    here.move("discovery")
    here.send_until_settled()
    (envelope,) = played.made
    assert envelope["status"] == "sent"
    assert envelope["templateRoles"] == [{"roleName": "Signer", "name": "Dana Reyes", "email": "dana@hollis.example"}]


def test_a_proposal_of_pandadoc_holds_what_is_known(opened: Opened) -> None:
    here, played = opened("pandadoc")
    here.deal(amount=64000)
    add_buyer(here)
    here.move("discovery")
    here.send_until_settled()
    (document,) = played.made
    assert document["recipients"] == [
        {"email": "dana@hollis.example", "first_name": "Dana", "last_name": "Reyes", "role": "Client"}
    ]
    assert {"name": "Deal.amount", "value": "64000"} in document["tokens"]
    assert document["metadata"] == {
        "deal_id": "D-1",
        "document": "proposal",
        "telltale_key": here.one(connector="it").key,
    }


def test_a_hold_ends_when_the_thing_is_due_and_is_no_meeting_when_it_comes_back(opened: Opened) -> None:
    here, played = opened("google-calendar")
    here.deal()
    here.move("discovery")
    here.send_until_settled()
    (event,) = played.made
    assert (event["start"], event["end"]) == (
        {"dateTime": "2026-03-09T14:30:00+00:00"},
        {"dateTime": "2026-03-09T15:00:00+00:00"},
    )
    assert event["attendees"] == [{"email": "ana@northstar.example"}]
    with here.context.database.begin() as connection:
        mark = made(event["id"])
        taken = outgoing_marks.claim(connection, "main", "google-calendar", [mark], event="e", now=here.moment)
    assert taken == mark
