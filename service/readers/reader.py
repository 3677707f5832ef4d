"""The language model as a reader: it proposes, we verify."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from extractors.consolidate import place
from extractors.proposals import Verified, joined, verified
from extractors.reading import Reading, read
from extractors.sides import may_be_any_meeting
from service.readers.answers import parsed
from service.readers.cache import Cache
from service.readers.model import PROMPT, Answer, Ask, ModelRefusedError
from service.readers.options import Options
from service.readers.prompt import Request, prompt_version, request_of
from service.readers.report import Report
from service.readers.windows import Window, windows
from signals import Conversation, Signal

__all__ = [
    "PROMPT",
    "Asked",
    "Local",
    "Read",
    "answered",
    "ask_windows",
    "first_line",
    "in_window",
    "questions",
    "read_by_model",
]

log = logging.getLogger(__name__)

Local = Callable[[Conversation], list[Signal]]


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader found, and what it took."""

    signals: list[Signal]
    report: Report


@dataclass(frozen=True, slots=True)
class Asked:
    """A window with its question."""

    window: Window
    request: Request


def questions(reading: Reading, local: Sequence[Signal], options: Options) -> list[Asked]:
    """Everything that a conversation asks a model. What is known before a window is what the local reader found there:
    so the questions are the same whoever answers them, in whatever order."""
    out: list[Asked] = []
    for window in windows(reading, size=options.window):
        before = [signal for signal in local if first_line(reading, signal) < window.fresh] if out else []
        out.append(Asked(window, request_of(reading, window, known=before)))
    return out


def first_line(reading: Reading, signal: Signal) -> int:
    segment, start = place(signal)
    if segment >= 0:
        return segment
    return next((turn.index for turn in reversed(reading.turns) if turn.start <= start), 0)


def in_window(reading: Reading, signal: Signal, window: Window) -> bool:
    """Whether the signal is first said in the lines that are new in the window."""
    return window.fresh <= first_line(reading, signal) <= window.last


def read_by_model(conversation: Conversation, *, ask: Ask, local: Local, options: Options, cache: Cache | None) -> Read:
    """Every window is put to the model; one that it says nothing usable to, or that would cost more than the budget, is
    read locally. Raises ModelUnreachableError."""
    reading = read(conversation)
    report = Report(conversations=1)
    found = local(conversation)
    if not found and may_be_any_meeting(conversation, reading.sides):
        return Read([], report)
    asked = questions(reading, found, options)
    report.windows = len(asked)
    report.withheld = sum(turn.addressed for turn in reading.turns)
    signals: list[Signal] = []
    for one, result in ask_windows(reading, asked, ask=ask, options=options, cache=cache, report=report):
        if result is None:
            signals += [signal for signal in found if in_window(reading, signal, one.window)]
        else:
            signals += result.signals
    return Read(joined(signals), report)


def ask_windows(
    reading: Reading, asked: Sequence[Asked], *, ask: Ask, options: Options, cache: Cache | None, report: Report
) -> list[tuple[Asked, Verified | None]]:
    """Each question with what is left of its answer; None where there was no usable answer, or no budget for it."""
    id = reading.conversation.id
    model = options.model or str(options.weights)
    affordable: list[Asked] = []
    known: dict[str, Answer] = {}
    spent = 0
    for one in asked:
        if cache is not None and (answer := cache.get(id, one.request.id, model)) is not None:
            known[one.request.id] = answer
            report.cached += 1
        elif spent + one.request.tokens + options.answer_tokens > options.budget:
            report.over_budget += 1
        else:
            spent += one.request.tokens + options.answer_tokens
            affordable.append(one)
    with ThreadPoolExecutor(max(1, min(options.concurrency, len(affordable)))) as pool:
        answers = list(pool.map(lambda one: or_nothing(ask, one.request), affordable))
    for one, answer in zip(affordable, answers, strict=True):
        report.asked += 1
        if answer is None:
            report.unanswered += 1
            continue
        report.sent_tokens += answer.sent_tokens
        report.answer_tokens += answer.answer_tokens
        known[one.request.id] = answer
        if cache is not None and parsed(answer.text).understood:  # nonsense is worth asking again
            cache.put(id, one.request.id, model, answer)
    return [
        (
            one,
            answered(reading, known[one.request.id], options, report) if one.request.id in known else None,
        )
        for one in asked
    ]


def or_nothing(ask: Ask, request: Request) -> Answer | None:
    """The answer; None where the model will not answer this very request."""
    try:
        return ask(request)
    except ModelRefusedError as error:
        log.warning("the model refused a request: %s", error)
        return None


def answered(reading: Reading, answer: Answer, options: Options, report: Report) -> Verified | None:
    """What is left of an answer once it is verified; None for one that holds no list of signals."""
    read_answer = parsed(answer.text)
    if not read_answer.understood:
        report.unanswered += 1
        return None
    report.broken += not read_answer.whole
    source = f"{' '.join(answer.model.split()) or 'model'}{PROMPT}{prompt_version()}"
    result = verified(reading, read_answer.proposals, source=source, confidence=options.confidence)
    report.take(result.findings)
    return result
