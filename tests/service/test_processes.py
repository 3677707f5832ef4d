"""`telltale serve --processes N`: several answer on one port, one works, and all end together."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from service.commands.processes import held
from service.commands.serve import opened
from service.commands.terminal import UnusableError
from tests.service.samples import call
from tests.service.test_serve import BIN, Serving


@pytest.fixture
def many(data_folder: Path) -> Iterator[Serving]:
    serving = Serving(data_folder / "data", "--processes", "2")
    yield serving
    if serving.process.poll() is None:
        serving.end(signal.SIGTERM)


def children(serving: Serving) -> list[psutil.Process]:
    """Those that answer and the one that works, as they were started."""
    found = psutil.Process(serving.process.pid).children()
    living = [each for each in found if each.status() != psutil.STATUS_ZOMBIE]
    ours = [each for each in living if "spawn_main" in " ".join(each.cmdline())]
    return sorted(ours, key=lambda each: each.create_time())


def until(happened: object, seconds: float = 60) -> bool:
    assert callable(happened)
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.1)
    return bool(happened())


def test_what_one_process_takes_in_another_reads_and_every_one_tells(many: Serving) -> None:
    assert len(children(many)) == 3
    sources = [call(f"c-{n}", "b1: our budget is eighty thousand dollars", deal={"id": f"D-{n % 3}"}) for n in range(9)]
    assert [many.ask("/v1/conversations", source)[0] for source in sources] == [202] * 9
    assert [many.ask("/v1/conversations", source)[0] for source in sources] == [200] * 9
    assert until(lambda: {many.ask(f"/v1/conversations/c-{n}")[1]["state"] for n in range(9)} == {"read"})


def test_one_that_is_killed_is_followed_by_another(many: Serving) -> None:
    before = children(many)
    before[0].kill()
    followed = until(lambda: len(now := children(many)) == 3 and before[0] not in now, seconds=180)
    assert followed, (before, [(each.pid, each.status(), each.cmdline()) for each in children(many)])
    # The other one answers meanwhile, and the new one is there for whoever is given to it.
    assert until(lambda: all(many.ask("/v1/me")[0] == 200 for _ in range(6)))


def test_all_end_with_the_first_one_and_the_database_too(many: Serving, data_folder: Path) -> None:
    started = children(many)
    assert many.end(signal.SIGTERM) == 0
    assert not any(each.is_running() for each in started)
    assert not (data_folder / "data" / "postgres" / "postmaster.pid").exists()


def test_none_outlives_a_first_one_that_was_killed(many: Serving) -> None:
    started = children(many)
    many.end(signal.SIGKILL)
    gone, alive = psutil.wait_procs(started, timeout=60)
    assert (len(gone), alive) == (3, [])


def test_where_they_cannot_start_the_first_one_ends_and_one_of_them_says_why(data_folder: Path) -> None:
    told = ["serve", "--processes", "2", "--host", "0.0.0.0", "--port", "0", "--data", str(data_folder / "data")]
    done = subprocess.run([BIN, *told], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "there is no key in the database yet" in done.stderr
    assert "listening on" not in done.stderr


def test_a_port_that_somebody_has_is_not_shared() -> None:
    with held("127.0.0.1", 0) as (url, port):
        assert url == f"http://127.0.0.1:{port}"
        with pytest.raises(UnusableError, match="cannot listen"):
            opened("127.0.0.1", port, or_any=False)
        with opened("127.0.0.1", port, or_any=False, shared=True), opened("127.0.0.1", port, or_any=False, shared=True):
            pass
    taken = opened("127.0.0.1", 0, or_any=False)
    with taken, pytest.raises(UnusableError, match="cannot listen"), held("127.0.0.1", taken.getsockname()[1]):
        pass


def test_the_first_process_is_no_more_than_a_keeper(many: Serving) -> None:
    own = {each.laddr.port for each in psutil.Process(many.process.pid).net_connections() if each.status == "LISTEN"}
    assert int(many.url.rpartition(":")[2]) not in own
