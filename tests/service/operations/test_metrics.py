"""Figures for operators: true while tables are small, near the truth and cheap when they are large."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.flows.read_conversation import read_conversation
from service.store import figures
from tests.service.conftest import at_time
from tests.service.samples import call


def figure(client: TestClient, name: str, **labels: str) -> float:
    told = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    wanted = f"{name}{{{told}}}" if told else name
    for line in client.get("/metrics").text.splitlines():
        if line.rpartition(" ")[0] == wanted:
            return float(line.rpartition(" ")[2])
    raise AssertionError(f"no {wanted} in /metrics")


def test_what_is_acknowledged_is_timed_and_what_waits_is_not(client: TestClient) -> None:
    route = {"route": "/v1/conversations"}
    client.post("/v1/conversations", json=call("c-1", "b1: hi"))
    client.post("/v1/conversations", json=call("c-1", "b1: hi"))
    client.post("/v1/conversations?wait=true", json=call("c-2", "b1: hi"))
    client.post("/v1/conversations", json={"id": "c-3"})
    assert figure(client, "telltale_ack_seconds_count", **route) == 2
    assert figure(client, "telltale_ack_seconds_bucket", le="+Inf", **route) == 2


def test_readings_are_timed_and_rules_counted(client: TestClient, service: Any) -> None:
    client.post("/v1/conversations?wait=true", json=call("c-1", "b1: [budget status=approved amount=80000]"))
    client.post("/v1/conversations", json=call("c-2", "b1: [boom]"))
    read_conversation(service.context, "c-2")
    assert figure(client, "telltale_extraction_seconds_count", kind="call") == 2
    assert figure(client, "telltale_extraction_errors_total", kind="call") == 1
    with service.context.database.connect() as connection:
        taken = connection.execute(sa.text("SELECT rule, type, count(*) FROM decisions GROUP BY 1, 2")).all()
    assert taken
    for rule, type, number in taken:
        assert figure(client, "telltale_rule_fires_total", rule=rule, type=type) == number


def test_what_waits_has_an_age(client: TestClient, service: Any) -> None:
    assert figure(client, "telltale_oldest_unread_seconds") == 0
    assert figure(client, "telltale_queue_age_seconds", queue="default") == 0
    client.post("/v1/conversations", json=call("c-1", "b1: hi"))
    client.post(
        "/v1/conversations?wait=true",
        json=call("c-2", "b1: [budget status=stated amount=5 sure=0.2]", deal={"id": "D-2"}),
    )
    with service.context.database.begin() as connection:
        connection.execute(sa.text("UPDATE conversations SET received_at = now() - interval '90 s' WHERE id = 'c-1'"))
        connection.execute(sa.text("UPDATE procrastinate_events SET at = now() - interval '60 s'"))
        connection.execute(sa.text("UPDATE deals SET due_at = now() - interval '1 hour' WHERE id = 'D-2'"))
    assert 90 <= figure(client, "telltale_oldest_unread_seconds") < 150
    assert 60 <= figure(client, "telltale_queue_age_seconds", queue="default") < 120
    assert figure(client, "telltale_jobs_due", queue="default") == 1
    assert figure(client, "telltale_timers_overdue") == 1
    assert 3600 <= figure(client, "telltale_oldest_timer_seconds") < 3660
    assert figure(client, "telltale_inbox", kind="signal") == 1
    assert figure(client, "telltale_inbox", kind="conversation") == 0


def test_what_was_given_up_is_counted(client: TestClient, service: Any) -> None:
    client.post("/v1/conversations", json=call("c-1", "b1: [boom]"))
    read_conversation(service.context, "c-1")
    with service.context.database.begin() as connection:
        connection.execute(sa.text("UPDATE procrastinate_jobs SET status = 'failed'"))
    assert figure(client, "telltale_dead_letters", kind="reading") == 1
    assert figure(client, "telltale_dead_letters", kind="job") == 1
    assert figure(client, "telltale_dead_letters", kind="action") == 0
    assert figure(client, "telltale_oldest_unread_seconds") == 0


def test_timers_that_are_still_to_come_are_not_overdue(client: TestClient, service: Any) -> None:
    client.post("/v1/conversations?wait=true", json=call("c-1", "b1: hi"))
    later = at_time(service, service.context.now() - dt.timedelta(days=3650))
    with service.context.database.connect() as connection:
        waiting = figures.waiting(connection, later.context.now())
    assert waiting.timers_overdue == 0


def test_a_large_table_is_counted_from_a_sample(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = 20_000
    fill = """
        INSERT INTO signals (workspace, id, conversation, position, type, state, confidence, occurred_at, content)
        SELECT 'main', gen_random_uuid(), 'c-1', n, CASE WHEN n % 4 = 0 THEN 'budget' ELSE 'champion' END,
               'accepted', 0.9, now(), '{}' FROM generate_series(1, :rows) n
    """
    with service.context.database.begin() as connection:
        kept = """INSERT INTO conversations
                  (workspace, id, kind, occurred_at, received_at, state, content_hash, content)
                  VALUES ('main', 'c-1', 'call', now(), now(), 'read', '', '{}')"""
        connection.execute(sa.text(kept))
        connection.execute(sa.text(fill), {"rows": rows})
    from service.store.connect import within

    everything = within(service.context.database, "")
    with everything.begin() as connection:
        connection.execute(sa.text("ANALYZE signals"))
        exact = figures.counted(connection, "signals")
        monkeypatch.setattr(figures, "SMALL", 5_000)
        about = figures.counted(connection, "signals")
        connection.execute(sa.text("TRUNCATE signals CASCADE"))
        connection.execute(sa.text("ANALYZE signals"))
    assert exact == {("budget", "accepted"): rows // 4, ("champion", "accepted"): rows * 3 // 4}
    assert about != exact
    assert sum(about.values()) == pytest.approx(rows, rel=0.25)


def test_figures_of_what_waits_read_no_whole_table(service: Any) -> None:
    """The planner could still take a small table whole; it is told not to, and then finds an index for each."""
    with service.context.database.begin() as connection:
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(sa.text("EXPLAIN " + figures.WAITING.text), {"now": service.context.now()}).scalars()
        scans = [line for line in plan if "Seq Scan" in line]
    # Jobs are pruned, so that their table holds little but what waits; events without a deal are few.
    assert [line for line in scans if "procrastinate_jobs" not in line and "unassigned_events" not in line] == []
