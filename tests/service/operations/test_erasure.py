"""A person's data erased: no byte of them in any table, and the deals stay what they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.app import create_app
from service.flows.fold import fold
from service.store import deals, events
from service.store.rewriting import erasable, unlock_audit_log
from service.store.schema import every_table
from signals import Conversation
from tests.service.operations.filled import ADDRESS, NAME, SAID, TRACES, fill
from tests.service.samples import call


@pytest.fixture
def filled(client: TestClient, service: Any) -> TestClient:
    fill(client, service)
    return client


def everything(service: Any) -> Iterator[tuple[str, str]]:
    """(table, row) of every row of every table of the database, whoever made it."""
    from service.store.connect import within

    with within(service.context.database, "").connect() as connection:
        names = (
            connection.execute(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        )
        for name in names:
            for row in connection.execute(sa.text(f'SELECT t::text FROM "{name}" t')).scalars():
                # Bytes are shown in hexadecimal.
                hexed = "".join(bytes.fromhex(part).decode("utf-8", "replace") for part in hexes(row))
                yield name, f"{row} {hexed}"


def hexes(row: str) -> list[str]:
    import re

    return [found for found in re.findall(r"\\\\x([0-9a-f]+)", row) if len(found) % 2 == 0]


def left(service: Any) -> dict[str, str]:
    """Table → a trace that is left in it."""
    return {table: trace for table, row in everything(service) for trace in TRACES if trace in row.lower()}


def erase(client: TestClient, person: str = ADDRESS) -> dict[str, Any]:
    answer = client.post("/v1/privacy/erase", json={"person": person})
    assert answer.status_code == 200, answer.text
    return answer.json()


def stored(service: Any, *names: str) -> dict[str, tuple[str | None, Any]]:
    with service.context.database.connect() as connection:
        found = {name: deals.get(connection, "main", name) for name in names}
    return {name: (deal.stage, deal.state) for name, deal in found.items() if deal is not None}


def test_the_person_is_in_every_table_that_may_name_one(filled: TestClient, service: Any) -> None:
    """Else the test below would say nothing of that table."""
    of_nobody = {
        *("webhook_secrets", "api_keys", "kept_answers", "conversation_envelopes"),
        *("deal_paths", "deal_stays", "deal_tallies", "pipeline_versions", "pipeline_adoptions"),
    }
    assert {table.name for table, _ in erasable()} - of_nobody - set(left(service)) == set()


def test_no_trace_is_left_in_any_table(filled: TestClient, service: Any) -> None:
    before = stored(service, "D-9", "D-10")
    erased = erase(filled)
    assert left(service) == {}
    assert erased["ids_left"] == 0
    assert erased["stages_differing"] == []
    assert erased["conversations"] == 5
    after = stored(service, "D-9", "D-10")
    assert {name: stage for name, (stage, _) in after.items()} == {name: stage for name, (stage, _) in before.items()}


def test_each_deal_is_still_what_its_events_add_up_to(filled: TestClient, service: Any) -> None:
    decisions = [each["type"] for each in filled.get("/v1/deals/D-9/timeline").json()["decisions"]]
    before = stored(service, "D-9")["D-9"][1]
    erase(filled)
    with service.context.database.connect() as connection:
        contents = [each.content for each in events.of_deal(connection, "main", "D-9")]
    folded = fold(service.context.pipeline, "D-9", [], contents, at=service.context.now())
    stage, state = stored(service, "D-9")["D-9"]
    assert (folded.stage, folded.state) == (stage, state)
    for same in ("stage", "probability", "gates", "health", "budget", "close_date", "amount", "flags"):
        assert state[same] == before[same], same
    assert [each["title"] for each in state["contacts"]].count("VP Finance") == 1
    assert [each["type"] for each in filled.get("/v1/deals/D-9/timeline").json()["decisions"]] == decisions


def test_quotes_are_masked_where_they_stood_and_nothing_moves(filled: TestClient, service: Any) -> None:
    before = filled.get("/v1/conversations/p-1").json()
    erase(filled)
    after = filled.get("/v1/conversations/p-1").json()
    assert len(json.dumps(after, ensure_ascii=False)) == len(json.dumps(before, ensure_ascii=False))
    for was, now in zip(before["signals"], after["signals"], strict=True):
        assert [piece["start"] for piece in now["evidence"]] == [piece["start"] for piece in was["evidence"]]
    with service.context.database.connect() as connection:
        content = connection.execute(sa.text("SELECT content FROM conversations WHERE id = 'p-1'")).scalar_one()
    conversation = Conversation.from_json(content)
    assert set(conversation.segments[0].text) <= {"█", " "}
    assert " decides, and I agree. [stakeholder person=" in conversation.segments[3].text
    assert "Will ms." in conversation.segments[2].text
    for row in filled.get("/v1/signals", params={"conversation": "p-1"}).json()["signals"]:
        for piece in row["evidence"]:
            said = conversation.segments[piece["segment"]].text
            assert said[piece["start"] : piece["end"]] == piece["text"]


def test_others_keep_their_names_and_words(filled: TestClient, service: Any) -> None:
    erase(filled)
    kept = " ".join(row for _, row in everything(service))
    for words in ("Dana Reyes", "Tomas Berg", "sam@northstar.example", "Thank you,", "see what"):
        assert words in kept


def test_the_other_name_is_one_and_the_same_everywhere(filled: TestClient, service: Any) -> None:
    erase(filled)
    state = stored(service, "D-9")["D-9"][1]
    (name,) = [each["person"] for each in state["contacts"] if each["title"] == "VP Finance"]
    assert len(name) == len(NAME)
    with service.context.database.connect() as connection:
        people = connection.execute(
            sa.text("SELECT person, name, address FROM deal_people WHERE title = 'VP Finance'")
        ).all()
        title = connection.execute(sa.text("SELECT content->'data'->>'name' FROM events WHERE id = 'e-2'")).scalar_one()
    assert {row.name for row in people} == {name}
    assert {row.person for row in people} == {f"mailbox:{row.address}" for row in people}
    assert title == f"Referred by {name}"


def test_a_persons_own_key_is_revoked_and_kept_answers_go(filled: TestClient, service: Any) -> None:
    from service.flows.erase_person import erase_person

    answer = filled.post(
        "/v1/keys",
        json={"name": f"of {NAME}", "role": "admin", "person": ADDRESS},
        headers={"Idempotency-Key": "k-2"},
    )
    assert answer.status_code == 201
    erased = erase_person(service.context, ADDRESS)
    assert erased.keys_revoked == 1
    assert left(service) == {}
    headers = {"Authorization": f"Bearer {answer.json()['key']}"}
    assert filled.get("/v1/deals", headers=headers).status_code == 401


def test_the_erasure_stands_in_the_audit_log_without_the_person(filled: TestClient) -> None:
    erasure = erase(filled)["erasure"]
    line = filled.get("/v1/audit", params={"action": "POST /v1/privacy/erase"}).json()["audit"][0]
    assert line["subjects"] == {"erasure": [erasure]}
    assert line["who"] == "local"


def test_the_audit_log_is_otherwise_only_added_to(filled: TestClient, service: Any) -> None:
    from service.store.connect import within

    erase(filled)
    owner = within(service.context.database, "")
    for statement in ("UPDATE audit_log SET who = 'x'", "DELETE FROM audit_log"):
        with pytest.raises(sa.exc.ProgrammingError, match="only ever added to"), owner.begin() as connection:
            connection.execute(sa.text(statement))
    with owner.connect() as connection:
        unlock_audit_log(connection)
        with pytest.raises(sa.exc.ProgrammingError, match="only ever added to"):
            connection.execute(sa.text("DELETE FROM audit_log"))
    with service.context.database.connect() as connection:
        unlock_audit_log(connection)
        with pytest.raises(sa.exc.ProgrammingError, match="denied"):
            connection.execute(sa.text("UPDATE audit_log SET who = 'x'"))


def test_a_conversation_whose_words_are_masked_is_not_read_again(filled: TestClient) -> None:
    before = filled.get("/v1/conversations/p-1").json()["signals"]
    erase(filled)
    answer = filled.post("/v1/conversations/p-1/read-again", json={})
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("words-gone")
    assert len(filled.get("/v1/conversations/p-1").json()["signals"]) == len(before)
    # The same conversation again brings nothing back.
    from tests.service.operations.filled import CONVERSATIONS

    assert filled.post("/v1/conversations", json=CONVERSATIONS[0]).status_code == 200
    assert "flummoxed" not in filled.get("/v1/conversations/p-1").text


def test_another_workspace_keeps_what_it_has(filled: TestClient, with_settings: Any) -> None:
    with with_settings(workspace="other") as other, TestClient(create_app(other)) as theirs:
        from tests.service.operations.filled import CONVERSATIONS

        theirs.post("/v1/conversations?wait=true", json=CONVERSATIONS[0])
        erase(filled)
        assert NAME in theirs.get("/v1/deals/D-9").text
        assert SAID in json.dumps(theirs.get("/v1/privacy/export", params={"person": ADDRESS}).json())


def test_twice_changes_nothing_more(filled: TestClient) -> None:
    erase(filled)
    again = erase(filled)
    assert (again["conversations"], again["deals"], again["rows"]) == (0, 0, {})


@pytest.mark.parametrize("person", [None, "", "Zyxwina", "a@b", 7, ["x@y.example"]])
def test_only_a_mail_address_names_a_person(client: TestClient, person: Any) -> None:
    answer = client.post("/v1/privacy/erase", json={"person": person})
    assert answer.status_code == 422
    assert answer.json()["field"] == "person"


def test_tables_of_the_database_are_all_looked_at(service: Any) -> None:
    from service.store.connect import within
    from service.store.protect import workspace_tables

    with within(service.context.database, "").connect() as connection:
        there = set(workspace_tables(connection))
    assert there == {table.name for table in every_table() if "workspace" in table.c}
    looked_at = {table.name for table, _ in erasable()}
    assert there - looked_at == {"kept_answers", "used_sign_ins"}, "answers are dropped, states are hashes"


def test_a_name_that_is_part_of_anothers_is_not_taken_from_them(client: TestClient, service: Any) -> None:
    people = [
        {"id": "a", "name": "Dana Reyes", "email": "dana@hollis.example", "side": "buyer"},
        {"id": "b", "name": "Dana Smith", "email": "ds@hollis.example", "side": "buyer"},
        {"id": "s1", "name": "Sam Okoro", "email": "sam@northstar.example", "side": "seller"},
    ]
    document = call("c-1", "b: I am Dana Smith", "s1: Hello Dana. Mr. Reyes is late", participants=people)
    client.post("/v1/conversations?wait=true", json=document)
    erase(client, "dana@hollis.example")
    with service.context.database.connect() as connection:
        content = connection.execute(sa.text("SELECT content FROM conversations")).scalar_one()
    assert content["segments"][0]["text"] == "I am Dana Smith"
    assert content["segments"][1]["text"].startswith("Hello Dana. Mr. ")
    assert "Reyes" not in json.dumps(content)


def test_what_is_kept_of_a_person_can_be_had(filled: TestClient) -> None:
    kept = filled.get(
        "/v1/privacy/export", params={"person": f"Zyxwina.Quorbel+crm@{ADDRESS.partition('@')[2]}"}
    ).json()
    assert kept["person"] == ADDRESS
    assert NAME in kept["names"]
    assert {each["id"] for each in kept["conversations"]} == {"p-1", "p-2", "p-3", "p-4", "p-5"}
    words = {each["id"]: each["words"] for each in kept["conversations"]}
    assert words["p-1"][0].startswith(SAID)
    assert words["p-3"] == []
    assert {"budget", "champion"} <= {each["type"] for each in kept["signals"]}
    assert [each["deal"] for each in kept["deals"]] == ["D-9"] * len(kept["deals"])
    assert kept["deals"]
    erase(filled)
    after = filled.get("/v1/privacy/export", params={"person": ADDRESS}).json()
    assert (after["conversations"], after["deals"], after["signals"]) == ([], [], [])


def test_the_commands_do_the_same(
    filled: TestClient, service: Any, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from service.commands.privacy import erase as run
    from service.commands.privacy import export
    from service.commands.terminal import UnusableError
    from service.settings import Settings

    settings = Settings(database=database)
    assert export(settings, ADDRESS) == 0
    assert NAME in capsys.readouterr().out
    with pytest.raises(UnusableError, match="mail address"):
        run(settings, "nobody", as_json=False)
    assert run(settings, ADDRESS, as_json=False) == 0
    assert "rows changed" in capsys.readouterr().err
    assert left(service) == {}
    assert filled.get("/v1/audit", params={"action": "privacy erase"}).json()["audit"]
