"""What a language model is to a reader: a function from a request to an answer. Who it is does not matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.readers.prompt import (
        Request,
    )  # with it come the extractors, which whoever catches these errors needs not

__all__ = ["CONFIRMED_BY_BOTH", "PROMPT", "Answer", "Ask", "ModelRefusedError", "ModelUnreachableError"]


# In a signal's `found_by`: between the model's name and the version of the rules; and where the local reader found the
# same.
PROMPT = ", prompt "
CONFIRMED_BY_BOTH = "found by both readers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`model` is the name that the server gives; tokens are as it counts them, or estimated."""

    text: str
    model: str
    sent_tokens: int
    answer_tokens: int


# Raises ModelUnreachableError, ModelRefusedError.
Ask = Callable[["Request"], Answer]


class ModelUnreachableError(Exception):
    """The model's server did not answer, or not in time, however often it was tried, or it answers nobody with this key
    and model: nothing is wrong with the conversation, and it can be read later."""


class ModelRefusedError(Exception):
    """The model's server will not answer this request: it is too long for the model, say. Others it may answer."""
