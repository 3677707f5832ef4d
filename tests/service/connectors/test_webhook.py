"""Webhooks of one's own: signed, once by their key, past everything that goes wrong on the way."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest

from service.flows.send_action import defer_lost_actions, send_action
from service.flows.settle_action import replay_action
from tests.service.connectors.conftest import Desk
from tests.service.connectors.outside import (
    RESET,
    RESET_AFTER,
    SILENT_AFTER,
    TRICKLE_AFTER,
    Answer,
    Asked,
    Outside,
)

KEY = b"0123456789abcdef01234567"
SECRET = "whsec_" + base64.b64encode(KEY).decode()

Make = Callable[..., Desk]


def hook(system: Outside, more: str = "") -> str:
    return f"""
    [workspaces.main.connectors.ours]
    kind = "webhook"
    url = "{system.url}/hook"
    secret = {{ env = "HOOK" }}
    allow = ["127.0.0.1/32"]
    takes = ["task:discovery_call"]
    {more}
    """


def once(system: Outside) -> list[str]:
    """The receiver that Standard Webhooks asks for: what has an id that it knows is answered and not done again."""
    done: list[str] = []

    def respond(asked: Asked) -> Answer:
        if asked.headers["webhook-id"] not in done:
            done.append(asked.headers["webhook-id"])
        return Answer(204, b"")

    system.respond = respond
    return done


def discovery(desk: Desk) -> None:
    desk.deal()
    desk.move("discovery")


def test_a_workflow_is_delivered_with_its_signature(desk: Make, system: Outside) -> None:
    here = desk(hook(system), HOOK=SECRET)
    discovery(here)
    assert here.one(connector="ours").state == "waiting"
    here.send()
    done = here.one(connector="ours")
    assert (done.state, done.attempts, done.result) == ("done", 1, {"status": 200})
    (asked,) = system.asked
    signed = f"{done.key}.{asked.headers['webhook-timestamp']}.".encode() + asked.body
    mark = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert asked.headers["webhook-signature"] == f"v1,{mark}"
    assert asked.headers["webhook-id"] == done.key
    assert asked.headers["host"] == system.url.removeprefix("http://")
    assert asked.json["type"] == "telltale.action.task"
    data = asked.json["data"]
    assert (data["action"], data["title"]) == ("discovery_call", "Complete discovery call within 7 days")
    assert data["due"] == "2026-03-09T15:00:00+00:00"
    assert data["deal"]["account"] == "Hollis Freight"
    assert data["deal"]["link"] == "https://telltale.example/deals/D-1"


@pytest.mark.parametrize(
    "faults",
    [
        [RESET],
        [RESET_AFTER],
        [SILENT_AFTER],
        [TRICKLE_AFTER],
        [Answer(500), Answer(502)],
        [Answer(429, headers={"retry-after": "120"})],
        [SILENT_AFTER, Answer(503), RESET, RESET_AFTER],
    ],
    ids=str,
)
def test_whatever_goes_wrong_the_effect_is_there_once(desk: Make, system: Outside, faults: list[Any]) -> None:
    here, done = desk(hook(system), HOOK=SECRET), once(system)
    system.faults.extend(faults)
    discovery(here)
    here.send_until_settled()
    action = here.one(connector="ours")
    assert (action.state, action.attempts) == ("done", len(faults) + 1)
    assert done == [action.key]
    assert {asked.headers["webhook-id"] for asked in system.asked} == {action.key}


def test_retry_after_is_waited_for(desk: Make, system: Outside) -> None:
    here = desk(hook(system), HOOK=SECRET)
    system.faults.append(Answer(429, headers={"retry-after": "7200"}))
    discovery(here)
    here.send()
    waits = here.one(connector="ours")
    assert waits.state == "failed"
    assert waits.next_at is not None
    assert (waits.next_at - here.moment).total_seconds() >= 7200


def test_waits_grow_and_after_the_last_attempt_a_person_is_needed(desk: Make, system: Outside) -> None:
    here = desk(hook(system, "attempts = 4\nfailures = 1000"), HOOK=SECRET)
    system.faults.extend([Answer(500, b"no luck")] * 4)
    discovery(here)
    waits = []
    while (action := here.one(connector="ours")).next_at is not None:
        waits.append((action.next_at - here.moment).total_seconds())
        here.moment = action.next_at
        here.send()
    # Half of 30 s doubled each time, and half of that by chance, which is 0.5 here.
    assert waits == [0, 22.5, 45, 90]
    assert action.state == "dead"
    assert action.error == "127.0.0.1 answered 500: no luck; given up after 4 attempts"
    replay_action(here.context, action.id, by="ana")
    here.send_until_settled()
    assert here.one(connector="ours").state == "done"


def test_what_will_never_be_taken_is_given_up_at_once(desk: Make, system: Outside) -> None:
    here = desk(hook(system), HOOK=SECRET)
    system.faults.append(Answer(422, b'{"error": "no such field"}'))
    discovery(here)
    here.send()
    dead = here.one(connector="ours")
    assert (dead.state, dead.attempts) == ("dead", 1)
    assert dead.error == '127.0.0.1 answered 422: {"error": "no such field"}'


def test_a_redirect_is_not_followed(desk: Make, system: Outside) -> None:
    here = desk(hook(system), HOOK=SECRET)
    system.faults.append(Answer(307, b"", {"location": f"{system.url}/elsewhere"}))
    discovery(here)
    here.send()
    assert here.one(connector="ours").state == "dead"
    assert [asked.path for asked in system.asked] == ["/hook"]


def test_the_network_here_is_closed_unless_it_is_allowed(desk: Make, system: Outside) -> None:
    here = desk(hook(system).replace('allow = ["127.0.0.1/32"]', ""), HOOK=SECRET)
    discovery(here)
    here.send()
    dead = here.one(connector="ours")
    assert (dead.state, dead.error) == (
        "dead",
        "127.0.0.1 is 127.0.0.1, no public address; if that is meant, add it to allow",
    )
    assert system.asked == []


def test_a_failing_system_is_left_alone_and_tried_by_one(desk: Make, system: Outside) -> None:
    here = desk(hook(system, "failures = 2").replace('"task:discovery_call"', '"task"'), HOOK=SECRET)
    system.respond = lambda asked: Answer(500)
    for number in range(6):
        here.deal(f"D-{number}")
    here.send()
    assert len(system.asked) == 2
    assert [each.attempts for each in here.all(kind="task")] == [1, 1, 0, 0, 0, 0]
    here.pass_time(minutes=2)
    here.send()
    # The first who comes after the rest tries; it fails, and the others go on waiting, without using up attempts.
    assert len(system.asked) == 3
    system.respond = lambda asked: Answer()
    here.send_until_settled()
    assert {each.state for each in here.all(kind="task")} == {"done"}
    assert len(system.asked) == 3 + 6


def test_a_sender_that_dies_leaves_its_action_to_others(desk: Make, system: Outside) -> None:
    here, done = desk(hook(system), HOOK=SECRET), once(system)
    discovery(here)
    action = here.one(connector="ours")

    class KilledError(BaseException):
        """As a kill ends a process: in the middle, with the request sent."""

    def killed(asked: Asked) -> Answer:
        done.append(asked.headers["webhook-id"])
        return Answer()

    system.respond = killed
    route = here.context.outlet.outlets.of("main").named("ours")
    assert route is not None
    sends = type(route.connector).send

    def send_and_die(*arguments: Any) -> Any:
        sends(*arguments)
        raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(route.connector), "send", send_and_die)
        with pytest.raises(KilledError):
            send_action(here.context, action.id)
    assert here.one(connector="ours").state == "sending"
    assert defer_lost_actions(here.context) == 0
    here.pass_time(minutes=11)
    assert defer_lost_actions(here.context) == 1
    once(system)
    here.send_until_settled()
    settled = here.one(connector="ours")
    assert (settled.state, settled.attempts) == ("done", 2)
    assert {asked.headers["webhook-id"] for asked in system.asked} == {settled.key}
