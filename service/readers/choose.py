"""The reader that is set: what the options say, as a function from a conversation to what is found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import assert_never

from service.readers.batch import from_records
from service.readers.cache import Cache
from service.readers.cascade import read_in_cascade
from service.readers.generate import from_weights
from service.readers.model import Answer, Ask
from service.readers.options import Options, ReaderKind, ReaderSettingsError
from service.readers.protocol import over_http
from service.readers.reader import Local, Read, read_by_model
from service.readers.report import Report
from service.settings import Settings
from signals import Conversation

__all__ = ["Reader", "model_of", "options_of", "reader_of"]

Reader = Callable[[Conversation], Read]


def options_of(settings: Settings, kind: ReaderKind) -> Options:
    """The options of a reader of this kind, as set."""
    local = settings.llm_local
    if local and not settings.llm_model:
        raise ReaderSettingsError("--llm-local needs --llm-model (TELLTALE_LLM_MODEL), the folder of a model's weights")
    return Options(
        kind=kind,
        url=settings.llm_url,
        model=settings.llm_model,
        key=settings.llm_key,
        weights=Path(settings.llm_model) if local and settings.llm_model else None,
        timeout=settings.llm_timeout,
        tries=settings.llm_tries,
        concurrency=1 if local else settings.llm_concurrency,
        window=settings.llm_window,
        answer_tokens=settings.llm_answer_tokens,
        budget=settings.llm_token_budget,
        confidence=settings.llm_confidence,
        cache=settings.llm_cache or settings.data / "answers" if settings.llm_cache_size else None,
        cache_bytes=settings.llm_cache_size,
        threshold=settings.cascade_threshold,
    )


def model_of(options: Options, answers: Mapping[str, Answer] | None = None) -> Ask:
    """Whom to ask: recorded answers, weights that are here, or an address. Raises ReaderSettingsError."""
    if answers is not None:
        return from_records(answers)
    return from_weights(options) if options.weights is not None else over_http(options)


def reader_of(options: Options, *, local: Local, ask: Ask | None = None, cached: bool = True) -> Reader:
    """The reader. `ask` is needed for all but the local one; `cached` is False where its answers are at hand anyway."""
    keep = options.cache if cached else None
    cache = None if keep is None else Cache(keep, options.cache_bytes)
    match options.kind:
        case ReaderKind.LOCAL:
            return lambda conversation: Read(local(conversation), Report(conversations=1))
        case ReaderKind.LLM:
            read = read_by_model
        case ReaderKind.CASCADE:
            read = read_in_cascade
        case _:
            assert_never(options.kind)
    asked = ask or model_of(options)
    return lambda conversation: read(conversation, ask=asked, local=local, options=options, cache=cache)
