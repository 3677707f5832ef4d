"""The stakeholders' corpus, each example a test of its own, and what resolving must keep."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.stakeholders import find_stakeholders
from tests.extractors.family_corpus import check, examples


@pytest.mark.parametrize("example", examples("stakeholders"))
def test_corpus(example: dict[str, Any]) -> None:
    check(example, find_stakeholders)
