"""What flows tell whoever keeps figures; nobody, by default."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

__all__ = ["NOBODY", "Observer"]


class Observer(Protocol):
    def reading(self, kind: str) -> AbstractContextManager[object]:
        """Around the reading of a conversation of this kind."""

    def decided(self, rule: str, type: str) -> None:
        """The engine concluded something of this type by this rule."""


class Nobody:
    def reading(self, kind: str) -> AbstractContextManager[object]:
        return nullcontext()

    def decided(self, rule: str, type: str) -> None:
        return None


NOBODY = Nobody()
