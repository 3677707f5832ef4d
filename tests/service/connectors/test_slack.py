"""Slack: messages of our own making, found again where an answer was lost, and buttons that our webhook understands."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from service.flows.accept_conversation import accept_conversation
from service.flows.read_conversation import read_conversation
from service.store import signals
from signals import Conversation
from tests.service.connectors.conftest import Desk
from tests.service.connectors.outside import RESET_AFTER, SILENT_AFTER, TRICKLE_AFTER, Answer, Asked, Outside
from tests.service.samples import call

Make = Callable[..., Desk]


def app(system: Outside, takes: str = '"notify", "stage", "review", "task:discovery_call"') -> str:
    return f"""
    [workspaces.main.connectors.team]
    kind = "slack"
    api = "{system.url}/api"
    token = {{ env = "SLACK" }}
    channel = "C042"
    takes = [{takes}]
    """


def webhook(system: Outside) -> str:
    return """
    [workspaces.main.connectors.team]
    kind = "slack"
    webhook = { env = "SLACK" }
    takes = ["task:discovery_call"]
    """


class Channel:
    """Slack's part: messages posted and the history of a channel, as its documentation describes them."""

    def __init__(self, system: Outside) -> None:
        self.messages: list[dict[str, Any]] = []
        system.respond = self.respond

    def respond(self, asked: Asked) -> Answer:
        if asked.headers["authorization"] != "Bearer xoxb-1":
            return Answer(body={"ok": False, "error": "invalid_auth"})
        match asked.path:
            case "/api/chat.postMessage":
                ts = f"1772463600.{len(self.messages):06}"
                self.messages.insert(0, asked.json | {"ts": ts})
                return Answer(body={"ok": True, "channel": asked.json["channel"], "ts": ts})
            case "/api/conversations.history":
                assert asked.query["channel"] == "C042"
                # Metadata is only there for who asks for it.
                hidden = {} if asked.query.get("include_all_metadata") == "true" else {"metadata": None}
                return Answer(body={"ok": True, "messages": [each | hidden for each in self.messages]})
            case "/api/auth.test":
                return Answer(body={"ok": True, "user": "telltale", "team": "Northstar"})
            case _:
                return Answer(404)


def test_a_message_is_posted_in_blocks_of_plain_text(desk: Make, system: Outside) -> None:
    channel, here = Channel(system), desk(app(system), SLACK="xoxb-1")
    here.deal(account="<!channel> *Hollis*")
    here.move("discovery")
    here.send()
    assert {each.state for each in here.all(connector="team")} == {"done"}
    titles = [each["blocks"][0]["text"]["text"] for each in channel.messages]
    assert "Stage: identified → discovery" in titles
    kinds = {block["text"]["type"] for each in channel.messages for block in each["blocks"]}
    assert kinds == {"plain_text"}
    key = here.one(kind="task", connector="team").key
    sent = next(each for each in channel.messages if each["metadata"]["event_payload"] == {"key": key})
    assert sent["metadata"]["event_type"] == "telltale_action"


@pytest.mark.parametrize("fault", [RESET_AFTER, SILENT_AFTER, TRICKLE_AFTER])
def test_a_message_whose_answer_was_lost_is_found_and_not_written_twice(
    desk: Make, system: Outside, fault: str
) -> None:
    channel, here = Channel(system), desk(app(system, '"task:discovery_call"'), SLACK="xoxb-1")
    system.faults.append(fault)
    here.deal()
    here.move("discovery")
    here.send_until_settled()
    done = here.one(connector="team")
    assert (done.state, done.attempts, len(channel.messages)) == ("done", 2, 1)
    assert done.result == {"channel": "C042", "ts": "1772463600.000000", "found": True}


def test_a_message_that_was_never_written_is_written(desk: Make, system: Outside) -> None:
    channel, here = Channel(system), desk(app(system, '"task:discovery_call"'), SLACK="xoxb-1")
    system.faults.append(Answer(500))
    here.deal()
    here.move("discovery")
    here.send_until_settled()
    assert (here.one(connector="team").state, len(channel.messages)) == ("done", 1)


def test_slacks_own_errors_of_status_200_are_errors(desk: Make, system: Outside) -> None:
    here = desk(app(system, '"task:discovery_call"'), SLACK="xoxb-1")
    system.faults.append(Answer(body={"ok": False, "error": "channel_not_found"}))
    here.deal()
    here.move("discovery")
    here.send()
    dead = here.one(connector="team")
    assert (dead.state, dead.error) == ("dead", "Slack's chat.postMessage answered channel_not_found")


def test_a_wrong_token_waits_for_a_person_to_mend_it(desk: Make, system: Outside) -> None:
    Channel(system)
    here = desk(app(system, '"task:discovery_call"'), SLACK="xoxb-2")
    here.deal()
    here.move("discovery")
    here.send()
    failed = here.one(connector="team")
    assert failed.state == "failed"
    assert "invalid_auth; look at the app's token and scopes" in str(failed.error)


def test_a_webhook_whose_answer_was_lost_is_left_to_a_person(desk: Make, system: Outside) -> None:
    here = desk(webhook(system), SLACK=f"{system.url}/services/T0/B0/secret")
    system.faults.append(SILENT_AFTER)
    here.deal()
    here.move("discovery")
    here.send()
    dead = here.one(connector="team")
    assert (dead.state, dead.unclear, len(system.asked)) == ("dead", True, 1)
    assert "secret" not in str(dead)


def test_a_signal_that_waits_is_shown_with_buttons_that_our_own_webhook_takes(
    desk: Make, system: Outside, service: Any, with_settings: Any
) -> None:
    from fastapi.testclient import TestClient

    from service.app import create_app

    channel, here = Channel(system), desk(app(system, '"review"'), SLACK="xoxb-1")
    text = "b1: about eighty [budget status=stated amount=80000 sure=0.3]"
    accept_conversation(here.context, Conversation.from_json(call("c-1", text)))
    read_conversation(here.context, "c-1")
    with here.context.database.connect() as connection:
        (signal,) = signals.of_conversation(connection, "main", "c-1")
    assert signal.state == "pending"
    here.send()
    (message,) = channel.messages
    buttons = message["blocks"][-1]["elements"]
    assert [(each["action_id"], each["value"]) for each in buttons] == [
        ("signal_accept", str(signal.id)),
        ("signal_dismiss", str(signal.id)),
    ]
    # What Slack sends when somebody presses the first.
    pressed = {"action_id": buttons[0]["action_id"], "value": buttons[0]["value"], "action_ts": "1772463700.1"}
    payload = {"type": "block_actions", "user": {"id": "U1", "username": "ana"}, "actions": [pressed]}
    body = urlencode({"payload": json.dumps(payload)})
    with with_settings(webhook_secrets={"slack": ("shared",)}) as other, TestClient(create_app(other)) as client:
        stamp = str(int(other.context.now().timestamp()))
        mark = hmac.new(b"shared", f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={mark}",
        }
        assert client.post("/v1/webhooks/slack", content=body, headers=headers).status_code == 200
        reviews = client.get("/v1/webhooks/reviews?state=applied").json()["reviews"]
    assert [(each["signal"], each["action"]) for each in reviews] == [(str(signal.id), "accept")]


def test_a_signal_that_somebody_reviewed_meanwhile_is_not_shown(desk: Make, system: Outside) -> None:
    from service.flows.review_signal import review

    channel, here = Channel(system), desk(app(system, '"review"'), SLACK="xoxb-1")
    text = "b1: about eighty [budget status=stated amount=80000 sure=0.3]"
    accept_conversation(here.context, Conversation.from_json(call("c-1", text)))
    read_conversation(here.context, "c-1")
    with here.context.database.connect() as connection:
        (signal,) = signals.of_conversation(connection, "main", "c-1")
    review(here.context, signal.id, action="dismiss", corrected=None, reason="no", by="ana")
    here.send()
    assert (here.one(kind="review").state, channel.messages) == ("cancelled", [])
