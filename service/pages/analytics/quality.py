"""How right things were: probabilities, close dates, the reading; why deals are lost, and who went round the rules."""

from __future__ import annotations

from service.flows import analytics
from service.flows.deal_paths import EXCEPTIONS
from service.flows.signal_precision import precision
from service.pages.analytics.charts import Point, Row, reliability_chart, row_chart
from service.pages.analytics.sheet import Cell, Look, Section, Sheet, days, most_of, rate, text, whole
from service.pages.deal.wording import plain
from service.pages.formats import count_of

__all__ = ["calibration", "close_dates", "exceptions", "losses", "signal_precision"]


def calibration(look: Look) -> Section:
    found = analytics.calibration(look.context, look.connection, look.scope, look.days)
    filled = [b for b in found.bins if b.forecast is not None and b.won is not None]
    points = [
        Point(
            forecast=(b.forecast or 0) / 100,
            came=b.won or 0,
            low=b.won_low,
            high=b.won_high,
            weight=b.count / found.forecasts,
            title=f"{b.low} to {b.high} %: {count_of(b.count, 'forecast')}, {b.won:.0%} won",
        )
        for b in filled
    ]
    said = "No deal that was given a probability has been closed in this time."
    if found.brier is not None:
        over = count_of(found.forecasts, "forecast")
        said = f"Over {over} the Brier score is {found.brier:.3f}: 0 is perfect, 0.25 a coin."
    return Section(
        id="calibration",
        said=said,
        note="What deals were given on entering a stage, and what became of them. On the diagonal, what was said came.",
        bare="A probability can be judged when its deal is won or lost.",
        chart=reliability_chart(points, said) if points else None,
        sheet=Sheet(
            columns=(
                ("Probability", False),
                ("Forecasts", True),
                ("Mean", True),
                ("Won", True),
                ("95 % from", True),
                ("to", True),
            ),
            rows=tuple(
                (
                    Cell(text=f"{b.low} to {b.high} %", raw=f"{b.low}-{b.high}"),
                    whole(b.count),
                    rate((b.forecast or 0) / 100),
                    rate(b.won),
                    rate(b.won_low),
                    rate(b.won_high),
                )
                for b in filled
            ),
        ),
    )


DATE_NAMES = {
    "stated": "Buyer's date",
    "automatic": "Automatic date",
    "rep": "Rep's date",
    "original": "First date",
}


def close_dates(look: Look) -> Section:
    found = [e for e in analytics.date_errors(look.context, look.connection, look.scope, look.days) if e.deals]
    top = most_of(e.size or 0 for e in found)
    rows = [
        Row(name=DATE_NAMES[e.name], value=e.size or 0, text=f"{e.size or 0:.0f} days", most=top, kind="s3")
        for e in found
    ]
    best = min(found, key=lambda e: e.size or 0, default=None)
    said = "No deal with a close date has been closed in this time."
    if best is not None:
        said = f"The nearest was the {DATE_NAMES[best.name].lower()}: {best.size or 0:.0f} days off in the mean."
    return Section(
        id="close-dates",
        said=said,
        note="How many days each kind of date was from the real close.",
        bare="Dates are compared when deals close.",
        chart=row_chart(rows, said) if rows else None,
        sheet=Sheet(
            columns=(("Date", False), ("Deals", True), ("Mean days off", True), ("Too late by (+) or early (−)", True)),
            rows=tuple(
                (Cell(text=DATE_NAMES[e.name], raw=e.name), whole(e.deals), days(e.size), days(e.bias)) for e in found
            ),
        ),
    )


def losses(look: Look) -> Section:
    found = analytics.loss_reasons(look.context, look.connection, look.scope, look.days)
    top = most_of(times for _, times in found)
    rows = [Row(name=plain(reason), value=times, text=f"{times:,}", most=top, kind="s4") for reason, times in found]
    said = "No deal was lost in this time."
    if found:
        said = f"The commonest reason: {found[0][0]}, {count_of(found[0][1], 'deal')}."
    return Section(
        id="losses",
        said=said,
        note="As it was told when the deal was lost.",
        bare="Reasons come with lost deals.",
        chart=row_chart(rows, said) if rows else None,
        sheet=Sheet(
            columns=(("Reason", False), ("Deals", True)),
            rows=tuple((text(reason), whole(times)) for reason, times in found),
        ),
    )


def signal_precision(look: Look) -> Section:
    """Reviews have no owner: they count for all."""
    found = precision(look.context)
    types = [(name, each) for name, each in found["types"].items() if each["reviewed"]]
    rows = [
        Row(
            name=plain(name),
            value=each["precision"],
            text=f"{each['precision']:.0%} of {each['reviewed']:,}",
            most=1.0,
            low=each["low"],
            high=each["high"],
            kind="s3",
        )
        for name, each in types
    ]
    everything = found["all"]
    said = "Nobody has reviewed a signal yet."
    if everything["reviewed"]:
        said = (
            f"Of {count_of(everything['reviewed'], 'signal')} that people looked at, {everything['precision']:.0%} "
            f"were right as they were read."
        )
    return Section(
        id="precision",
        said=said,
        note=(
            "By all reviews that stand, whenever they were and whose deals they are of, with the interval at 95 %. "
            "People look at doubtful ones more often."
        ),
        bare="Review signals in the inbox, and this shows how often the reading is right.",
        chart=row_chart(rows, said) if rows else None,
        sheet=Sheet(
            columns=(
                ("Type", False),
                ("Reviewed", True),
                ("Right", True),
                ("Corrected", True),
                ("Dismissed", True),
                ("Precision", True),
                ("95 % from", True),
                ("to", True),
            ),
            rows=tuple(
                (
                    Cell(text=plain(name), raw=name),
                    whole(each["reviewed"]),
                    whole(each["right"]),
                    whole(each["corrected"]),
                    whole(each["dismissed"]),
                    rate(each["precision"]),
                    rate(each["low"]),
                    rate(each["high"]),
                )
                for name, each in types
            ),
        ),
    )


KINDS = (*EXCEPTIONS, "signal dismissed")


def exceptions(look: Look) -> Section:
    people: dict[str, dict[str, int]] = {}
    for each in analytics.exceptions(look.connection, look.scope):
        people.setdefault(each.who, {})[each.name] = each.times
    order = sorted(people, key=lambda who: (-sum(people[who].values()), who))
    top = most_of(sum(kinds.values()) for kinds in people.values())
    rows = [
        Row(name=who, value=sum(people[who].values()), text=f"{sum(people[who].values()):,}", most=top, kind="s6")
        for who in order[:12]
    ]
    said = "Nobody has gone round the rules."
    if order:
        times = sum(people[order[0]].values())
        said = f"Most often by {order[0]}: {count_of(times, 'exception')}."
    return Section(
        id="exceptions",
        said=said,
        note=(
            "At any time: stages set by hand, approved skips, signatures with gates open, regressions stopped, signals "
            "dismissed."
        ),
        bare="Overrides, approved skips and dismissals will stand here.",
        chart=row_chart(rows, said) if rows else None,
        sheet=Sheet(
            columns=(("Person", False), *((plain(kind), True) for kind in KINDS)),
            rows=tuple((text(who), *(whole(people[who].get(kind, 0)) for kind in KINDS)) for who in order),
        ),
    )
