"""The extractors, imported when the first conversation is to be read: help and refusals need none of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from signals import Conversation, Signal

__all__ = ["the_extract", "the_spans"]


@functools.cache
def the_extract() -> Callable[[Conversation], list[Signal]]:
    from extractors import extract

    return extract


@functools.cache
def the_spans() -> Callable[..., dict[str, Any]]:
    from extractors import spans

    return spans
