"""What is noted of a deal without moving it: the budget, the close date, a signature that was declined."""

from __future__ import annotations

from engine import close_date
from engine.decisions import DecisionType
from engine.events import DocumentKind, EsignDeclined, SignalHeard
from engine.parts import Rule
from engine.step import Step, words_of
from signals import Budget, KeyDate, Money


def shown(money: Money) -> str:
    low, high = (None if figure is None else f"{figure:,f}" for figure in (money.low, money.high))
    figure = low if low == high else f"{low or 'up'} to {high or 'open'}"
    return f"{figure} {money.currency}" + ("" if money.per == "total" else f" a {money.per}")


def update_budget(step: Step, rule: Rule) -> None:
    """The budget field takes the amount that was told."""
    deal = step.deal
    signal = step.event.body.signal if isinstance(step.event.body, SignalHeard) else None
    if not isinstance(signal, Budget) or signal.amount is None:
        return
    before = deal.budget_field
    now: dict[str, object] = {"status": signal.status.value, "amount": signal.amount.to_json()}
    if before == now:
        return
    deal.budget_field = now
    why = f"{rule.because} It is {shown(signal.amount)} ({signal.status.value}).{words_of(step)}"
    step.decide(
        DecisionType.FIELD_UPDATED,
        rule.id,
        why,
        source=before,
        to=now,
        data={"field": "budget"},
        cause=("budget", str(now)),
    )


def update_close_date(step: Step, rule: Rule) -> None:
    signal = step.event.body.signal if isinstance(step.event.body, SignalHeard) else None
    if isinstance(signal, KeyDate) and step.deal.stage < step.pipeline.won:
        close_date.state_day(step, signal.period.end, rule.id, rule.because)


def signature_declined(step: Step, body: EsignDeclined) -> None:
    alert = step.pipeline.alerts.esign_declined
    if step.deal.stage >= step.pipeline.won or step.deal.paused_at is not None:
        return
    what = "contract" if body.document is DocumentKind.CONTRACT else body.document.value
    step.decide(
        DecisionType.ALERT,
        "alert.esign_declined",
        f"The signature of the {what} was declined. {alert.suggest}",
        data={"to": list(alert.to), "suggest": alert.suggest, "envelope": body.envelope},
        cause=("esign_declined", step.event.id),
    )
