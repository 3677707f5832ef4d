"""What an amount buys: a year, a month, a unit; told by the words after it, or before it."""

from __future__ import annotations

from typing import Final

from extractors.amounts.cues import CUES, GAP, LOOK_BACK, after, any_case, either
from signals import Per

__all__ = ["a_unit_before", "per_after", "per_before"]

_PER: Final = CUES["per"]
_SPANS: Final = (Per.YEAR, Per.QUARTER, Per.MONTH)
_TIMES: Final = {word: per for per in _SPANS for word in _PER[per.value]}
_ALONE: Final = {word: per for per in (*_SPANS, Per.UNIT) for word in _PER[f"{per.value}-alone"]}
_UNITS: Final = frozenset(_PER["units"])

_NOT_PER: Final = either(_PER["not-after-per"])
_KINDS: Final = either(_PER["noun-kinds"])
_ANY_NOUN: Final = rf"(?!(?:{_NOT_PER})\b)(?:(?:{_KINDS}){GAP})?[^\W\d_]+\d?(?!\w)"
_A_UNIT_OR_TIME: Final = either(word for word in (*_UNITS, *_TIMES) if len(word) > 2)
# "a year ago", "a month from now", "a quarter of it" are no prices.
_LATER: Final = (
    rf"(?!{GAP}(?:ago|from|later|earlier|before|early|ahead|end|of|back|and{GAP}a{GAP}(?:half|quarter)"
    rf"|or{GAP}(?:two|so)|to{GAP}go)\b)"
)
_SOMETHING: Final = any_case(
    rf"(?:,?{GAP}|[-,]|{GAP}\(|)(?:"
    rf"(?:per[- ]|p/)\s{{0,2}}(?P<any>{_ANY_NOUN})"
    rf"|(?:(?<=[ ])/[ ]?|/)(?P<slash>[^\W\d_]+)"
    rf"|(?:a|an|by|(?:for{GAP})?(?:each|every))[ \n-](?P<one>{_A_UNIT_OR_TIME})(?![\w’'-]){_LATER}"
    rf")"
)
# "eleven cents a recommendation, and": a noun with nothing behind it.
_NOTHING_MORE: Final = (
    rf"(?=$|[.,;!?)]|{GAP}(?:and|or|per|a|an|for|plus|but|all|on|with|is|was|at|in|this|net|if|then|so"
    r"|feels|sounds|seems|looks|comes|works|gets|has|would|will|can|could|should|might)\b)"
)
_A_NOUN: Final = any_case(rf"{GAP}an?{GAP}(?!(?:{either(_PER['not-after-a'])})\b)[^\W\d_]{{3,}}{_NOTHING_MORE}")
_BY_A_NOUN: Final = any_case(
    rf"{GAP}by{GAP}(?!(?:{either(_PER['not-after-by'])})\b)(?-i:[a-z]{{3,}})(?![\w’'-]){_NOTHING_MORE}"
)
_FOR: Final = {word: per for per in _SPANS for word in _PER[f"{per.value}-for"]}
_FOR_AFTER: Final = any_case(rf"{after(_FOR).pattern}(?!{GAP}(?:one|only|of|ending|after|before|to|ahead)\b)")
_ALONE_AFTER: Final = after(_ALONE)
_MONTH_WITH_CURRENCY: Final = after(_PER["month-with-currency"])
_SKIPPED: Final = after(_PER["skipped"])
_EACH_OTHERWISE: Final = any_case(rf"{GAP}(?:of|other|time|side|way|and)\b")
_ON_THE_WAY: Final = (
    rf",?{GAP}(?:(?:{either(_PER['priced'])}),?{GAP}){{0,3}}(?:(?:{either(_PER['between'])}){GAP}){{0,3}}$"
)
_BEFORE: Final = {per: any_case(rf"(?<![\w-])(?:{either(_PER[f'{per.value}-before'])}){_ON_THE_WAY}") for per in _SPANS}
# "Per person, yes, we counted with 24", "the price per user went to 24": in one sentence, with no figure between.
_PRICE_PER: Final = any_case(
    rf"(?:[.;!?]{GAP}|(?<!\w)(?:prices?|costs?|fees?|rates?|charges?){GAP})per{GAP}(?P<any>{_ANY_NOUN})[^.;!?\d]*$"
)
# "a flat 84 thousand" and "a line of 90" are prices of no flat and no line.
_UNIT_BEFORE: Final = any_case(
    rf"(?<![\w-])(?!a{GAP}(?:flat|line)\b)(?:per|each|a|by){GAP}(?:{either(_UNITS)})(?:['’]s)?"
    # "per technician per month we've put in": in one sentence, with no figure between
    rf"(?:{_ON_THE_WAY}|,?{GAP}(?:and{GAP})?(?:per|a|each){GAP}(?:month|year|quarter|annum)\b[^.;!?\d]*$)"
)


def per_after(text: str, end: int, *, currency_said: bool) -> tuple[Per, int] | None:
    """What stands after the amount that ends at `end`: what it buys, and where those words end."""
    found: Per | None = None
    reached, at = end, end
    for _ in range(6):
        step = _one_after(text, at, currency_said=currency_said)
        if step is not None:
            per, at = step
            at += "(" in text[reached:at] and text.startswith(")", at)
            found = Per.UNIT if Per.UNIT in (found, per) else found or per
            reached = at
            continue
        # Words that change nothing are passed over, but only on the way to something.
        skipped = _SKIPPED.match(text, at)
        if skipped is None:
            break
        at = skipped.end()
    return None if found is None else (found, reached)


def _one_after(text: str, at: int, *, currency_said: bool) -> tuple[Per, int] | None:
    if match := _SOMETHING.match(text, at):
        if match["one"]:
            word = " ".join(match["one"].lower().split())
            return _TIMES.get(word, Per.UNIT), match.end()
        if match["slash"]:
            word = match["slash"].lower()
            return (_TIMES.get(word, Per.UNIT), match.end()) if word not in ("or", "and") else None
        word = " ".join(match["any"].lower().split())
        return _TIMES.get(word) or _TIMES.get(
            word.split()[-1] if len(word.split()[-1]) > 2 else "", Per.UNIT
        ), match.end()
    if match := _ALONE_AFTER.match(text, at):
        word = " ".join(match["cue"].lower().split())
        if word == "each" and _EACH_OTHERWISE.match(text, match.end()):
            return None
        if word in ("pa", "pp", "ppm") and not currency_said:
            return None
        return _ALONE[word], match.end()
    if match := _FOR_AFTER.match(text, at):
        return _FOR[" ".join(match["cue"].lower().split())], match.end()
    if match := _A_NOUN.match(text, at):
        return Per.UNIT, match.end()
    if currency_said and (match := _BY_A_NOUN.match(text, at)):
        return Per.UNIT, match.end()
    if currency_said and (match := _MONTH_WITH_CURRENCY.match(text, at)):
        return Per.MONTH, match.end()
    return None


def a_unit_before(text: str, start: int, *, floor: int) -> bool:
    """Whether "per seat it is" stands just before the amount: the price of a unit, whatever period is told after."""
    return _UNIT_BEFORE.search(text[max(floor, start - LOOK_BACK) : start]) is not None


def per_before(text: str, start: int, *, floor: int) -> Per | None:
    """What stands before the amount that begins at `start`: "annual budget of", "price per user went to".

    `floor` is where the amount before ends; its words are its own.
    """
    window = text[max(floor, start - LOOK_BACK) : start]
    if start <= LOOK_BACK and floor == 0:
        # The text's beginning begins a sentence too.
        window = f". {window}"
    if match := _PRICE_PER.search(window):
        return _TIMES.get(match["any"].lower().split()[-1], Per.UNIT)
    return next((per for per, pattern in _BEFORE.items() if pattern.search(window)), None)
