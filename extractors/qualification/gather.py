"""Everything that single phrases, questions and lists say of a conversation, before it is weighed."""

from __future__ import annotations

from extractors.qualification.asked import asked_elements, topics
from extractors.qualification.listed import listed_elements
from extractors.qualification.said import said_elements
from extractors.qualification.signs import signed_elements
from extractors.reading import Reading
from extractors.statement import Statement

__all__ = ["gathered"]


def gathered(reading: Reading) -> tuple[list[Statement], dict[int, set[str]]]:
    """The statements, and for each answering turn's index the elements that it was asked about."""
    sources = (listed_elements, said_elements, asked_elements, signed_elements)
    return [statement for source in sources for statement in source(reading)], topics(reading)
