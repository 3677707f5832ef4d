"""Regressions: at once, or for somebody who has left, after a time in which a replacement may come."""

from __future__ import annotations

import datetime as dt

from engine import events as e
from engine.deal import Departure, Scheduled, key_of
from engine.decisions import DecisionType, iso
from engine.moves import move
from engine.parts import Regress, Rule
from engine.points import earn
from engine.step import Step, words_of
from signals import Champion, ChampionStatus, Stakeholder, StakeholderChange


def regress(step: Step, rule: Rule, what: Regress) -> None:
    """What a regression rule does on its event: move down at once, or schedule it for the person who has left."""
    if step.deal.stage >= step.pipeline.won:
        return
    body = step.event.body
    signal = body.signal if isinstance(body, e.SignalHeard) else None
    if what.after_days and isinstance(signal, Champion | Stakeholder):
        successor = signal.successor if isinstance(signal, Stakeholder) else None
        name = (signal.person if isinstance(signal, Champion) else signal.person or signal.title) or ""
        depart(step, rule, what, name, successor)
        return
    go_down(step, rule.id, what.to, what.points, f"{rule.because}{words_of(step)}")


def go_down(step: Step, rule: str, to: str | None, points: int, because: str, *, events: tuple[str, ...] = ()) -> bool:
    """Moves the deal down, never up; False where it stands at or below the target already."""
    deal, pipeline = step.deal, step.pipeline
    target = deal.stage - 1 if to is None else pipeline.index(to)
    if not 0 <= target < deal.stage or deal.stage >= pipeline.won:
        return False
    move(step, target, rule, f"{because} The deal goes back to {pipeline.stages[target].id}.", events=events, up=False)
    earn(step, rule, points)
    return True


def depart(step: Step, rule: Rule, what: Regress, name: str, successor: str | None) -> None:
    """One departure of one person costs one stage, however many signals tell it."""
    deal = step.deal
    key = key_of(name)
    person = deal.people[key]
    known = deal.departures.get(key)
    if known is not None:
        repeat(step, rule, what, key, successor)
        return
    others = any(
        p.champion is ChampionStatus.ADVOCATING and not p.left for other, p in deal.people.items() if other != key
    )
    replaced = successor is not None or (person.champion is not None and others)
    deal.departures[key] = Departure(person=name, settled=replaced)
    if replaced:
        return
    due = step.at + dt.timedelta(days=what.after_days)
    if due <= step.heard_at:
        due = step.heard_at + dt.timedelta(days=step.pipeline.departure_grace_days)
    waiting = Scheduled(
        rule=rule.id,
        key=key,
        person=name,
        role=person.role,
        due=due,
        event=step.event.id,
        events=(step.event.id,),
        points=what.points,
        to=what.to,
        champion=person.champion is not None,
    )
    deal.scheduled.append(waiting)
    there = what.to or ("one stage down")
    why = (
        f"{name} has left{words_of(step)}: unless a replacement comes, or a person stops it, the deal goes {there} "
        f"on {iso(due)}."
    )
    data = {
        "regression": step.event.id,
        "person": name,
        "role": person.role,
        "due": iso(due),
        "points": what.points,
        "to": ["rep", "manager"],
    }
    here = step.pipeline.stages[deal.stage].id
    target = what.to or (step.pipeline.stages[deal.stage - 1].id if deal.stage else None)
    step.decide(DecisionType.REGRESSION_SCHEDULED, rule.id, why, source=here, to=target, data=data, cause=step.event.id)


def repeat(step: Step, rule: Rule, what: Regress, key: str, successor: str | None) -> None:
    """A departure told again: its time runs on. It may name a successor, or tell that a champion has gone."""
    for waiting in [w for w in step.deal.scheduled if w.key == key]:
        waiting.events = (*waiting.events, step.event.id)
        if what.points < waiting.points:
            waiting.rule, waiting.points, waiting.champion = rule.id, what.points, True
        if successor is not None:
            cancel(step, waiting, f"{successor} takes over from {waiting.person}")


def look_for_replacements(step: Step) -> None:
    """Drops the scheduled regressions for whose person the event brings a replacement, or who came back."""
    deal = step.deal
    if not deal.departures:
        return
    body = step.event.body
    signal = body.signal if isinstance(body, e.SignalHeard) else None
    if isinstance(signal, Champion) and signal.status is ChampionStatus.ADVOCATING:
        key = key_of(signal.person)
        come_back(step, key, signal.person)
        for waiting in [w for w in deal.scheduled if w.champion]:
            cancel(step, waiting, f"{signal.person} now advocates")
    if isinstance(signal, Stakeholder) and signal.change is StakeholderChange.JOINED:
        name = signal.person or signal.title or ""
        come_back(step, key_of(name), name)
    if step.gained is not None:
        key, role = step.gained
        for waiting in [w for w in deal.scheduled if w.role == role and w.key != key]:
            if not deal.people[key].left:
                cancel(step, waiting, f"{deal.people[key].name} is the new {role.replace('_', ' ')}")


def come_back(step: Step, key: str, name: str) -> None:
    for waiting in [w for w in step.deal.scheduled if w.key == key]:
        cancel(step, waiting, f"{name} is back")
    step.deal.departures.pop(key, None)


def cancel(step: Step, waiting: Scheduled, because: str, *, by: str | None = None, reason: str | None = None) -> None:
    deal = step.deal
    deal.scheduled.remove(waiting)
    if waiting.key in deal.departures:
        deal.departures[waiting.key].settled = True
    why = f"{because}{words_of(step)}, so the regression that was due for {waiting.person} is dropped."
    data = {"regression": waiting.event, "person": waiting.person, "due": iso(waiting.due), "by": by, "reason": reason}
    step.decide(
        DecisionType.REGRESSION_CANCELLED, waiting.rule, why, events=waiting.events, data=data, cause=waiting.event
    )


def fall_due(step: Step, waiting: Scheduled) -> None:
    """A scheduled regression whose time has come."""
    deal = step.deal
    deal.scheduled.remove(waiting)
    if waiting.key in deal.departures:
        deal.departures[waiting.key].settled = True
    because = f"{waiting.person} has left and nobody has replaced them."
    if not go_down(step, waiting.rule, waiting.to, waiting.points, because, events=waiting.events):
        step.decide(
            DecisionType.REGRESSION_CANCELLED,
            waiting.rule,
            f"{because} There is no lower stage to go to, so the deal stays.",
            events=waiting.events,
            data={"regression": waiting.event, "person": waiting.person},
            cause=waiting.event,
        )
