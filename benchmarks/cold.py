"""The cold start of `telltale extract` on one short e-mail: a new process each time.

    python -m benchmarks.cold [--rounds 7]

The clock's figure counts whatever else the machine does; CPU time is the work alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

MAIL = """From: Dana Reyes <dana@brightwater.example>
To: sam@northstar.example
Subject: Re: Proposal
Date: Thu, 12 Mar 2026 15:00:00 -0500
Message-ID: <one@brightwater.example>

Hi Sam,

We have set aside 120k for this. Our CFO, Maria Lopez, has to sign by the end of April. We are also looking at Tableau,
but I prefer you. Legal will start its review next week and I will take it to the board on 2 April.

Best,
Dana Reyes
VP Operations
"""


def start(mail: Path) -> tuple[float, float, float]:
    """Seconds on the clock, CPU seconds and peak megabytes of one new process."""
    program = ["-c", "from service.cli import main; main()", "extract", str(mail), "--our-domain", "northstar.example"]
    begun = time.perf_counter()
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, *program],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"telltale extract ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        mail = Path(folder, "mail.eml")
        mail.write_text(MAIL, "utf-8")
        runs = [start(mail) for _ in range(options.rounds)]
    clock, cpu, memory = zip(*runs, strict=True)
    print(f"clock: least {min(clock):.2f} s, median {statistics.median(clock):.2f} s")
    print(f"CPU:   least {min(cpu):.2f} s, median {statistics.median(cpu):.2f} s")
    print(f"peak memory: {max(memory):.0f} MB")


if __name__ == "__main__":
    main()
