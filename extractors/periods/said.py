"""What a mention says once all its words are read, and its place in the text."""

from dataclasses import dataclass

from extractors.periods.almanac import Span
from extractors.periods.grammar import Grammar
from extractors.periods.mention import Grain, Hedge, PeriodMention
from extractors.periods.phrases.registry import READERS
from extractors.periods.scan import Scan
from extractors.periods.value import Value, pick

MENTIONS = Grammar("mention", READERS)
"""What the finder looks for at a token; every meaning is a Said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A value with the word that bends it; the value is already bent."""

    value: Value
    phrase: str
    hedge: Hedge | None = None
    past: bool = False


def mention_at(scan: Scan, i: int) -> tuple[PeriodMention, int] | None:
    """The mention that begins at a token and the position after it, None where no days come of it."""
    for end, said in MENTIONS.readings(scan, i):
        span = pick(said.value, scan)
        if span is not None:
            return _placed(scan, i, end, said, span), end
    return None


def _placed(scan: Scan, start: int, end: int, said: Said, span: Span) -> PeriodMention:
    value, clock = said.value, said.value.clock
    grain: Grain = value.grain
    if clock is not None:
        grain = "minute" if clock.exact else "hour"
    return PeriodMention(
        start=scan.starts[start],
        end=scan.ends[end - 1],
        first=span[0],
        last=span[1],
        at=clock.at if clock else None,
        until=clock.until if clock else None,
        grain=grain,
        phrase=said.phrase,
        hedge=said.hedge,
        relative=value.relative,
        past=said.past or value.past or span[1] < scan.today,
    )
