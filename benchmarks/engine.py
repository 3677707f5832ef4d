"""How fast the engine folds: events a second on deals of 200 events, one more event on such a deal, memory a deal.

    python -m benchmarks.engine [--deals 200] [--rounds 3]

Beside it, where they are installed, `transitions` and `python-statemachine` do nothing but the stage changes of the
same events: what a state machine costs before it knows a gate, a rule or a reason. Figures are CPU time of one process.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import importlib
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

from engine import DecisionType, Event, Ledger, Pipeline, replay

EVENTS = 200
START = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
PEOPLE = ["Tomas Berg", "Petra Lind", "Ana Ruiz", "Olaf Stein", "Mei Chen", "Jon Page"]
ROLES = ["economic_buyer", "user", "technical", None]
ELEMENTS = ["metrics", "pain", "decision_criteria", "decision_process"]
MILESTONES = ["security_review_requested", "next_step_agreed", "procurement_engaged", "legal_review_requested"]
MOVES = (DecisionType.STAGE_ADVANCED, DecisionType.STAGE_REGRESSED)
Data = dict[str, Any]


def money(rng: random.Random) -> Data:
    figure = rng.randrange(60, 100) * 1000
    return {"low": figure, "high": figure + 5000, "currency": "USD", "per": "total"}


def happens(rng: random.Random, now: dt.datetime) -> tuple[str, Data]:
    """One event of a deal: mostly mails and calls, a quarter signals, some clocks."""
    kind = rng.choices(["mail", "call", "signal", "contact", "milestone", "document", "clock"], [8, 5, 7, 1, 1, 1, 3])[
        0
    ]
    match kind:
        case "mail":
            direction = rng.choice(["inbound", "outbound"])
            return "activity.email", {"direction": direction, "contacts": [rng.choice(PEOPLE)]}
        case "call":
            purpose = rng.choice(["discovery", "demo", "other"])
            data = {"minutes": rng.randrange(10, 60), "contacts": rng.sample(PEOPLE, 2), "purpose": purpose}
            return rng.choice(["activity.call", "activity.meeting"]), data
        case "signal":
            return "signal", {**heard(rng, now), "side": "buyer", "confidence": 0.9}
        case "contact":
            return "contact.added", {"person": rng.choice(PEOPLE), "title": rng.choice(["VP Ops", "Manager", "CFO"])}
        case "milestone":
            return "milestone", {"kind": rng.choice(MILESTONES)}
        case "document":
            return "document.sent", {"document": "proposal"}
        case _:
            return "clock", {}


def heard(rng: random.Random, now: dt.datetime) -> Data:
    person = rng.choice(PEOPLE)
    day = (now + dt.timedelta(days=rng.randrange(5, 60))).date().isoformat()
    return rng.choice(
        [
            {"type": "budget", "status": rng.choice(["stated", "pending", "approved"]), "amount": money(rng)},
            {"type": "pricing", "status": rng.choice(["quoted", "countered", "objected"]), "amount": money(rng)},
            {"type": "date", "role": rng.choice(["close", "go_live", "next_step"]), "start": day, "end": day},
            {"type": "competitor", "name": rng.choice(["Qlik", "Tableau"]), "relation": "evaluating"},
            {"type": "champion", "person": person, "status": rng.choice(["advocating", "at_risk"])},
            {"type": "stakeholder", "person": person, "change": "identified", "role": rng.choice(ROLES)},
            {"type": "qualification", "element": rng.choice(ELEMENTS)},
        ]
    )


def deal(number: int) -> list[Event]:
    """The events of one deal, the same for the same number."""
    rng, now = random.Random(number), START
    data: Data = {"name": "A deal", "account": "An account", "owner": "rep", "manager": "boss", "amount": 100000}
    data |= {"currency": "USD", "industry": "any", "size": "any", "stage": "identified", "expected_amount": 80000}
    events = [event(number, 0, now, "deal.created", data)]
    for n in range(1, EVENTS):
        now += dt.timedelta(hours=rng.randrange(1, 24))
        events.append(event(number, n, now, *happens(rng, now)))
    return events


def event(number: int, n: int, now: dt.datetime, kind: str, data: Data) -> Event:
    whole = {
        "id": f"{number}-{n}",
        "deal_id": f"D-{number}",
        "type": kind,
        "occurred_at": now.isoformat(),
        "data": data,
    }
    if kind == "signal":
        whole["evidence"] = {"conversation": "c-1", "segments": [n], "text": "the words that were said"}
    return Event.from_json(whole)


def fold(pipeline: Pipeline, events: Sequence[Event]) -> Ledger:
    ledger = Ledger(pipeline)
    for item in events:
        ledger.add(item)
    return ledger


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def append_times(pipeline: Pipeline, deals: Sequence[Sequence[Event]]) -> list[float]:
    """Milliseconds for the last event of each deal, when the other 199 are folded."""
    found = []
    for events in deals:
        ledger = fold(pipeline, events[:-1])
        start = time.perf_counter()
        ledger.add(events[-1])
        found.append((time.perf_counter() - start) * 1000)
    return found


def memory(pipeline: Pipeline, deals: Sequence[Sequence[Event]]) -> float:
    """KiB a deal: state, events' places and decisions, without the events themselves."""
    gc.collect()
    tracemalloc.start()
    kept = fold(pipeline, [item for events in deals for item in events])
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size / len(kept.records) / 1024


def stages_by_event(pipeline: Pipeline, deals: Sequence[Sequence[Event]]) -> list[list[str]]:
    """For each deal, the stage after each of its moves."""
    return [[d.to for d in replay(events, pipeline).decisions if d.type in MOVES] for events in deals]


def with_transitions(pipeline: Pipeline, moves: Sequence[Sequence[str]], count: int) -> float | None:
    """Seconds that `transitions` takes: one trigger an event, a stage change where the deal moved."""
    try:
        machine = importlib.import_module("transitions").Machine
    except ImportError:
        return None
    names = [stage.id for stage in pipeline.stages]

    class Model:
        pass

    def work() -> None:
        for stages in moves:
            model = Model()
            machine(model, states=names, initial=names[0], auto_transitions=True).add_transition("stay", "*", "=")
            for stage in stages:
                getattr(model, f"to_{stage}")()
            for _ in range(count - len(stages)):
                model.stay()  # type: ignore[attr-defined]

    return seconds(work)


def with_statemachine(pipeline: Pipeline, moves: Sequence[Sequence[str]], count: int) -> float | None:
    """The same for `python-statemachine`."""
    try:
        library = importlib.import_module("statemachine")
    except ImportError:
        return None
    names = [stage.id for stage in pipeline.stages]
    states = {name: library.State(initial=name == names[0]) for name in names}
    members: dict[str, Any] = dict(states)
    for name in names:
        others = [states[other] for other in names]
        event_to = others[0].to(states[name])
        for other in others[1:]:
            event_to |= other.to(states[name])
        members[f"to_{name}"] = event_to
    stay = states[names[0]].to.itself()
    for name in names[1:]:
        stay |= states[name].to.itself()
    members["stay"] = stay
    machine = type("Stages", (library.StateMachine,), members)

    def work() -> None:
        for stages in moves:
            model = machine()
            for stage in stages:
                model.send(f"to_{stage}")
            for _ in range(count - len(stages)):
                model.send("stay")

    return seconds(work)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--deals", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    pipeline = Pipeline.load("b2b")
    deals = [deal(number) for number in range(given.deals)]
    events = [item for one in deals for item in one]
    gc.freeze()
    rates = [len(events) / seconds(lambda: fold(pipeline, events)) for _ in range(given.rounds)]
    appended = append_times(pipeline, deals)
    decisions = sum(len(record.decisions) for record in fold(pipeline, events).records.values())
    print(f"{given.deals} deals of {EVENTS} events, {decisions / len(events):.2f} decisions an event, pipeline b2b")
    print(f"fold            {max(rates):>10,.0f} events/s (best of {given.rounds}; worst {min(rates):,.0f})")
    slow = sorted(appended)[-len(appended) // 100 - 1]
    print(f"append          {statistics.median(appended):>10.3f} ms (median; 99 % {slow:.3f})")
    print(f"memory          {memory(pipeline, deals[:20]):>10.0f} KiB a deal with its decisions")
    moves = stages_by_event(pipeline, deals)
    for name, took in (
        ("transitions", with_transitions(pipeline, moves, EVENTS)),
        ("statemachine", with_statemachine(pipeline, moves, EVENTS)),
    ):
        shown = "not installed" if took is None else f"{len(events) / took:>10,.0f} events/s, stage changes alone"
        print(f"{name:<15} {shown}")


if __name__ == "__main__":
    main()
