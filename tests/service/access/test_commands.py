"""`telltale keys` and `workspaces` on the machine that has the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
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


def test_what_a_workspace_has_of_its_own_is_set_shown_and_dropped(
    run: Run, database: str, service: Any, client: TestClient, tmp_path: Path
) -> None:
    key = run("workspaces", "create", "acme").stdout.strip().splitlines()[-1]
    file, wrong = tmp_path / "connectors.toml", tmp_path / "wrong.toml"
    text = '[connectors.chat]\nkind = "slack"\ntoken = { secret = "slack" }\nchannel = "C1"\ntakes = ["alert"]\n'
    file.write_text(text)
    wrong.write_text(text.replace("slack", "slak"))
    here = ("--workspace", "acme")
    refused = run("settings", "set", "connectors", str(wrong), *here)
    assert (refused.exit_code, "connectors:2: connectors.chat.kind" in refused.output) == (2, True)
    assert run("settings", "set", "connectors", str(file), *here).exit_code == 0
    assert run("settings", "show", "connectors", *here).stdout == text
    words = ["settings", "secret", "slack", *here, "--database", database]
    kept = CliRunner().invoke(app, words, input="xoxb-1\n")
    assert kept.exit_code == 0, kept.output
    service.context.own.forget()
    (shown,) = client.get("/v1/connectors", headers=bearer(key)).json()["connectors"]
    assert (shown["name"], shown["ready"]) == ("chat", True)
    listed = run("settings", "list", *here).stdout
    assert "connectors        own" in listed
    assert "secret slack" in listed
    assert "xoxb-1" not in listed + kept.output
    assert run("settings", "show", "connectors").exit_code == 1
    assert run("settings", "secret", "slack", "--drop", *here).exit_code == 0
    assert run("settings", "secret", "slack", "--drop", *here).exit_code == 1
    assert run("settings", "drop", "connectors", *here).exit_code == 0
    assert run("settings", "show", "connectors", *here).exit_code == 1
    log = [each["action"] for each in client.get("/v1/audit", headers=bearer(key)).json()["audit"]]
    assert log[:3] == ["settings drop", "settings secret", "settings secret"]


def test_mapping_files_and_values_are_set_from_files(run: Run, tmp_path: Path) -> None:
    first, domains = tmp_path / "one.toml", tmp_path / "domains.json"
    event = '[[events]]\ntype = "activity.call"\nid = ["id"]\nat = "at"\ndata.minutes = "m"\n'
    first.write_text(f'name = "erp"\n[verify]\nscheme = "token"\n{event}')
    domains.write_text('["northstar.example"]')
    assert run("settings", "set", "webhook_mappings", str(first)).exit_code == 0
    assert list(json.loads(run("settings", "show", "webhook_mappings").stdout)) == ["erp"]
    assert run("settings", "set", "our_domains", str(domains)).exit_code == 0
    assert json.loads(run("settings", "show", "our_domains").stdout) == ["northstar.example"]
    for words in (
        ("set", "our_domains", str(first)),
        ("set", "our_domains", str(domains), str(domains)),
        ("set", "review_policy", str(tmp_path / "none.toml")),
        ("set", "colours", str(domains)),
        ("show", "colours"),
        ("drop", "colours"),
        ("set", "our_domains", str(domains), "--workspace", "nobody"),
    ):
        assert run("settings", *words).exit_code == 2, words
