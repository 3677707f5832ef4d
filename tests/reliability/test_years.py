from __future__ import annotations

from tests.reliability.years import with_and_without_outage


def test_each_timer_fires_once_and_an_outage_floods_nobody() -> None:
    figures = with_and_without_outage(days=100, deals=3, outage=range(50, 70), restarts=2)
    assert figures["timers fired"] > figures["fired late, after the outage"] > 0
    assert figures["twice"] == 0
    assert figures["out of order there"] == 0
    assert figures["timers that differ from days without an outage"] == 0
    # Of what fell due in twenty days, that of the last seven goes out; the rest waits for a person.
    assert figures["notices that went out after the outage"] <= 3 * figures["deals"]
