"""How much one caller may send: requests and bytes a minute, counted in each process for itself."""

from __future__ import annotations

from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from service import clock

__all__ = ["Limits", "TooMuch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TooMuch:
    """What there was too much of (`requests` or `bytes`), how much is allowed a minute, and in how many seconds there
    is room again."""

    of: str
    allowed: int
    wait: int


class Limits:
    """0 means that there is no limit. Several processes allow so many times as much: each counts what it gets."""

    def __init__(self, *, requests: int, size: int) -> None:
        self.counter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self.items = {
            name: RateLimitItemPerMinute(most, namespace=name)
            for name, most in (("requests", requests), ("bytes", size))
            if most
        }

    def take(self, of: str, caller: str, amount: int = 1) -> TooMuch | None:
        """Counts it, unless there is no room for it; None where there was."""
        item = self.items.get(of)
        if item is None or amount == 0 or self.counter.hit(item, caller, cost=amount):
            return None
        return self.too_much(of, caller)

    def note(self, of: str, caller: str, amount: int) -> None:
        """Counts what has come already, even beyond the limit: what comes next will wait for it."""
        item = self.items.get(of)
        while item is not None and amount > 0:
            step = min(amount, item.amount)
            if not self.counter.hit(item, caller, cost=step):
                return
            amount -= step

    def too_much(self, of: str, caller: str) -> TooMuch:
        item = self.items[of]
        reset = self.counter.get_window_stats(item, caller).reset_time - clock.now().timestamp()
        return TooMuch(of=of, allowed=item.amount, wait=min(60, max(1, round(reset + 0.5))))

    def left(self, of: str, caller: str) -> tuple[int, int] | None:
        """(allowed a minute, of which are left); None where there is no limit."""
        item = self.items.get(of)
        if item is None:
            return None
        return item.amount, max(0, self.counter.get_window_stats(item, caller).remaining)
