"""`telltale extract --reader llm|cascade`: the same lines out, read by a language model or with its help; requests to a
file and answers from one."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import stamina

from extractors.reading import read
from extractors.sides import may_be_any_meeting
from service.commands import inputs
from service.commands.extract import Read, print_all
from service.commands.progress import shown
from service.commands.terminal import DONE, SOME_REFUSED, UnusableError, complain
from service.intake import Format, Given, Refusal
from service.reader import the_extract
from service.readers.batch import batch_line, recorded
from service.readers.cascade import doubt
from service.readers.choose import Reader, model_of, options_of, reader_of
from service.readers.model import ModelUnreachableError
from service.readers.options import Options, ReaderKind, ReaderSettingsError
from service.readers.reader import Asked, questions
from service.readers.report import Report
from service.settings import Settings
from signals import Conversation

__all__ = ["export", "made", "read_all", "run", "write_report"]


def run(
    paths: Sequence[str],
    *,
    given: Given,
    source: Format | None,
    table: bool,
    settings: Settings,
    answers: str | None,
    report: str | None,
) -> int:
    """Prints as it goes; returns the exit status. `answers`: a batch's output file, instead of a model that is asked;
    `report`: where the counts go as JSON, `-` for standard error."""
    options, reader = made(settings, answers)
    total = Report()
    conversations = inputs.conversations(paths, given, source)
    status = print_all(read_all(conversations, reader, total, options.concurrency), table=table)
    write_report(total, report)
    return status


def made(settings: Settings, answers: str | None) -> tuple[Options, Reader]:
    """The reader that is set. Raises UnusableError."""
    # Retries would be told on standard output, where the signals go.
    stamina.instrumentation.set_on_retry_hooks([])
    try:
        options = options_of(settings, settings.reader)
        known = None if answers is None else recorded(Path(answers))
        ask = model_of(options, known)
        return options, reader_of(options, local=the_extract(), ask=ask, cached=known is None)
    except ReaderSettingsError as error:
        raise UnusableError(str(error)) from None


def read_all(
    source: Iterable[Conversation | Refusal], reader: Reader, total: Report, concurrency: int
) -> Iterator[Refusal | Read]:
    """Each input's result in its order, some of them read at a time: the model takes longest."""
    waiting: deque[Future[Refusal | tuple[Read, Report]]] = deque()
    with ThreadPoolExecutor(concurrency) as pool:
        for item in source:
            waiting.append(pool.submit(read_one, item, reader))
            if len(waiting) > concurrency * 2:
                yield counted(waiting.popleft().result(), total)
        while waiting:
            yield counted(waiting.popleft().result(), total)


def counted(result: Refusal | tuple[Read, Report], total: Report) -> Refusal | Read:
    if isinstance(result, Refusal):
        return result
    total.add(result[1])
    return result[0]


def read_one(item: Conversation | Refusal, reader: Reader) -> Refusal | tuple[Read, Report]:
    if isinstance(item, Refusal):
        return item
    try:
        result = reader(item)
    except ModelUnreachableError as error:
        return Refusal(place=item.id, field="", value=str(error)[:300], expected="a language model that answers")
    except Exception as error:  # noqa: BLE001 - whatever one conversation does to the reading, the others are read
        why = f"{type(error).__name__}: {error}"
        return Refusal(place=item.id, field="", value=why[:300], expected="a conversation that can be read")
    return (item, result.signals), result.report


def export(paths: Sequence[str], *, given: Given, source: Format | None, settings: Settings, to: str) -> int:
    """Write the requests that the reader would send, one a line; returns the exit status."""
    try:
        options = options_of(settings, settings.reader)
    except ReaderSettingsError as error:
        raise UnusableError(str(error)) from None
    refused = requests = 0
    try:
        with shown("conversations") as progress, Path(to).open("w", encoding="utf-8") as out:
            for item in inputs.conversations(paths, given, source):
                progress.step()
                if isinstance(item, Refusal):
                    refused += 1
                    complain(str(item))
                    continue
                for asked in asked_of(item, options):
                    requests += 1
                    out.write(batch_line(asked.request, options) + "\n")
    except OSError as error:
        raise UnusableError(f"--export {to}: {(error.strerror or str(error)).lower()}") from None
    complain(f"{requests} requests written to {to}")
    return SOME_REFUSED if refused else DONE


def asked_of(conversation: Conversation, options: Options) -> list[Asked]:
    """The questions of a conversation: every window's, in the cascade those of the doubtful ones."""
    reading = read(conversation)
    found = the_extract()(conversation)
    if not found and may_be_any_meeting(conversation, reading.sides):
        return []
    every = questions(reading, found, options)
    if options.kind is ReaderKind.CASCADE:
        return [one for one in every if doubt(reading, one, found) >= options.threshold]
    return every


def write_report(total: Report, to: str | None) -> None:
    if to is None:
        return
    text = json.dumps(total.to_json(), indent=1) + "\n"
    if to == "-":
        sys.stderr.write(text)
        return
    try:
        Path(to).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnusableError(f"--report {to}: {(error.strerror or str(error)).lower()}") from None
