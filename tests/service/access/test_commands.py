"""`telltale keys` and `workspaces` on the machine that has the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from service.access.sessions import is_loopback
from service.app import create_app
from service.cli import app
from service.commands.serve import checked
from service.commands.terminal import UnusableError
from tests.service.access.conftest import bearer

Run = Callable[..., Result]


@pytest.fixture
def run(database: str) -> Run:
    return lambda *words: CliRunner().invoke(app, [*words, "--database", database])


def made(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_key_is_made_listed_exchanged_and_withdrawn(run: Run, service: Any, client: TestClient) -> None:
    key = made(run("keys", "create", "--role", "rep", "--person", "ana@x.example", "--days", "9", "--json"))
    assert client.get("/v1/me", headers=bearer(key["key"])).json()["owners"] == ["ana@x.example"]
    listed = run("keys", "list")
    assert key["id"] in listed.stdout
    assert key["key"] not in listed.output
    fresh = made(run("keys", "rotate", key["id"], "--hours", "0", "--json"))
    assert client.get("/v1/me", headers=bearer(key["key"])).status_code == 401
    assert client.get("/v1/me", headers=bearer(fresh["key"])).status_code == 200
    assert made(run("keys", "revoke", key["id"], "--json"))["revoked_at"]
    assert client.get("/v1/me", headers=bearer(fresh["key"])).status_code == 401
    assert run("keys", "rotate", key["id"]).exit_code == run("keys", "revoke", "nosuchkey").exit_code == 1
    admin = made(run("keys", "create", "--role", "admin", "--json"))["key"]
    log = client.get("/v1/audit", headers=bearer(admin)).json()["audit"]
    assert [each["action"] for each in log] == ["keys create", "keys revoke", "keys rotate", "keys create"]
    assert all(each["who"].startswith("cli") for each in log)


def test_a_workspace_is_made_with_a_key_that_opens_it(run: Run, client: TestClient) -> None:
    first = run("workspaces", "create", "acme")
    assert first.exit_code == 0
    key = first.stdout.strip().splitlines()[-1]
    assert client.get("/v1/me", headers=bearer(key)).json()["workspace"] == "acme"
    assert run("workspaces", "create", "acme").exit_code == 1
    assert run("workspaces", "list").stdout.split() == ["main", "acme"]
    assert made(run("keys", "create", "--role", "ingest", "--workspace", "acme", "--json"))["workspace"] == "acme"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("keys", "create", "--role", "boss"), "--role"),
        (("keys", "create", "--role", "rep"), "--person"),
        (("keys", "create", "--role", "admin", "--scope", "all"), "--scope"),
        (("keys", "list", "--workspace", "nope"), "--workspace"),
        (("workspaces", "create", "A B"), "NAME"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else "",
)
def test_what_cannot_be_is_refused_by_its_option(run: Run, words: tuple[str, ...], named: str) -> None:
    result = run(*words)
    assert (result.exit_code, named in result.output) == (2, True)


def test_serving_others_needs_a_key_first(run: Run, with_settings: Callable[..., Any]) -> None:
    with with_settings(host="0.0.0.0") as service:
        with pytest.raises(UnusableError, match="telltale keys create --role admin"):
            checked(service)
        run("keys", "create", "--role", "admin")
        assert checked(service) == 0
        assert TestClient(create_app(service)).get("/v1/deals").status_code == 401


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.com", "localhost.example.com", ""])
def test_other_hosts_are_no_loopback(host: str) -> None:
    assert not is_loopback(host)
