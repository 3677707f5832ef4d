"""Whose side somebody is on, as a person says it."""

from __future__ import annotations

from service.flows.read_again import correct_side

__all__ = ["correct_side"]
