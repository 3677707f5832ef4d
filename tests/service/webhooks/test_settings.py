"""The settings of webhooks: as JSON or a file, and never told to anybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from service.commands.serve import settings_from
from service.commands.terminal import UnusableError
from service.settings import Settings

SECRETS = '{"docusign": "one", "slack": ["new", "old"]}'
AS_READ = {"docusign": ("one",), "slack": ("new", "old")}


def test_secrets_as_json_or_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().webhook_secrets == {}
    monkeypatch.setenv("TELLTALE_WEBHOOK_SECRETS", SECRETS)
    assert Settings().webhook_secrets == AS_READ
    file = tmp_path / "secrets.json"
    file.write_text(SECRETS)
    monkeypatch.setenv("TELLTALE_WEBHOOK_SECRETS", str(file))
    assert Settings().webhook_secrets == AS_READ
    monkeypatch.setenv("TELLTALE_WEBHOOK_SECRETS", "")
    assert Settings().webhook_secrets == {}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ('{"docusign": "hush-hush"', "it is not JSON (line 1, column"),
        ("/nowhere/hush-hush.json", "neither JSON nor the name of a file"),
        ('{"docusign": ["hush-hush", ""]}', "docusign: it should be a secret or a list of secrets"),
        ('{"docusign": {"hush-hush": 1}}', "docusign: it should be a secret or a list of secrets"),
        ('{"docusign": 5, "x": "hush-hush"}', "docusign: it should be a secret or a list of secrets"),
    ],
)
def test_secrets_that_are_none_are_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, value: str, problem: str
) -> None:
    monkeypatch.setenv("TELLTALE_WEBHOOK_SECRETS", value)
    with pytest.raises(UnusableError) as raised:
        settings_from()
    assert problem in str(raised.value)
    assert "TELLTALE_WEBHOOK_SECRETS" in str(raised.value)
    assert "hush-hush" not in str(raised.value)


def test_settings_do_not_print_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_WEBHOOK_SECRETS", '{"docusign": "hush-hush"}')
    assert "hush-hush" not in repr(Settings())
    assert "hush-hush" not in str(Settings())


def test_stages_and_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_WEBHOOK_STAGES", '{"hubspot": {"contractsent": "negotiation"}}')
    monkeypatch.setenv("TELLTALE_WEBHOOK_UNSIGNED", "zoom, slack,")
    monkeypatch.setenv("TELLTALE_WEBHOOK_CREATE", "salesforce")
    settings = Settings()
    assert settings.webhook_stages == {"hubspot": {"contractsent": "negotiation"}}
    assert (settings.webhook_unsigned, settings.webhook_create) == (("zoom", "slack"), ("salesforce",))


@pytest.mark.parametrize("value", ["[]", '{"hubspot": ["a"]}', '{"hubspot": {"a": 1}}', "stages"])
def test_stages_that_are_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TELLTALE_WEBHOOK_STAGES", value)
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize("url", ["telltale.example", "https://telltale.example/", "https://x/y", "ftp://x"])
def test_a_public_url_is_a_start_of_urls(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(public_url=url)
    assert Settings(public_url="https://telltale.example:8443").public_url == "https://telltale.example:8443"


def test_a_mapping_file_that_is_wrong_stops_the_start(tmp_path: Path) -> None:
    from service.commands.serve import run

    (tmp_path / "quotes.toml").write_text('name = "quotes"\n')
    with pytest.raises(UnusableError, match=r"quotes\.toml:1: "):
        run(Settings(webhook_mappings=tmp_path, database="postgresql://nobody@/x?host=/nowhere"), lambda service: 0)


@pytest.mark.parametrize("given", [{"webhook_secrets": {"docusgn": "x"}}, {"webhook_unsigned": "docusgn"}])
def test_a_misspelt_source_stops_the_start(given: dict[str, object]) -> None:
    from service.commands.serve import run

    with pytest.raises(UnusableError, match="'docusgn' is no source of webhooks; there are asana, "):
        run(Settings(database="postgresql://nobody@/x?host=/nowhere", **given), lambda service: 0)  # type: ignore[arg-type]
