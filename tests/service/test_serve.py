"""`telltale serve` as a process: what it acknowledged survives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.service.samples import call

BIN = Path(sys.executable).parent / "telltale"


class Serving:
    """A serving process on a folder of its own, listening where it says."""

    def __init__(self, folder: Path, *options: str) -> None:
        environment = {**os.environ, "TELLTALE_DATA": str(folder), "TELLTALE_PORT": "0"}
        self.process = subprocess.Popen(
            [BIN, "serve", *options], stderr=subprocess.PIPE, text=True, env=environment, cwd=folder.parent
        )
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith("listening on "):
                self.url = line.removeprefix("listening on ").strip()
                return
        raise AssertionError("the server ended before it listened")

    def ask(self, path: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        status = self.process.wait(30)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return status


def test_what_was_acknowledged_before_a_kill_is_read_after_it(data_folder: Path) -> None:
    folder = data_folder / "data"
    first = Serving(folder, "--no-worker")
    sources = [
        call(f"c/{n}%20?", "b1: our budget is eighty thousand dollars", deal={"id": f"D-{n % 3}"}) for n in range(12)
    ]
    assert [first.ask("/v1/conversations", source)[0] for source in sources] == [202] * 12
    first.end(signal.SIGKILL)
    second = Serving(folder)
    try:
        assert [second.ask("/v1/conversations", source)[0] for source in sources] == [200] * 12
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            answers = [second.ask(f"/v1/conversations/c/{n}%2520%3F")[1] for n in range(12)]
            if {answer["state"] for answer in answers} == {"read"}:
                break
            time.sleep(0.2)
        assert {answer["state"] for answer in answers} == {"read"}
        counted = [second.ask(f"/v1/deals/D-{n}")[1]["version"] for n in range(3)]
        # Four conversations a deal, each a creation, two contacts and a call at least; nothing twice.
        signals = second.ask("/v1/signals?limit=500")[1]["signals"]
        assert sum(counted) == 12 * 4 + len(signals)
    finally:
        status = second.end(signal.SIGTERM)
    assert status == 0
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_a_worker_beside_a_server_that_only_answers(data_folder: Path) -> None:
    folder = data_folder / "data"
    server = Serving(folder, "--no-worker")
    assert server.ask("/v1/conversations", call("c-1", "b1: hi"))[0] == 202
    worker = subprocess.Popen([BIN, "worker", "--data", folder], stderr=subprocess.PIPE, text=True, cwd=data_folder)
    try:
        deadline = time.monotonic() + 30
        while server.ask("/v1/conversations/c-1")[1]["state"] == "received" and time.monotonic() < deadline:
            time.sleep(0.1)
        assert server.ask("/v1/conversations/c-1")[1]["state"] == "read"
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=30)
        assert worker.returncode == 0, said
        assert "worker: ready" in said
        # The server still has its database: the worker was not its last user.
        assert server.ask("/readyz")[0] == 200
    finally:
        worker.kill()
        assert server.end(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--database", "mysql://x"], "the database must be PostgreSQL"),
        (["--database", "postgresql://nobody@127.0.0.1:1/x"], "the database does not answer"),
        (["--port", "99999"], "port (TELLTALE_PORT)"),
        (["--pipeline", "no-such-pipeline"], "no-such-pipeline"),
    ],
)
def test_what_cannot_be_served_says_why(data_folder: Path, options: list[str], reason: str) -> None:
    environment = {**os.environ, "TELLTALE_DATA": str(data_folder / "data")}
    done = subprocess.run(
        [BIN, "serve", *options], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert done.returncode == 2
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
