"""`telltale extract`: conversations in, one line of signals out for each, in the order they came."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from service.commands import inputs
from service.commands.progress import Progress, shown
from service.commands.terminal import DONE, SOME_REFUSED, complain, print_json
from service.intake import Format, Given, Refusal
from service.reader import the_extract, the_notes
from signals import Conversation, Signal

__all__ = ["print_all", "run"]

# Starting a process and warming its reading takes a second or two: below this many conversations one process is faster.
WORTH_A_POOL = 200
BATCH = 16
Read = tuple[Conversation, list[Signal] | Refusal]


def run(paths: Sequence[str], *, given: Given, source: Format | None, table: bool, processes: int) -> int:
    """Prints as it goes; returns the exit status."""
    results = read_all(inputs.conversations(paths, given, source), processes)
    return print_all(results, table=table, notes=the_notes())


def print_all(
    results: Iterable[Refusal | Read], *, table: bool, notes: Callable[[Conversation], list[str]] | None = None
) -> int:
    """Each result on its line, each refusal on standard error; returns the exit status. `notes` says why a conversation
    without a signal has none, where that is known."""
    refused = 0
    with shown("conversations") as progress:
        for result in results:
            progress.step()
            if isinstance(result, Refusal):
                refused += 1
                complain(str(result))
                continue
            conversation, found = result
            if isinstance(found, Refusal):
                refused += 1
                complain(str(found))
            elif table:
                print_table(conversation, found, progress)
            else:
                said = notes(conversation) if notes is not None and not found else []
                signals = [signal.to_json() for signal in found]
                print_json({"id": conversation.id, "signals": signals} | ({"notes": said} if said else {}))
    if refused:
        complain(f"{refused} of {progress.done} inputs refused")
    return SOME_REFUSED if refused else DONE


def print_table(conversation: Conversation, found: Sequence[Signal], progress: Progress) -> None:
    from service.commands.tables import signals_table

    with progress.aside():
        signals_table(conversation, found, file=sys.stdout)


def read_all(source: Iterable[Conversation | Refusal], processes: int) -> Iterator[Refusal | Read]:
    """Each input's result in its order, by one process for a few inputs and by several for many."""
    iterator = iter(source)
    few = list(itertools.islice(iterator, WORTH_A_POOL))
    if processes < 2 or len(few) < WORTH_A_POOL:
        for item in itertools.chain(few, iterator):
            yield read_one(item)
        return
    # "spawn" shares no threads or locks with this process. Only a window of batches is ever in memory.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        batches = batched(itertools.chain(few, iterator), BATCH)
        running = [pool.submit(read_batch, batch) for batch in itertools.islice(batches, processes * 4)]
        while running:
            yield from running.pop(0).result()
            running += [pool.submit(read_batch, batch) for batch in itertools.islice(batches, 1)]


def batched(source: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(source)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def read_batch(batch: list[Conversation | Refusal]) -> list[Refusal | Read]:
    return [read_one(item) for item in batch]


def read_one(item: Conversation | Refusal) -> Refusal | Read:
    if isinstance(item, Refusal):
        return item
    extract = the_extract()
    try:
        return item, extract(item)
    except Exception as error:  # noqa: BLE001 - whatever one conversation does to the reading, the others are read
        why = f"{type(error).__name__}: {error}"
        return Refusal(place=item.id, field="", value=why[:300], expected="a conversation that can be read")
