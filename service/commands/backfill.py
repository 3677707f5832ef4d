"""`telltale backfill`: very many conversations, read by several processes, a shard of the result at a time.

A shard's file appears when it is whole, so that a run that was interrupted goes on where it stopped: what is there is
not read again. The order of the source decides what is in which shard; it must not change between two runs.
"""

from __future__ import annotations

import itertools
import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson

from service.cli_options import time_of
from service.commands import inputs
from service.commands.extract import read_batch
from service.commands.terminal import DONE, SOME_REFUSED, UnusableError, complain
from service.intake import Given, Refusal, read_conversations
from signals import Conversation, DecodeError

__all__ = ["run"]

Json = dict[str, Any]
Item = Conversation | Refusal

FORMATS = ("jsonl", "parquet")
LINES = (".jsonl", ".ndjson")
NOTE = "backfill.json"
# Shards that wait for a process, for each process.
AHEAD = 2


def run(source: str, *, out: str, format: str, processes: int, shard: int, occurred_at: str | None) -> int:
    if format not in FORMATS:
        raise UnusableError(f"--format: expected one of {', '.join(FORMATS)}, got {format!r}")
    if not Path(source).exists():
        raise UnusableError(f"no such file or folder: {source}")
    given = Given(occurred_at=time_of(occurred_at, "--occurred-at"))
    target = opened(Path(out), {"source": source, "shard": shard, "format": format})
    shards = enumerate(batched(items(Path(source), given), shard))
    count = processes or os.cpu_count() or 1
    with shown() as progress:
        if count == 1:
            done = (finished(target, format, number, batch) for number, batch in shards)
            total = tally(done, progress)
        else:
            with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
                total = tally(pooled(pool, shards, target, format, count * AHEAD), progress)
    complain(f"{total['read']} conversations, {total['signals']} signals, {total['refused']} refused; in {out}")
    return SOME_REFUSED if total["refused"] else DONE


def opened(target: Path, told: Json) -> Path:
    """The folder of the result; raises UnusableError for one that another source, or other shards, went to."""
    note = target / NOTE
    if note.exists():
        before = json.loads(note.read_text())
        if before != told:
            raise UnusableError(f"--out {target}: it holds {before}; give the same again, or another folder")
        return target
    if target.exists() and any(target.iterdir()):
        raise UnusableError(f"--out {target}: expected a new or an empty folder, or one that a backfill began")
    target.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps(told))
    return target


def pooled(
    pool: ProcessPoolExecutor, shards: Iterator[tuple[int, Sequence[Item]]], target: Path, format: str, ahead: int
) -> Iterator[Json]:
    """Shards in their order; only some of them are ever in memory."""
    running: deque[Future[Json]] = deque()
    for number, batch in shards:
        running.append(pool.submit(finished, target, format, number, batch))
        if len(running) >= ahead:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()


def finished(target: Path, format: str, number: int, batch: Sequence[Item]) -> Json:
    """The shard's tally, of this run or of an earlier one."""
    name = f"part-{number:06d}"
    ready = target / f"{name}.done"
    if ready.exists():
        return {**json.loads(ready.read_text()), "known": True}
    read, refused = [], []
    for result in read_batch(list(batch)):
        if isinstance(result, Refusal):
            refused.append(str(result))
        elif isinstance(result[1], Refusal):
            refused.append(str(result[1]))
        else:
            read.append((result[0], [signal.to_json() for signal in result[1]]))
    if format == "jsonl":
        lines = [
            orjson.dumps({"id": each.id, "signals": found}, option=orjson.OPT_APPEND_NEWLINE) for each, found in read
        ]
        put(target / f"{name}.jsonl", b"".join(lines))
    else:
        put(target / f"{name}.parquet", as_parquet(read))
    if refused:
        put(target / f"{name}.refused.txt", "".join(f"{each}\n" for each in refused).encode())
    told = {"read": len(read), "signals": sum(len(found) for _, found in read), "refused": len(refused)}
    put(ready, json.dumps(told).encode())
    return told


def put(file: Path, data: bytes) -> None:
    """All of it or nothing, also through a crash."""
    part = file.with_name(f"{file.name}.tmp")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def as_parquet(read: Sequence[tuple[Conversation, list[Json]]]) -> bytes:
    """A row for each signal; `signal` is its whole JSON."""
    arrow, parquet = parquet_library()
    rows = [
        {
            "conversation": conversation.id,
            "deal": None if conversation.deal is None else conversation.deal.id,
            "occurred_at": conversation.occurred_at,
            "position": position,
            "type": signal["type"],
            "confidence": float(signal["confidence"]),
            "speaker": signal.get("speaker"),
            "words": " … ".join(piece["text"] for piece in signal["evidence"]),
            "signal": orjson.dumps(signal).decode(),
        }
        for conversation, found in read
        for position, signal in enumerate(found)
    ]
    text, number = arrow.string(), arrow.int32()
    fields = {
        "conversation": text,
        "deal": text,
        "occurred_at": arrow.timestamp("us", tz="UTC"),
        "position": number,
        "type": text,
        "confidence": arrow.float64(),
        "speaker": text,
        "words": text,
        "signal": text,
    }
    table = arrow.Table.from_pylist(rows, schema=arrow.schema(list(fields.items())))
    sink = arrow.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    data: bytes = sink.getvalue().to_pybytes()
    return data


def parquet_library() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UnusableError("Parquet needs pyarrow: pip install 'telltale[export]'") from None
    return pyarrow, pyarrow.parquet


def items(source: Path, given: Given) -> Iterator[Item]:
    """Every conversation or refusal, in the order of the files' names; lines and rows one by one."""
    if source.is_dir():
        files = sorted(file for file in source.rglob("*") if file.is_file() and not inputs.hidden(file, source))
        for file in files:
            if file.suffix.lower() in {*inputs.ENDINGS, ".parquet"}:
                yield from items(file, given)
    elif source.suffix.lower() in LINES:
        with source.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield from read_conversations(line, f"{source}:{number}", given=given)
    elif source.suffix.lower() == ".parquet":
        yield from rows_of(source)
    else:
        yield from inputs.one_file(source, given, None)


def rows_of(file: Path) -> Iterator[Item]:
    """A row holds a conversation's JSON in a column `conversation` or `content`, or its fields in columns."""
    _, parquet = parquet_library()
    number = 0
    with parquet.ParquetFile(file) as opened_file:
        for batch in opened_file.iter_batches(batch_size=256):
            for row in batch.to_pylist():
                number += 1
                held = next((row[name] for name in ("conversation", "content") if isinstance(row.get(name), str)), None)
                try:
                    yield Conversation.from_json(orjson.loads(held) if held is not None else known(row))
                except (DecodeError, orjson.JSONDecodeError) as error:
                    place = f"{file}: row {number}"
                    problem = error if isinstance(error, DecodeError) else DecodeError("", held, "JSON")
                    yield Refusal.of(place, problem)


def known(value: Any) -> Any:
    """Parquet gives every field of a record, also those that a row does not have; and times as such."""
    match value:
        case dict():
            return {name: known(each) for name, each in value.items() if each is not None}
        case list():
            return [known(each) for each in value]
        case _:
            return value.isoformat() if hasattr(value, "isoformat") else value


def batched(source: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while batch := list(itertools.islice(source, size)):
        yield batch


def tally(shards: Iterator[Json], progress: Any) -> dict[str, int]:
    total = {"read": 0, "signals": 0, "refused": 0}
    task = progress.add_task("", total=None, signals=0, known=0)
    skipped = 0
    for told in shards:
        for name in total:
            total[name] += told[name]
        skipped += bool(told.get("known"))
        progress.update(task, completed=total["read"] + total["refused"], signals=total["signals"], known=skipped)
    return total


def shown() -> Any:
    """Conversations, signals, shards that were there already, and how fast it goes; on standard error."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(),
        MofNCompleteColumn(),
        TextColumn(
            "conversations  {task.fields[signals]} signals  {task.fields[known]} shards known  {task.speed} a second"
        ),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
