"""The phrases by subject; importing them enters them in the grammars."""

from extractors.periods.phrases import days, lengths, parts, weeks, years

__all__ = ["days", "lengths", "parts", "weeks", "years"]
