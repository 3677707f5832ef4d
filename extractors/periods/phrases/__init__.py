"""The phrases by subject; importing them enters them in the grammars."""

from extractors.periods.phrases import days, foreign, lengths, ordinals, parts, seasons, weekdays, weeks, years

__all__ = ["days", "foreign", "lengths", "ordinals", "parts", "seasons", "weekdays", "weeks", "years"]
