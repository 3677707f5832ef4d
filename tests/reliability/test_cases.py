from __future__ import annotations

from tests.reliability.cases import cases


def test_no_request_makes_the_service_stumble(database: str) -> None:
    figures = cases(database, each=1)
    assert figures["operations"] > 40
    assert figures["cases"] >= figures["operations"]
    assert figures["operations that failed"] == {}
