"""Many posts in one transaction, each with its own outcome."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DataError, OperationalError

from service.flows.accept_conversation import Accepted, Post, Reception, accept_together, arrival_of
from service.flows.context import ReadJob
from service.intake.envelope import Envelope
from service.store.audit import Acting
from signals import Conversation
from tests.service.samples import call, mail

NEW, KNOWN, CONFLICT = Reception.NEW, Reception.KNOWN, Reception.CONFLICT


def post(context: Any, source: Any, workspace: str = "main", **more: Any) -> Post:
    arrival = arrival_of(context, workspace, Conversation.from_json(source), **more)
    who = Acting(who=f"poster of {arrival.id}", action="POST /v1/conversations", now=context.now)
    who.subjects = {"conversation": [arrival.id]}
    return Post(context=context, arrival=arrival, acting=who)


def receptions(outcomes: Sequence[Any]) -> list[Any]:
    return [each.reception if isinstance(each, Accepted) else type(each) for each in outcomes]


def rows(context: Any, statement: str) -> list[Any]:
    with context.database.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def test_each_has_its_own_outcome_and_all_are_of_one_transaction(service: Any) -> None:
    context = service.context
    accept_together([post(context, call("c-0", "b1: known")), post(context, call("c-9", "b1: known"))])
    outcomes = accept_together(
        [
            post(context, call("c-3", "b1: new")),
            post(context, call("c-0", "b1: known")),
            post(context, call("c-9", "b1: something else")),
            post(context, call("c-3", "b1: new")),
            post(context, call("c-3", "b1: the same id with other words")),
            post(context, call("c-1", "b1: new too")),
        ]
    )
    assert receptions(outcomes) == [NEW, KNOWN, CONFLICT, KNOWN, CONFLICT, NEW]
    assert [each.id for each in outcomes if isinstance(each, Accepted)] == ["c-3", "c-0", "c-9", "c-3", "c-3", "c-1"]
    assert {each.state for each in outcomes if isinstance(each, Accepted)} == {"received"}
    fresh = "FROM conversations WHERE id IN ('c-1', 'c-3')"
    assert rows(context, f"SELECT count(*), count(DISTINCT xmin::text) {fresh}") == [(2, 1)]
    assert rows(context, "SELECT content -> 'segments' -> 0 ->> 'text' FROM conversations WHERE id = 'c-3'") == [
        ("new",)
    ]


def test_a_known_one_tells_the_state_that_it_is_in(service: Any) -> None:
    context = service.context
    accept_together([post(context, call("c-1", "b1: hi"))])
    with context.database.begin() as connection:
        connection.execute(sa.text("UPDATE conversations SET state = 'read'"))
    (again,) = accept_together([post(context, call("c-1", "b1: hi"))])
    assert (again.reception, again.state) == (KNOWN, "read")


def test_what_the_database_cannot_store_costs_the_others_nothing(service: Any) -> None:
    context = service.context
    posts = [post(context, call(f"c-{n}", "b1: hi", deal={"id": "D-1"})) for n in range(4)]
    posts[2] = dataclasses.replace(posts[2], arrival=dataclasses.replace(posts[2].arrival, content="{"))
    assert receptions(accept_together(posts)) == [NEW, NEW, DataError, NEW]
    assert rows(context, "SELECT id FROM conversations ORDER BY id") == [("c-0",), ("c-1",), ("c-3",)]
    assert rows(context, "SELECT count(*) FROM procrastinate_jobs") == [(3,)]
    assert rows(context, "SELECT count(*) FROM audit_log") == [(3,)]


def test_where_the_database_goes_away_each_hears_it_and_nothing_is_stored(service: Any) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("the server closed the connection"))

    context = dataclasses.replace(service.context, defer=away)
    assert (
        receptions(accept_together([post(context, call(f"c-{n}", "b1: hi")) for n in range(3)]))
        == [OperationalError] * 3
    )
    assert rows(context, "SELECT count(*) FROM conversations") == [(0,)]


def test_each_goes_to_its_own_workspace(service: Any) -> None:
    context = service.context
    outcomes = accept_together(
        [
            post(context, call("c-1", "b1: ours")),
            post(context, call("c-1", "b1: theirs"), "other"),
            post(context, call("c-1", "b1: ours")),
        ]
    )
    assert receptions(outcomes) == [NEW, NEW, KNOWN]
    for workspace, words in (("main", "ours"), ("other", "theirs")):
        there = dataclasses.replace(context, workspace=workspace)
        assert rows(there, "SELECT workspace, content -> 'segments' -> 0 ->> 'text' FROM conversations") == [
            (workspace, words)
        ]
        assert rows(there, "SELECT workspace, who FROM audit_log") == [(workspace, "poster of c-1")]


def test_who_changed_something_has_a_line_of_their_own_in_the_audit_log(service: Any) -> None:
    context = service.context
    accept_together([post(context, call("c-1", "b1: hi"))])
    posts = [post(context, call(id, "b1: hi")) for id in ("c-1", "c-2", "c-3")]
    nobody = dataclasses.replace(post(context, call("c-4", "b1: hi")), acting=None)
    accept_together([*posts, nobody])
    lines = rows(context, "SELECT who, action, subjects::text FROM audit_log ORDER BY seq")
    assert lines == [
        (f"poster of {id}", "POST /v1/conversations", f'{{"conversation":["{id}"]}}') for id in ("c-1", "c-2", "c-3")
    ]
    assert [each.acting.written for each in posts if each.acting] == [False, True, True]
    # Nothing more to tell: a second change of the same request adds no line.
    accept_together([dataclasses.replace(posts[1], arrival=post(context, call("c-5", "b1: hi")).arrival)])
    assert len(rows(context, "SELECT 1 FROM audit_log")) == 3


def test_jobs_are_there_for_the_new_ones_in_their_order(service: Any) -> None:
    context = service.context
    with context.database.begin() as connection:
        context.defer(connection, [ReadJob(workspace="main", conversation="c-2", deal="D-1")])
    posts = [post(context, call(f"c-{n}", "b1: hi", deal={"id": "D-1"})) for n in (3, 2, 1)]
    posts.append(post(context, call("c-4", "b1: hi", deal={"id": "D-1"}), read_in=30))
    assert receptions(accept_together(posts)) == [NEW] * 4
    jobs = rows(
        context,
        "SELECT queueing_lock, lock, scheduled_at IS NULL, args ->> 'conversation' FROM procrastinate_jobs ORDER BY id",
    )
    assert jobs == [
        ("main/c-2", "main/D-1", True, "c-2"),
        ("main/c-3", "main/D-1", True, "c-3"),
        ("main/c-1", "main/D-1", True, "c-1"),
        ("main/c-4", None, False, "c-4"),
    ]


def test_what_came_with_a_message_and_what_it_is_found_by_are_kept(service: Any) -> None:
    context = service.context
    envelope = Envelope(source="eml", message_id="a@example.com", references=("b@example.com",))
    posts = [
        post(context, mail("m-1", "hi", deal=None), envelope=envelope),
        post(context, mail("m-2", "hi", deal=None)),
        post(context, mail("m-1", "hi", deal=None), envelope=envelope),
    ]
    assert receptions(accept_together(posts)) == [NEW, NEW, KNOWN]
    assert rows(context, "SELECT conversation FROM conversation_envelopes") == [("m-1",)]
    found_by = set(rows(context, "SELECT conversation, kind, key FROM conversation_keys"))
    assert found_by == {(each.arrival.id, kind.value, key) for each in posts[:2] for kind, key in each.arrival.found_by}


@pytest.mark.parametrize("count", [1, 40])
def test_so_many_statements_whatever_their_number(service: Any, count: int) -> None:
    context = service.context
    posts = [post(context, call(f"c-{n}", "b1: hi")) for n in range(count)]
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement.split()[0])

    base = context.database.get_execution_options()["telltale_base"]
    sa.event.listen(base, "before_cursor_execute", note)
    try:
        accept_together(posts)
    finally:
        sa.event.remove(base, "before_cursor_execute", note)
    # Where it is, the conversations, and their lines; the jobs go through the queue's own statement.
    assert seen == ["SELECT", "WITH", "SAVEPOINT", "RELEASE", "INSERT"]
