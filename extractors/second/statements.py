"""Statements as the learned reader has them: for each family the meaning that it finds likeliest of each thing, where
that is likely at all. They go through the family's own resolving step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.amounts import Amount
from extractors.companies import Company
from extractors.competitors.names import alternatives_in
from extractors.reading import Reading, Unit
from extractors.second.opinion import NEVER, Opinion, probability
from extractors.slots import amounts_in, periods_in
from extractors.statement import Statement
from extractors.who import Who, speaker_of, who_in
from signals import (
    BudgetStatus,
    ChampionStatus,
    DateRole,
    Element,
    MilestoneKind,
    PricingStatus,
    Relation,
    Side,
    StakeholderChange,
    StakeholderRole,
)

__all__ = ["FOUND_BY", "LEARNED"]

FOUND_BY = "the learned reader"
# Log odds from which a meaning is worth weighing, and how far below the surest place others still are evidence.
LIKELY = -1.7
CLOSE = 1.0
SURE = 0.0
# A person's part may be told so many sentences after the name.
REACH = 3


def statement(family: str, unit: Unit, means: str, odds: float, mentions: tuple[object, ...] = ()) -> Statement:
    return Statement(
        unit=unit,
        means=means,
        start=0,
        end=len(unit.text),
        mentions=mentions,  # type: ignore[arg-type]
        found_by=f"{family}: {FOUND_BY}",
        confidence=round(probability(odds), 4),
        weighed=True,
    )


def asked(reading: Reading, opinion: Opinion) -> list[Unit]:
    """The units that the reader has an opinion of, in order."""
    return [reading.units[index] for index in sorted(opinion.units)]


def amount_of(reading: Reading, opinion: Opinion, unit: Unit, label: str) -> tuple[Amount, ...]:
    """The unit's amount that is likeliest the one meant, if any is likely."""
    scored = [(opinion.mark(unit.index, a.start, a.end, label), a) for a in amounts_in(reading, unit)]
    odds, amount = max(scored, key=lambda pair: pair[0], default=(NEVER, None))
    return (amount,) if amount is not None and odds > 2 * LIKELY else ()


def budget(reading: Reading, opinion: Opinion) -> Iterator[Statement]:
    """Of the likeliest status only."""
    odds = {
        (unit.index, status): opinion.unit(unit.index, f"budget.{status}")
        for unit in asked(reading, opinion)
        for status in BudgetStatus
    }
    if not odds or (best := max(odds.values())) < LIKELY:
        return
    likeliest = max(odds, key=lambda key: odds[key])[1]
    for unit in asked(reading, opinion):
        if odds[unit.index, likeliest] >= best - CLOSE:
            amount = amount_of(reading, opinion, unit, f"budget.{likeliest}")
            yield statement("budget", unit, likeliest, odds[unit.index, likeliest], amount)


def pricing(reading: Reading, opinion: Opinion) -> Iterator[Statement]:
    for unit in asked(reading, opinion):
        for status in PricingStatus:
            odds = opinion.unit(unit.index, f"pricing.{status}")
            if odds >= LIKELY:
                amount = amount_of(reading, opinion, unit, f"pricing.{status}")
                yield statement("pricing", unit, status, odds, amount)


def date(reading: Reading, opinion: Opinion) -> Iterator[Statement]:
    for unit in asked(reading, opinion):
        for period in periods_in(reading, unit):
            scored = [(opinion.mark(unit.index, period.start, period.end, f"date.{role}"), role) for role in DateRole]
            odds, role = max(scored)
            if odds >= LIKELY and not period.past:
                yield statement("date", unit, role, odds, (period,))


def competitor(reading: Reading, opinion: Opinion) -> Iterator[Statement]:
    """Of each company its likeliest relation, where it is likeliest."""
    best: dict[str, tuple[float, Relation, Unit, Company]] = {}
    for unit in asked(reading, opinion):
        for company in alternatives_in(reading, unit):
            assert isinstance(company, Company)
            for relation in Relation:
                odds = opinion.mark(unit.index, company.start, company.end, f"competitor.{relation}")
                if odds >= LIKELY and (company.name not in best or best[company.name][0] < odds):
                    best[company.name] = (odds, relation, unit, company)
    for odds, likeliest, unit, company in best.values():
        yield statement("competitor", unit, likeliest, odds, (company,))
        told = max(
            [unit, *reading.before(unit, 1), *reading.after(unit, 2)],
            key=lambda near: opinion.unit(near.index, f"competitor.{likeliest}"),
        )
        if told is not unit and opinion.unit(told.index, f"competitor.{likeliest}") > SURE:
            yield statement("competitor", told, likeliest, odds, (company,))


@dataclass(frozen=True, slots=True)
class Told:
    """The likeliest thing told of a person: its log odds, where it is told, and where `who` is named."""

    odds: float
    label: str
    unit: Unit
    who: Who
    named: Unit


def people(reading: Reading, opinion: Opinion, labels: Sequence[str]) -> list[Told]:
    """Of each person the likeliest of the labels. The name tells of whom, the sentence, which may come a little later,
    what; both are weighed alike."""
    best: dict[str, Told] = {}
    own = asked(reading, opinion)
    for unit in own:
        named = [who for who in who_in(reading, unit) if isinstance(who, Who)]
        speaker = speaker_of(reading, unit) if reading.side_of(unit) is not Side.SELLER else None
        for who in (*named, *([speaker] if speaker is not None else [])):
            for label in labels:
                of_whom = opinion.mark(unit.index, who.start, who.end, label)
                if of_whom <= NEVER and not who.pronoun:
                    continue
                places = [unit] if who is speaker else [unit, *reading.after(unit, REACH)]
                what, place = max(
                    ((opinion.unit(near.index, label), near) for near in places), key=lambda pair: pair[0]
                )
                odds = what - CLOSE if who.pronoun else (of_whom + what) / 2
                if odds >= LIKELY and (who.key not in best or best[who.key].odds < odds):
                    best[who.key] = Told(odds, label, place, who, unit)
    return list(best.values())


SHOWN = {
    ChampionStatus.ADVOCATING: ("acts",),
    ChampionStatus.AT_RISK: ("advocate", "weakened"),
    ChampionStatus.LOST: ("withdraws",),
}


def champion(reading: Reading, opinion: Opinion) -> Iterator[Statement]:
    for told in people(reading, opinion, [f"champion.{status}" for status in ChampionStatus]):
        if told.who.person:
            for shows in SHOWN[ChampionStatus(told.label.split(".")[1])]:
                yield statement("champion", told.unit, shows, told.odds, (told.who,))


def stakeholder(reading: Reading, opinion: Opinion) -> Iterator[Statement]:
    for told in people(reading, opinion, [f"stakeholder.{change}" for change in StakeholderChange]):
        change = told.label.split(".")[1]
        odds, role = max((part(opinion, told, role), role) for role in StakeholderRole)
        means = f"{change}:{role}" if odds > SURE - CLOSE else change
        yield statement("stakeholder", told.unit, means, told.odds, (told.who,))


def part(opinion: Opinion, told: Told, role: StakeholderRole) -> float:
    """The log odds that the person has the role: the name tells of whom, the sentence what."""
    what = opinion.unit(told.unit.index, f"role.{role}")
    of_whom = opinion.mark(told.named.index, told.who.start, told.who.end, f"role.{role}")
    return what if of_whom <= NEVER else (of_whom + what) / 2


def qualification(reading: Reading, opinion: Opinion) -> Iterator[Statement]:
    for unit in asked(reading, opinion):
        for element in Element:
            odds = opinion.unit(unit.index, f"qualification.{element}")
            if odds >= LIKELY / 2:
                yield statement("qualification", unit, element, odds)


def milestone(reading: Reading, opinion: Opinion) -> Iterator[Statement]:
    own = asked(reading, opinion)
    for kind in MilestoneKind:
        odds = {unit.index: opinion.unit(unit.index, f"milestone.{kind}") for unit in own}
        best = max(odds.values(), default=NEVER)
        for unit in own:
            if odds[unit.index] >= max(LIKELY, best - CLOSE):
                yield statement("milestone", unit, kind, odds[unit.index])


LEARNED = {
    "budget": budget,
    "pricing": pricing,
    "date": date,
    "competitor": competitor,
    "champion": champion,
    "stakeholder": stakeholder,
    "qualification": qualification,
    "milestone": milestone,
}
