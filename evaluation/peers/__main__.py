"""`make peers`: our grammars and other libraries on the libraries' own suites.

    python -m evaluation.peers DATA [--peers PYTHON] [--write docs/peers.md] [--misses SUITE]

DATA (or TELLTALE_DATA) is a folder that holds the suites, a folder a library (`recognizers-text/`, `duckling/`,
`dateparser/`, `price-parser/`, `quantulum3/`); they are no part of the project. PYTHON is that of an environment with
the libraries of evaluation/peers/requirements.txt.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from evaluation.peers import ours
from evaluation.peers.compare import CONVENTIONS, Answer, Verdict, convention, verdict
from evaluation.peers.suites import Case, cases

LIBRARIES = ("Recognizers-Text", "dateparser", "ctparse", "price-parser", "quantulum3")
BEGIN, END = "<!-- made by `make peers` -->", "<!-- end -->"
HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", default=os.environ.get("TELLTALE_DATA"), help="folder of the suites")
    parser.add_argument("--peers", default=str(Path(".venv-peers", "bin", "python")), help="the libraries' Python")
    parser.add_argument("--write", metavar="FILE", help="put the tables there, between their marks")
    parser.add_argument("--misses", metavar="SUITE", help="print what we read otherwise in suites that begin so")
    options = parser.parse_args(arguments)
    if not options.data or not Path(options.data).is_dir():
        print(
            f"data: {options.data!r} is no folder: give the one that holds the suites, or TELLTALE_DATA",
            file=sys.stderr,
        )
        return 2
    everything = list(cases(Path(options.data)))
    if options.misses is not None:
        print_misses(everything, options.misses)
        return 0
    everything += [Case(**json.loads(line)) for line in asked(options.peers, "ctparse-suite", "").splitlines()]
    answers = {"Telltale": [ours.answer(case) for case in everything]}
    lines = "".join(json.dumps(case.to_json()) + "\n" for case in everything)
    for name in LIBRARIES:
        answers[name] = [json.loads(line) for line in asked(options.peers, name, lines).splitlines()]
    report = tables(everything, answers)
    print(report)
    if options.write:
        path = Path(options.write)
        before, _, rest = path.read_text("utf-8").partition(BEGIN)
        path.write_text(f"{before}{BEGIN}\n{report}\n{END}{rest.partition(END)[2]}", "utf-8")
    return 0


def asked(python: str, name: str, lines: str) -> str:
    """What a library answers, in the environment where it lives."""
    command = [python, str(HERE / "libraries.py"), name]
    return subprocess.run(command, input=lines, text=True, stdout=subprocess.PIPE, check=True).stdout


def tables(everything: list[Case], answers: dict[str, list[Answer | None]]) -> str:
    suites = list(dict.fromkeys(case.suite for case in everything))
    right: Counter[tuple[str, str]] = Counter()
    asked_of: Counter[tuple[str, str]] = Counter()
    parted: Counter[str] = Counter()
    by_suite: Counter[str] = Counter()
    wrong: Counter[tuple[str, Verdict]] = Counter()
    for place, case in enumerate(everything):
        for name, found in answers.items():
            answer = found[place]
            if answer is None:
                continue
            asked_of[case.suite, name] += 1
            judged = verdict(case, answer)
            right[case.suite, name] += judged is Verdict.RIGHT
            if name == "Telltale" and judged is not Verdict.RIGHT:
                why = convention(case, answer)
                if why is None:
                    wrong[case.suite, judged] += 1
                else:
                    parted[why] += 1
                    by_suite[case.suite] += 1
    names = list(answers)
    lines = [f"| suite | cases | {' | '.join(names)} | ours: convention | read otherwise | not read |"]
    lines.append("|---" * (len(names) + 5) + "|")
    for suite in suites:
        cells = [share(right[suite, name], asked_of[suite, name]) for name in names]
        rest = [by_suite[suite], wrong[suite, Verdict.OTHER], wrong[suite, Verdict.NOTHING]]
        lines.append(
            f"| {suite} | {asked_of[suite, 'Telltale']} | {' | '.join(cells)} | {' | '.join(map(str, rest))} |"
        )
    lines += ["", "| where only a convention parts us from the suite | cases |", "|---|---|"]
    lines += [f"| {name} | {parted[name]} |" for name in CONVENTIONS if parted[name]]
    return "\n".join(lines)


def share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def print_misses(everything: list[Case], suite: str) -> None:
    for case in everything:
        answer = ours.answer(case)
        if case.suite.startswith(suite) and verdict(case, answer) is not Verdict.RIGHT:
            why = convention(case, answer)
            print(json.dumps({"text": case.text, "now": case.now, "want": case.want, "got": answer, "convention": why}))


if __name__ == "__main__":
    raise SystemExit(main())
