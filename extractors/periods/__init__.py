"""Reads when: days, weeks, quarters and fiscal years, as people say and write them in business.

`find_periods` finds every mention in a text and works its days out against the day on which it was said.
It judges nothing: whether a date matters, or was asserted at all, is for the families of signals to say.
"""

from extractors.periods.find import find_periods
from extractors.periods.mention import Grain, Hedge, PeriodMention

__all__ = ["Grain", "Hedge", "PeriodMention", "find_periods"]
