"""What deploy/ says of the program is true: settings, commands, ports, probes and files that it names are there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from typer.main import get_command

from service.app import create_app
from service.cli import app
from service.flows.accept_conversation import accept_conversation
from service.settings import Settings
from signals import Conversation
from tests.service.samples import call

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
SETTINGS = {f"TELLTALE_{name.upper()}" for name in Settings.model_fields}

Json = dict[str, Any]


def resources() -> list[Json]:
    return [each for file in MANIFESTS for each in yaml.safe_load_all(file.read_text()) if each]


def of_kind(*kinds: str) -> list[Json]:
    found = [each for each in resources() if each["kind"] in kinds]
    assert found
    return found


def commands() -> set[str]:
    return set(get_command(app).commands)  # type: ignore[attr-defined]


def names_in(text: str) -> Iterator[str]:
    """Settings that a text names; `..._FILE` stands for the setting that the file holds."""
    for name in re.findall(r"\bTELLTALE_[A-Z_]+\b", text):
        yield name.removesuffix("_FILE")


@pytest.mark.parametrize(
    "file", sorted(each for each in DEPLOY.rglob("*") if each.is_file()), ids=lambda each: each.name
)
def test_every_setting_that_is_named_is_one(file: Path) -> None:
    if file.parent.name == "secrets":
        return
    unknown = set(names_in(file.read_text())) - SETTINGS - {"TELLTALE_"}
    assert unknown <= ({"TELLTALE_X"} if file.name == "README.md" else set())


def test_every_manifest_is_in_the_kustomization_and_every_resource_has_a_name_of_its_own() -> None:
    (kustomization,) = of_kind("Kustomization")
    assert sorted(kustomization["resources"]) == [each.name for each in MANIFESTS if each.name != "kustomization.yaml"]
    names = [(each["kind"], each["metadata"]["name"]) for each in resources() if each["kind"] != "Kustomization"]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("deployment", of_kind("Deployment"), ids=lambda each: each["metadata"]["name"])
def test_deployments_run_what_there_is_and_are_hardened(deployment: Json) -> None:
    spec = deployment["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert set(container["args"]) <= commands()
    environment = {each["name"]: each for each in container["env"]}
    settings = Settings.model_validate(
        {
            name.removeprefix("TELLTALE_").lower(): each.get("value", "postgresql://database/telltale-of-16-letters")
            for name, each in environment.items()
        }
    )
    port = container["ports"][0]["containerPort"]
    assert port == (settings.port if container["args"] == ["serve"] else settings.worker_port)
    assert deployment["spec"]["template"]["metadata"]["annotations"]["prometheus.io/port"] == str(port)
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["port"] == container["ports"][0]["name"]
        assert container[probe]["httpGet"]["path"] in ("/healthz", "/readyz")
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"]
    assert not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert spec["securityContext"]["runAsNonRoot"]
    (config,) = of_kind("ConfigMap")
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert spec["terminationGracePeriodSeconds"] > pause + int(config["data"]["TELLTALE_STOP_WITHIN"])
    mounted = {each["name"] for each in container["volumeMounts"]}
    assert mounted == {each["name"] for each in spec["volumes"]}


def test_the_config_map_holds_settings_that_can_be_read() -> None:
    (config,) = of_kind("ConfigMap")
    values = {name.removeprefix("TELLTALE_").lower(): value for name, value in config["data"].items()}
    settings = Settings.model_validate(values)
    assert settings.keys == "required"
    assert all(isinstance(value, str) for value in values.values())


def test_selectors_select_what_is_deployed() -> None:
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in of_kind("Deployment")]
    for each in of_kind("Service", "PodDisruptionBudget", "NetworkPolicy", "Deployment"):
        spec = each["spec"]
        chosen = spec.get("podSelector", spec.get("selector")) or {}
        wanted = chosen.get("matchLabels", chosen if each["kind"] == "Service" else {})
        assert any(wanted.items() <= theirs.items() for theirs in labels), each["metadata"]["name"]


def test_policies_let_in_exactly_the_ports_that_listen() -> None:
    listening = {
        frozenset(each["spec"]["template"]["metadata"]["labels"].items()): each["spec"]["template"]["spec"][
            "containers"
        ][0]["ports"][0]["containerPort"]
        for each in of_kind("Deployment")
    }
    let_in = {
        frozenset(each["spec"]["podSelector"]["matchLabels"].items()): each["spec"]["ingress"][0]["ports"][0]["port"]
        for each in of_kind("NetworkPolicy")
        if "ingress" in each["spec"]
    }
    assert let_in == listening


def test_each_deployment_is_scaled_by_one_and_keeps_no_number_of_its_own_where_keda_decides() -> None:
    scaled = [each["spec"]["scaleTargetRef"]["name"] for each in of_kind("ScaledObject", "HorizontalPodAutoscaler")]
    deployed = {each["metadata"]["name"]: each["spec"] for each in of_kind("Deployment")}
    assert sorted(scaled) == sorted(deployed)
    assert "replicas" not in deployed["telltale-worker"]


def test_keda_asks_the_queue_for_the_age_of_what_is_due(service: Any) -> None:
    (scaled,) = of_kind("ScaledObject")
    query = sa.text(scaled["spec"]["triggers"][0]["metadata"]["query"].replace(":", r"\:"))

    def age() -> float:
        with service.context.database.begin() as connection:
            return float(connection.execute(query).scalar_one())

    assert age() == 0
    accept_conversation(service.context, Conversation.from_json(call("c-1", "b1: hi")))
    accept_conversation(service.context, Conversation.from_json(call("c-2", "b1: hi")), read_in=3600)
    with service.context.database.begin() as connection:
        connection.execute(sa.text("UPDATE procrastinate_events SET at = at - interval '90 s'"))
    assert 90 <= age() < 150
    with service.context.database.begin() as connection:
        connection.execute(sa.text("UPDATE procrastinate_jobs SET status = 'doing' WHERE scheduled_at IS NULL"))
    assert age() == 0


def test_figures_are_open_only_where_no_visitor_can_come() -> None:
    """What an ingress reaches, anybody reaches."""
    (config,) = of_kind("ConfigMap")
    let_in = {
        frozenset(each["spec"]["podSelector"]["matchLabels"].items()): {
            label
            for rule in each["spec"]["ingress"]
            for source in rule["from"]
            for label in source["namespaceSelector"]["matchLabels"].values()
        }
        for each in of_kind("NetworkPolicy")
        if "ingress" in each["spec"]
    }
    for each in of_kind("Deployment"):
        pod = each["spec"]["template"]
        given = config["data"] | {one["name"]: one.get("value") for one in pod["spec"]["containers"][0]["env"]}
        if given.get("TELLTALE_METRICS_OPEN") == "true":
            assert let_in[frozenset(pod["metadata"]["labels"].items())] == {"monitoring"}, each["metadata"]["name"]
    assert any("TELLTALE_METRICS_OPEN" in file.read_text() for file in MANIFESTS)
    for ours in ("api", "worker"):
        assert "TELLTALE_METRICS_OPEN" not in COMPOSE["services"][ours]["environment"]


def test_commands_that_the_instructions_name_are_there() -> None:
    text = (DEPLOY / "README.md").read_text()
    named = re.findall(r"(?:telltale-entrypoint|run --rm worker|`telltale) ((?:[a-z]+ ?)+)", text)
    assert len(named) > 3
    for words in named:
        command: Any = get_command(app)
        for word in words.split():
            assert word in command.commands, words
            command = command.commands[word]
            if not hasattr(command, "commands"):
                break
    for name in re.findall(r"--file (deploy/\S+)|sh (deploy/\S+)|--kustomize (deploy/\S+)", text):
        assert (ROOT / "".join(name).rstrip(".`")).exists(), name
    services = re.findall(r"docker compose \S+ \S+ (?:exec|run --rm) (\w+)", text)
    assert services
    assert set(services) <= set(COMPOSE["services"])
    for each in re.findall(r"deploy/(telltale-\w+)", text):
        assert each in {one["metadata"]["name"] for one in of_kind("Deployment")}


def test_compose_runs_what_there_is_with_secrets_from_files() -> None:
    services = COMPOSE["services"]
    for name in ("api", "worker"):
        ours = services[name]
        assert set(ours["command"]) <= commands()
        assert ours["read_only"]
        assert ours["cap_drop"] == ["ALL"]
        values = {
            key.removeprefix("TELLTALE_").lower(): value
            for key, value in ours["environment"].items()
            if not key.endswith("_FILE")
        }
        settings = Settings.model_validate(values)
        assert not settings.worker
        assert int(ours["stop_grace_period"].removesuffix("s")) > settings.stop_within
        files = [value for key, value in ours["environment"].items() if key.endswith("_FILE")]
        assert {Path(value).name for value in files} <= set(ours["secrets"])
    assert services["api"]["ports"] == [f"127.0.0.1:8080:{Settings().port}"]
    assert set(COMPOSE["secrets"]) == {name for each in services.values() for name in each["secrets"]}
    script = (DEPLOY / "make-secrets.sh").read_text()
    assert all(Path(each["file"]).name in script for each in COMPOSE["secrets"].values())


def test_the_image_is_made_of_files_that_are_there_and_not_ignored() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    kept = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = [
        line.split()[1:-1] for line in DOCKERFILE.splitlines() if line.startswith("COPY ") and "--from" not in line
    ]
    sources = {source for each in copied for source in each}
    assert sources == kept
    assert all((ROOT / source).exists() for source in sources)


def test_the_image_does_not_run_as_root_and_knows_the_data_folder() -> None:
    user = re.search(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    assert user is not None
    assert user.group(1) != "0"
    assert COMPOSE["services"]["api"]["user"] == f"{user.group(1)}:{user.group(2)}"
    for each in of_kind("Deployment"):
        assert each["spec"]["template"]["spec"]["securityContext"]["runAsUser"] == int(user.group(1))
    assert "TELLTALE_DATA=/data" in DOCKERFILE
    assert re.search(r"^HEALTHCHECK ", DOCKERFILE, re.MULTILINE)


def pins(file: Path) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", file.read_text(), re.MULTILINE)
    return {name.lower(): version for name, version in found}


def test_the_images_versions_are_those_that_are_tested() -> None:
    tested, shipped = pins(ROOT / "requirements.lock"), pins(DEPLOY / "requirements.lock")
    assert len(shipped) > 40
    assert {name: version for name, version in shipped.items() if tested.get(name) != version} == {}
    assert "pytest" not in shipped


def test_the_image_has_all_that_the_program_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    wanted = {re.split(r"[^A-Za-z0-9._-]", each)[0].lower() for each in project}
    assert wanted - set(pins(DEPLOY / "requirements.lock")) == set()


def test_every_lock_is_renewed_with_the_others_and_within_their_bounds() -> None:
    """As make would run it: the tested versions first, then the image's, bound to them."""
    make = shutil.which("make")
    assert make is not None
    # What a make that runs these tests has told its children does not matter here.
    outside = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    command = [make, "--dry-run", "lock"]
    done = subprocess.run(command, cwd=ROOT, env=outside, capture_output=True, text=True, check=True)
    steps = [line.split() for line in done.stdout.splitlines()]
    made = [step[step.index("--output-file") + 1] for step in steps]
    assert made == ["requirements.lock", "deploy/requirements.lock"]
    there = [each for pattern in ("*.lock", "*/*.lock") for each in ROOT.glob(pattern)]
    assert {str(each.relative_to(ROOT)) for each in there if not each.parent.name.startswith(".")} == set(made)
    assert steps[1][steps[1].index("--constraints") + 1] == "requirements.lock"
    named = {word for step in steps for word in step if word.endswith((".toml", ".in"))}
    assert all((ROOT / each).is_file() for each in named)
    assert all({"--universal", "--generate-hashes", "--upgrade"} <= set(step) for step in steps)


def test_what_a_probe_asks_for_is_answered(service: Any) -> None:
    """Every path of a probe, of Prometheus and of the image's own check is one of the program's."""
    paths = set(create_app(service).openapi()["paths"])
    asked = {
        container[probe]["httpGet"]["path"]
        for each in of_kind("Deployment")
        for container in each["spec"]["template"]["spec"]["containers"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    asked |= {
        each["spec"]["template"]["metadata"]["annotations"]["prometheus.io/path"] for each in of_kind("Deployment")
    }
    checks = re.findall(r"'(/[a-z]+)'", DOCKERFILE)
    assert checks == ["/healthz"]
    assert asked | set(checks) <= paths


@pytest.fixture
def entrypoint(tmp_path: Path) -> Any:
    """The entry point with a `telltale` that prints its settings and arguments."""
    fake = tmp_path / "telltale"
    fake.write_text('#!/bin/sh\nenv | grep ^TELLTALE_ | sort\necho "$@"\n')
    fake.chmod(0o755)
    shell = shutil.which("sh")
    assert shell is not None

    def run(**environment: str) -> subprocess.CompletedProcess[str]:
        path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        command = [shell, str(DEPLOY / "entrypoint.sh"), "serve", "--port", "1"]
        return subprocess.run(command, env=path | environment, capture_output=True, text=True, check=False)

    return run


def test_the_entry_point_takes_secrets_from_files(entrypoint: Any, tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text('postgresql://u:it\'s $HOME "here"@h/db\n')
    done = entrypoint(TELLTALE_DATABASE_FILE=str(secret), TELLTALE_PORT="1")
    assert done.stdout.splitlines() == [
        'TELLTALE_DATABASE=postgresql://u:it\'s $HOME "here"@h/db',
        "TELLTALE_PORT=1",
        "serve --port 1",
    ]


def test_a_secret_that_is_not_there_is_named(entrypoint: Any) -> None:
    done = entrypoint(TELLTALE_SECRET_KEY_FILE="/run/secrets/none")
    assert done.returncode == 2
    assert "TELLTALE_SECRET_KEY_FILE" in done.stderr


def test_secrets_are_made_once(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets.sh"
    shutil.copy(DEPLOY / "make-secrets.sh", script)
    made: list[dict[str, str]] = []
    for _ in range(2):
        subprocess.run(["sh", str(script)], check=True, capture_output=True)
        made.append({each.name: each.read_text() for each in (tmp_path / "secrets").iterdir()})
    first, second = made
    assert first == second
    assert first["database_url"] == f"postgresql://telltale:{first['database_password']}@database/telltale"
    assert len(first["secret_key"]) == 64
