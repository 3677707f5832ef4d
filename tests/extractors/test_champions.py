"""The champions' corpus, each example a test of its own, and what resolving must keep."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.champions import find_champions
from tests.extractors.family_corpus import check, examples


@pytest.mark.parametrize("example", examples("champions"))
def test_corpus(example: dict[str, Any]) -> None:
    check(example, find_champions)
