"""The connectors' file: what is wrong in it is named with its line and its mend, and no secret is ever in it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from service.connectors.config import ConnectorsError, load, outlets_from
from service.connectors.protocol import Kind

GOOD = """\
[workspaces.main]
late_after_days = 3

[workspaces.main.people]
manager = "mia@northstar.example"
"Sam Okoro" = ["sam@northstar.example"]

[workspaces.main.connectors.mail]
kind = "smtp"
host = "mail.example"
from = "telltale@northstar.example"
user = "telltale"
password = { env = "MAIL" }
takes = ["email", "task"]

[workspaces.main.connectors.kickoff]
kind = "smtp"
host = "mail.example"
tls = "tls"
from = "telltale@northstar.example"
takes = ["task:kickoff"]
dry_run = true

[workspaces.other.connectors.hook]
kind = "webhook"
url = "https://hooks.example/in/"
secret = { file = "/nowhere/at/all" }
takes = ["webhook"]
"""


def test_a_file_says_what_goes_where() -> None:
    outlets = outlets_from(GOOD, source="c.toml", environment={"MAIL": "let me in"})
    main = outlets.of("main")
    assert main.late_after == dt.timedelta(days=3)
    assert main.people == {"manager": ("mia@northstar.example",), "sam okoro": ("sam@northstar.example",)}
    assert [route.name for route in main.taking(Kind.TASK, "discovery_call")] == ["mail"]
    # The one that names the very action is meant, and nobody else.
    assert [route.name for route in main.taking(Kind.TASK, "kickoff")] == ["kickoff"]
    assert [(route.dry_run, route.missing) for route in main.routes] == [(False, ()), (True, ())]
    assert outlets.of("other").routes[0].missing == ("the file /nowhere/at/all",)
    assert outlets.of("nobody").routes == ()


def test_without_its_secret_a_connector_is_there_and_not_ready() -> None:
    main = outlets_from(GOOD, source="c.toml", environment={}).of("main")
    assert main.routes[0].missing == ("the environment variable MAIL",)


def test_no_secret_is_ever_shown() -> None:
    assert "let me in" not in repr(outlets_from(GOOD, source="c.toml", environment={"MAIL": "let me in"}))


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('kind = "smtp"', 'kind = "stmp"', 'c.toml:9: workspaces.main.connectors.mail.kind: "stmp" is no kind'),
        ('"email", "task"', '"mail"', '"mail" is nothing that smtp can do'),
        ("takes = [\"email\", \"task\"]", "", "takes: nothing goes to it"),
        ('password = { env = "MAIL" }', 'password = "hunter2"', "password holds the secret itself"),
        ('password = { env = "MAIL" }', 'password = { enw = "MAIL" }', "password names no place"),
        ('host = "mail.example"', "", "host is missing"),
        ('manager = "mia@northstar.example"', 'manager = "mia"', '"mia" is no mail address'),
        ("late_after_days = 3", "late_after_days = -1", "late_after_days should be a whole number from 0"),
        ('url = "https://hooks.example/in/"', 'url = "hooks.example"', '"hooks.example" is no URL'),
        ('url = "https://hooks.example/in/"', 'url = "https://me:pw@hooks.example"', "is no URL"),
        ("dry_run = true", "dry_run = 1", "dry_run should be true or false"),
        ("dry_run = true", "dryrun = true", '"dryrun" is not known here'),
        ('user = "telltale"', 'user = "telltale"\ntls = "none"', "a password would be sent in the open"),
        ("[workspaces.main]", "[workspace.main]", '"workspace" is not known here'),
        ("late_after_days = 3", "late_after_days = ", "it is no TOML"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(was: str, now: str, told: str) -> None:
    assert was in GOOD
    with pytest.raises(ConnectorsError) as caught:
        outlets_from(GOOD.replace(was, now, 1), source="c.toml", environment={"MAIL": "let me in"})
    assert told in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_all_mistakes_are_named_at_once() -> None:
    text = GOOD.replace('"email", "task"', '"mail"').replace("dry_run = true", "dryrun = true")
    with pytest.raises(ConnectorsError) as caught:
        outlets_from(text, source="c.toml", environment={"MAIL": "x"})
    assert [mistake.line for mistake in caught.value.mistakes] == [14, 22]


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "connectors.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConnectorsError, match="it is not UTF-8"):
        load(file, {})
