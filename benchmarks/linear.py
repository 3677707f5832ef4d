"""What a call costs by its length: time and peak memory from 1,000 to 100,000 words, drawn and tabled.

    python -m benchmarks.linear [--words 1000 3000 10000 30000 100000] [--rounds 3] [--draw docs/images/linear.svg]

Each length is read in a process of its own, on one core: CPU time is the least of the rounds after a warm one (the
machine may be busy, and the least is nearest to what the work takes); memory is the most that the process ever held.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

LENGTHS = (1_000, 3_000, 10_000, 30_000, 100_000)


def measured_here(words: int, rounds: int) -> dict[str, float]:
    """Reads a call of so many words again and again in this process."""
    from benchmarks.extract import call_of
    from extractors import extract
    from signals import Conversation

    raw = call_of(words)
    conversation = Conversation.from_json(raw)
    seconds = []
    for round_ in range(rounds + 1):
        begun = time.process_time()
        facts = len(extract(conversation))
        if round_ or not rounds:
            seconds.append(time.process_time() - begun)
    return {
        "words": sum(len(segment["text"].split()) for segment in raw["segments"]),
        "utterances": len(raw["segments"]),
        "seconds": min(seconds),
        "megabytes": most_held(),
        "facts": facts,
    }


def most_held() -> float:
    """MiB that this process held at most. What `getrusage` tells begins, on Linux, with what its parent held."""
    status = Path("/proc/self/status")
    if status.is_file():
        found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        if found:
            return int(found.group(1)) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(words: int, rounds: int) -> dict[str, float]:
    """The same in a process of its own, so that no length pays for another's memory."""
    command = [sys.executable, "-m", "benchmarks.linear", "--here", str(words), "--rounds", str(rounds)]
    one_core = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | one_core)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def table(rows: Sequence[dict[str, float]]) -> str:
    lines = [
        "| words | utterances | seconds | ms for 1,000 words | peak memory (MB) | facts |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['words']:,} | {row['utterances']:,} | {row['seconds']:.2f} "
        f"| {1e6 * row['seconds'] / row['words']:.0f} | {row['megabytes']:.0f} | {row['facts']:.0f} |"
        for row in rows
    ]
    return "\n".join(lines)


def drawn(rows: Sequence[dict[str, float]]) -> str:
    """Seconds over words, both axes from nought, with the line through the longest call."""
    width, height, left, bottom, top = 640, 320, 60, 40, 20
    most, slowest = max(row["words"] for row in rows), max(row["seconds"] for row in rows)

    def at(words: float, seconds: float) -> tuple[float, float]:
        across = left + (width - left - 20) * words / most
        return across, height - bottom - (height - bottom - top) * seconds / slowest

    (x0, y0), (x1, y1) = at(0, 0), at(most, slowest)
    style = "font-family='system-ui,sans-serif' font-size='12' fill='#57606a'"
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' role='img'>",
        "<title>CPU seconds of extract by words in the call</title>",
        f"<rect width='{width}' height='{height}' fill='#ffffff'/>",
        f"<path d='M{x0} {top}V{y0}H{width - 20}' stroke='#8c959f' fill='none'/>",
        f"<path d='M{x0} {y0}L{x1:.0f} {y1:.0f}' stroke='#8c959f' stroke-dasharray='4 4'/>",
    ]
    for fraction in (0.25, 0.5, 0.75, 1.0):
        x, _ = at(most * fraction, 0)
        _, y = at(0, slowest * fraction)
        parts.append(
            f"<text x='{x:.0f}' y='{height - 20}' text-anchor='middle' {style}>{most * fraction / 1000:.0f}k</text>"
        )
        parts.append(
            f"<text x='{left - 8}' y='{y + 4:.0f}' text-anchor='end' {style}>{slowest * fraction:.1f} s</text>"
        )
    points = [at(row["words"], row["seconds"]) for row in rows]
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    parts.append(f"<polyline points='{path}' fill='none' stroke='#0969da' stroke-width='2'/>")
    parts += [f"<circle cx='{x:.0f}' cy='{y:.0f}' r='4' fill='#0969da'/>" for x, y in points]
    parts.append(
        f"<text x='{width / 2:.0f}' y='{height - 4}' text-anchor='middle' {style}>words in the call</text></svg>"
    )
    return "\n".join(parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, nargs="+", default=list(LENGTHS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--draw", metavar="FILE", help="write the chart there, as SVG")
    parser.add_argument("--here", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.here:
        print(json.dumps(measured_here(options.here, options.rounds)))
        return
    rows = [measured(words, options.rounds) for words in options.words]
    print(table(rows))
    if options.draw:
        Path(options.draw).write_text(drawn(rows), "utf-8")


if __name__ == "__main__":
    main()
