"""The fuzz tests of everything that comes in, again and again with fresh examples, for as long as one likes.

    python -m tests.service.fuzz --minutes 10 transcripts mail webhooks

Each round runs the kind's property tests in a process of its own under the next seed. The first failure stops the kind
and prints how to run it again. Exit status: 0 clean, 1 a failure, 2 unusable arguments.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time

KINDS = {
    "transcripts": ["tests/service/test_formats_fuzz.py", "tests/service/test_intake_fuzz.py"],
    "mail": ["tests/service/test_mail_fuzz.py"],
    "webhooks": ["tests/service/webhooks/test_fuzz.py"],
}
# These time ten megabytes of one thing: another round of them finds nothing new.
FIXED = "not megabytes and not long_nonsense and not tiny_mails"


def round_of(files: list[str], seed: int) -> tuple[int, int, str]:
    """(exit status, tests run, output) of one round."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"--hypothesis-seed={seed}"]
    done = subprocess.run([*command, "-k", FIXED, *files], capture_output=True, text=True, check=False)
    passed = re.search(r"(\d+) passed", done.stdout)
    return done.returncode, int(passed.group(1)) if passed else 0, done.stdout + done.stderr


def fuzz(kind: str, minutes: float, seed: int) -> bool:
    """Whether every round was clean."""
    began, rounds, tests = time.monotonic(), 0, 0
    while time.monotonic() - began < minutes * 60:
        status, ran, output = round_of(KINDS[kind], seed + rounds)
        rounds, tests = rounds + 1, tests + ran
        if status or not ran:
            print(output)
            print(f"{kind}: failed under seed {seed + rounds - 1}: pytest --hypothesis-seed={seed + rounds - 1} ...")
            return False
        print(f"{kind}: {rounds} rounds, {tests} tests, {time.monotonic() - began:.0f} s, clean", flush=True)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}; none: all")
    parser.add_argument("--minutes", type=float, default=10, help="for each kind")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    given = parser.parse_args()
    if unknown := [kind for kind in given.kinds if kind not in KINDS]:
        parser.error(f"no such kind: {', '.join(unknown)}; there are {', '.join(KINDS)}")
    clean = [fuzz(kind, given.minutes, given.seed) for kind in given.kinds or KINDS]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
