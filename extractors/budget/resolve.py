"""From statements about money to the one budget signal: which status holds, which amount, what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from extractors.amounts import Amount
from extractors.budget.remains import remaining
from extractors.budget.wording import as_worded
from extractors.consolidate import distinct
from extractors.cues import cues_of
from extractors.reading import Reading, Unit
from extractors.scaling import asked_per, figure, money_of, same_figure
from extractors.slots import amounts_in
from extractors.stance import confirms, denies, is_question
from extractors.statement import Statement
from signals import Budget, BudgetStatus, Evidence, Money, Per

__all__ = ["resolved"]

# Which status holds where several are told: what came of the money goes before how it began.
RANK = {
    BudgetStatus.STATED: 1,
    BudgetStatus.PENDING: 2,
    BudgetStatus.NONE: 3,
    BudgetStatus.APPROVED: 4,
    BudgetStatus.REDUCED: 5,
    BudgetStatus.CANCELLED: 6,
}
BARE = {BudgetStatus.NONE, BudgetStatus.CANCELLED}
"""Statuses that are told without a sum as often as with one."""
CUES = cues_of("extractors.budget")
NAMED = CUES["named"]
THIS_YEAR = CUES["this_year"]
NEXT_YEAR = CUES["next_year"]
CAP = CUES["cap"]
ENOUGH = 0.45
CORRECTED = CUES["corrected"]
AROUND = 3
ECHOES, FURTHER = 4, 6
OLD = CUES["old"]
PER_SAID = ((Per.YEAR, CUES["per_year"]), (Per.MONTH, CUES["per_month"]), (Per.QUARTER, CUES["per_quarter"]))
WHOLE = CUES["whole"]
IS_PER_YEAR = CUES["is_per_year"]
TOTAL = CUES["total"]


def resolved(reading: Reading, statements: Sequence[Statement]) -> list[Budget]:
    """One budget, or two where there is none for this year and something for the next."""
    found = [budget_of(reading, group) for group in by_year(reading, statements) if group]
    return [budget for budget in found if told_well(reading, budget)]


def told_well(reading: Reading, budget: Budget) -> bool:
    """Whether the money is spoken of: a sum is named, or the sentence says that it is the budget. Much else is asked
    for, approved and cut."""
    if budget.amount is not None or budget.status in BARE:
        return True
    return any(NAMED.search(evidence.text.lower()) for evidence in budget.evidence)


def by_year(reading: Reading, statements: Sequence[Statement]) -> tuple[Sequence[Statement], ...]:
    """What is said of this year and what of the next, where this year has no money."""
    now = [s for s in statements if s.means == BudgetStatus.NONE and THIS_YEAR.search(s.unit.lower)]
    then = [
        s
        for s in statements
        if s.means != BudgetStatus.NONE
        and s.mentions
        and any(NEXT_YEAR.search(u.lower) for u in (s.unit, *reading.before(s.unit, 2)))
    ]
    return (now, then) if now and then else (statements,)


def budget_of(reading: Reading, statements: Sequence[Statement]) -> Budget:
    status = holding(statements)
    chosen = [statement for statement in statements if statement.means == status]
    status = as_worded(reading, status, [statement.unit for statement in chosen])
    amount, said_at = amount_of(reading, status, chosen, statements)
    surest = max(chosen, key=lambda statement: statement.confidence)
    evidence = [statement.unit.evidence(statement.start, statement.end) for statement in chosen]
    evidence += said_at
    turn = reading.turn_of(surest.unit)
    return Budget(
        status=status,
        amount=amount,
        evidence=distinct(evidence),
        speaker=turn.speaker.id if turn.speaker else None,
        side=turn.side,
        confidence=surest.confidence,
        found_by=surest.found_by,
    )


def holding(statements: Sequence[Statement]) -> BudgetStatus:
    scores: dict[BudgetStatus, float] = {}
    for statement in statements:
        status = BudgetStatus(statement.means)
        scores[status] = max(scores.get(status, 0.0), statement.confidence)
    came_of_it: dict[BudgetStatus, float] = {
        status: score for status, score in scores.items() if status is not BudgetStatus.STATED
    }
    if came_of_it and max(came_of_it.values()) >= ENOUGH:
        scores = came_of_it
    if BudgetStatus.NONE in scores and stated_after_none(statements):
        return BudgetStatus.STATED
    best = max(scores.values())
    return max((status for status, score in scores.items() if score >= best - 0.12), key=lambda status: RANK[status])


def stated_after_none(statements: Sequence[Statement]) -> bool:
    """ "Not yet there isn't. Well, there's a placeholder of two twenty." """
    nones = [s.unit.index for s in statements if s.means == BudgetStatus.NONE]
    stated = [s.unit.index for s in statements if s.means == BudgetStatus.STATED and s.mentions]
    return bool(stated) and max(stated) > max(nones)


def amount_of(
    reading: Reading, status: BudgetStatus, chosen: Sequence[Statement], statements: Sequence[Statement]
) -> tuple[Money | None, list[Evidence]]:
    """The amount, and the sentences beside the statements that say it."""
    candidates = [
        (statement.unit, mention)
        for statement in chosen
        for mention in statement.mentions
        if isinstance(mention, Amount)
    ]
    if not candidates:
        candidates = list(nearby(reading, chosen))
    if not candidates:
        candidates = [
            (statement.unit, mention)
            for statement in statements
            for mention in statement.mentions
            if isinstance(mention, Amount)
        ]
    candidates = [*candidates, *corrections(reading, candidates)]
    current = [pair for pair in candidates if not OLD.search(pair[0].lower[: pair[1].start])] or candidates
    moneys = [(unit, money) for unit, amount in current if (money := money_of(reading, unit, amount)) is not None]
    if not moneys:
        return None, []
    put_right = [pair for pair in moneys if CORRECTED.search(pair[0].lower)]
    if put_right:
        unit, money = put_right[-1]
    elif status is BudgetStatus.REDUCED:
        left = remaining(reading, [statement.unit for statement in chosen])
        unit, money = left or min(moneys, key=lambda pair: pair[1].middle)
    else:
        unit, money = moneys[-1] if status is BudgetStatus.STATED else moneys[0]
    money = exact(reading, unit, money)
    per, echoes = bought(reading, unit, money)
    low = Decimal(0) if money.low == money.high and capped(reading, unit) else money.low
    money = Money(low=low, high=money.high, currency=money.currency, per=per)
    places = [other.evidence() for other in (*echoes, *([] if unit in [s.unit for s in chosen] else [unit]))]
    return money, places


def corrections(reading: Reading, candidates: Sequence[tuple[Unit, Amount]]) -> Iterator[tuple[Unit, Amount]]:
    """What the speaker puts right in the next breath: "the budget is eighty. Sorry, ninety." """
    for unit, _ in candidates[-1:]:
        for other in reading.after(unit, 2):
            if other.turn == unit.turn and CORRECTED.search(other.lower):
                for amount in amounts_in(reading, other):
                    yield other, amount


def exact(reading: Reading, unit: Unit, money: Money) -> Money:
    """The same amount said in full right after, where speech cut it up ("sixty-eight four" is 68,400)."""
    for other in reading.after(unit, 2):
        for amount in amounts_in(reading, other):
            if amount.explicit and money.high and abs(figure(amount) - money.high) <= money.high / 50:
                return Money(low=amount.low, high=amount.high, currency=money.currency, per=amount.per)
    return money


def capped(reading: Reading, unit: Unit) -> bool:
    """Whether words before the amount make it the most there is: "told to stay inside nineteen"."""
    return any(CAP.search(unit.lower[: amount.start]) for amount in amounts_in(reading, unit))


def nearby(reading: Reading, chosen: Sequence[Statement]) -> Iterator[tuple[Unit, Amount]]:
    """Amounts in the sentences next to the statements, the nearest first."""
    for statement in chosen:
        unit = statement.unit
        before, after = reading.before(unit, AROUND), reading.after(unit, 2)
        for distance in range(AROUND):
            for other in (*before[distance : distance + 1], *after[distance : distance + 1]):
                if not reading.turn_of(other).own:
                    continue
                found = [a for a in amounts_in(reading, other) if a.explicit or figure(a) >= 10]
                for amount in found:
                    yield other, amount
                if found:
                    return


def told(reading: Reading, unit: Unit, other: Unit) -> bool:
    """Whether a sentence beside the amount may tell what it is for: a question of the other side must be confirmed."""
    if reading.turn_of(other).speaker == reading.turn_of(unit).speaker:
        return True
    reply = next((later for later in reading.after(other, 2) if later.turn != other.turn), None)
    if reply is not None and denies(reply):
        return False
    return not is_question(reading, other) or (reply is not None and confirms(reply))


def bought(reading: Reading, unit: Unit, money: Money) -> tuple[Per, list[Unit]]:
    """What the amount is for, where the sentences around it say so, and those of them that say the amount again."""
    per, echoes = money.per, []
    if per is Per.TOTAL:
        per = asked_per(reading, unit) or per
    around = [*reversed(reading.before(unit, 2)), *reading.after(unit, ECHOES)]
    for other in around:
        again = any(
            (there := money_of(reading, other, amount)) is not None and same_figure(there, money)
            for amount in amounts_in(reading, other)
        )
        if again:
            echoes.append(other)
        if again and told(reading, unit, other):
            for amount in amounts_in(reading, other):
                there = money_of(reading, other, amount)
                if (
                    there is not None
                    and same_figure(there, money)
                    and (there.per is Per.UNIT or (there.per is not Per.TOTAL and per is Per.TOTAL))
                ):
                    per = there.per
    if per is Per.TOTAL and not WHOLE.search(unit.lower):
        if any(TOTAL.search(other.lower) for other in echoes):
            return per, echoes
        for other in reading.after(unit, FURTHER):
            if IS_PER_YEAR.match(other.lower) and told(reading, unit, other):
                return Per.YEAR, [*echoes, other]
        for other in (unit, *reading.after(unit, ECHOES)):
            if other is not unit and len(other.words) > 8 and other not in echoes:
                continue
            if not told(reading, unit, other):
                continue
            for kind, words in PER_SAID:
                if words.search(other.lower):
                    return kind, [*echoes, other]
    return per, echoes
