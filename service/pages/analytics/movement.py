"""How deals move: time in stages, the funnel, what stalls, and what is to be expected."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from service.flows import analytics
from service.pages.analytics.charts import Row, row_chart
from service.pages.analytics.sheet import A_PAGE, Cell, Look, Section, Sheet, days, money, most_of, rate, whole
from service.pages.deal.wording import deal_url, plain, short_money
from service.pages.formats import count_of

__all__ = ["conversion", "forecast", "stalls", "velocity"]


def velocity(look: Look) -> Section:
    found = analytics.velocity(look.context, look.connection, look.scope, look.days)
    measured = [f for f in found.stages if f.median_days is not None]
    longest = most_of(max(f.median_days or 0, f.expected_days or 0) for f in found.stages)
    rows = [
        Row(
            name=plain(f.stage),
            value=f.median_days or 0,
            text="–" if f.median_days is None else in_days(f.median_days),
            most=longest,
            at=f.expected_days,
            kind="s2" if f.stage == found.bottleneck and (f.median_days or 0) > (f.expected_days or 0) else "s1",
            title=f"{plain(f.stage)}: {days(f.median_days).text} days, {days(f.expected_days).text} expected",
        )
        for f in found.stages
    ]
    neck = next((f for f in found.stages if f.stage == found.bottleneck), None)
    if neck is None:
        said = "No stay in a stage has ended yet in this time."
    else:
        spent, wanted = neck.median_days or 0, neck.expected_days or 0
        said = f"{plain(neck.stage)}: deals stay {in_days(spent)} there, where {wanted:.0f} are expected."
        slow = spent > wanted
        said = (
            f"The bottleneck is {said}" if slow else f"No stage takes longer than expected. The nearest to it is {said}"
        )
    won = [f"{short_money(Decimal(round(sum_)), currency)} a day" for currency, sum_ in found.money_per_day.items()]
    if won:
        said += f" Won: {', '.join(won)}."
    return Section(
        id="velocity",
        said=said,
        note="Median days of stays that ended; the stroke is what the pipeline expects.",
        bare="A stage's time is known once a deal has left it.",
        chart=row_chart(rows, said) if measured else None,
        sheet=Sheet(
            columns=(
                ("Stage", False),
                ("Entered", True),
                ("There now", True),
                ("Median days", True),
                ("Mean days", True),
                ("Expected days", True),
                ("Moved on", True),
                ("Fell back", True),
                ("Lost", True),
                ("Stalled", True),
            ),
            rows=tuple(
                (
                    Cell(text=plain(f.stage), raw=f.stage),
                    whole(f.entered),
                    whole(f.open),
                    days(f.median_days),
                    days(f.mean_days),
                    days(f.expected_days),
                    rate(f.advanced),
                    rate(f.regressed),
                    rate(f.lost),
                    whole(f.stalled),
                )
                for f in found.stages
                if f.entered
            ),
        ),
    )


def in_days(value: float) -> str:
    """In whole days, as a sentence has them."""
    return "under a day" if value < 0.5 else count_of(round(value), "day")


def conversion(look: Look) -> Section:
    steps = analytics.conversion(look.context, look.connection, look.scope, look.days).steps
    all_deals = steps[0].deals if steps else 0
    rows = [
        Row(
            name=plain(step.stage),
            value=step.deals,
            text=f"{step.deals:,}" + (f" · {step.of_all:.0%}" if step.of_all is not None else ""),
            most=most_of([all_deals]),
            title=f"{plain(step.stage)}: {count_of(step.deals, 'deal')}",
        )
        for step in steps
    ]
    worst = min((s for s in steps if s.of_before is not None), key=lambda s: s.of_before or 0, default=None)
    said = "No deal was created in this time."
    if worst is not None:
        before, done = steps[steps.index(worst) - 1], steps[-1].deals
        won = "none was" if not done else "1 was" if done == 1 else f"{done:,} were"
        said = (
            f"Of {count_of(all_deals, 'deal')} {won} won. The fewest go on from "
            f"{plain(before.stage)} to {plain(worst.stage)}: {worst.of_before:.0%}."
        )
    return Section(
        id="conversion",
        said=said,
        note="Deals created in this time that came as far as a stage or beyond. Open ones may still come further.",
        bare="The funnel fills with the first deals.",
        chart=row_chart(rows, said) if all_deals else None,
        sheet=Sheet(
            columns=(
                ("Stage", False),
                ("Reached", True),
                ("Of those before", True),
                ("Of all", True),
                ("Won since", True),
                ("Lost since", True),
                ("Win rate", True),
                ("95 % from", True),
                ("to", True),
            ),
            rows=tuple(
                (
                    Cell(text=plain(s.stage), raw=s.stage),
                    whole(s.deals),
                    rate(s.of_before),
                    rate(s.of_all),
                    whole(s.won),
                    whole(s.lost),
                    rate(s.win_rate),
                    rate(s.low if s.win_rate is not None else None),
                    rate(s.high if s.win_rate is not None else None),
                )
                for s in steps
                if all_deals
            ),
        ),
    )


def stalls(look: Look) -> Section:
    skip = look.skip or 0
    most = None if look.skip is None else A_PAGE
    found = analytics.stalls(look.context, look.connection, look.scope, most=most, skip=skip)
    end = skip + len(found.deals)
    top = most_of(found.by_stage.values())
    rows = [
        Row(name=plain(stage), value=times, text=f"{times:,}", most=top, kind="s2")
        for stage, times in sorted(found.by_stage.items(), key=lambda item: look.context.pipeline.index(item[0]))
    ]
    said = "No open deal has been in its stage for too long."
    if found.count:
        far = "is" if found.count == 1 else "are"
        said = f"{count_of(found.count, 'open deal')} {far} in the same stage longer than the first alert allows."
    return Section(
        id="stalls",
        said=said,
        note="As it is now, however far back is looked. The furthest beyond what their stage allows come first.",
        bare="That is good news: nothing stalls.",
        chart=row_chart(rows, said) if rows else None,
        sheet=Sheet(
            columns=(
                ("Deal", False),
                ("Stage", False),
                ("Owner", False),
                ("Days there", True),
                ("Days allowed", True),
            ),
            rows=tuple(
                (
                    Cell(text=each.account or each.name or each.deal, raw=each.deal, url=deal_url(each.deal)),
                    Cell(text=plain(each.stage), raw=each.stage),
                    Cell(text=each.owner or "–", raw=each.owner),
                    days(each.days),
                    days(each.limit),
                )
                for each in found.deals
            ),
            shown=f"{skip + 1:,} to {end:,} of {found.count:,}" if found.deals else "",
            first=0 if skip else None,
            next=end if found.deals and end < found.count else None,
        ),
    )


def forecast(look: Look) -> Section:
    months = analytics.forecast(look.context, look.connection, look.scope)
    worth = [m for m in months if m.amount]
    top = {m.currency: most_of(o.amount for o in worth if o.currency == m.currency) for m in worth}
    several = len(top) > 1
    rows = [
        Row(
            name=month_name(m.month, m.past) + (f" {m.currency}" if several and m.currency else ""),
            value=m.weighted,
            text=short_money(Decimal(round(m.weighted)), None),
            most=top[m.currency],
            behind=m.amount,
            low=m.low,
            high=m.high,
            kind="s5" if m.past or m.month is None else "s1",
            title=f"{money(m.weighted, m.currency).text} of {money(m.amount, m.currency).text}",
        )
        for m in worth[:14]
    ]
    sums: dict[str | None, float] = {}
    for m in months:
        sums[m.currency] = sums.get(m.currency, 0.0) + m.weighted
    named = [money(total, currency).text for currency, total in sums.items() if total]
    said = (
        f"Open deals are worth {', '.join(named)}, weighted by their probability."
        if named
        else "No open deal has an amount."
    )
    return Section(
        id="forecast",
        said=said,
        note=(
            "As it is now. By the month of the close date: the whole amount pale, the weighted one full, and where it "
            "lies in four of five cases if deals are won independently of each other."
        ),
        bare="A deal counts here once its amount is known.",
        chart=row_chart(rows, said) if rows else None,
        sheet=Sheet(
            columns=(
                ("Month", False),
                ("Currency", False),
                ("Deals", True),
                ("Amount", True),
                ("Weighted", True),
                ("80 % from", True),
                ("to", True),
            ),
            rows=tuple(
                (
                    Cell(text=month_name(m.month, m.past), raw=None if m.month is None else f"{m.month:%Y-%m}"),
                    Cell(text=m.currency or "–", raw=m.currency),
                    whole(m.deals),
                    money(m.amount, None),
                    money(m.weighted, None),
                    money(m.low, None),
                    money(m.high, None),
                )
                for m in months
            ),
        ),
    )


def month_name(month: dt.date | None, past: bool) -> str:
    if month is None:
        return "No date"
    return f"{month:%b %Y}" + (" (past)" if past else "")
