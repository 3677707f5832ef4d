"""The readers, imported when they are needed: help and refusals need none of them."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from service.heap import settling
from service.readers.options import ReaderKind
from signals import Conversation, Signal

if TYPE_CHECKING:
    from service.settings import Settings

__all__ = ["the_extract", "the_notes", "the_readers", "the_spans"]

log = logging.getLogger(__name__)

Extract = Callable[[Conversation], list[Signal]]


@functools.cache
def the_extract() -> Callable[[Conversation], list[Signal]]:
    from extractors import extract

    return extract


@functools.cache
def the_notes() -> Callable[[Conversation], list[str]]:
    from extractors import notes

    return notes


@functools.cache
def the_spans() -> Callable[..., dict[str, Any]]:
    from extractors import spans

    return spans


def the_readers(settings: Settings) -> tuple[Extract, dict[str, Extract]]:
    """The reader that is set, and those of workspaces that have another. Raises ReaderSettingsError."""
    kinds = {settings.reader, *settings.readers.values()}
    by_kind = {kind: the_reader(settings, kind) for kind in kinds}
    return by_kind[settings.reader], {name: by_kind[kind] for name, kind in settings.readers.items()}


def the_reader(settings: Settings, kind: ReaderKind) -> Extract:
    local = the_extract()
    if kind is ReaderKind.LOCAL:
        return settling(local)
    from service.readers.choose import options_of, reader_of

    read = reader_of(options_of(settings, kind), local=local)

    def extract(conversation: Conversation) -> list[Signal]:
        result = read(conversation)
        counts = result.report.to_json()
        log.info("read by a model", extra={"conversation": conversation.id, "counts": counts})
        return result.signals

    return settling(extract)
