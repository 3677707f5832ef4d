from __future__ import annotations

from typing import Any

import pytest

from service.flows.context import Context


@pytest.fixture
def context(service: Any) -> Context:
    found: Context = service.context
    return found
