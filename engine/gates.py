"""Which gates are met, and what that tells: the ones of the stage are what a deal needs to leave it forward."""

from __future__ import annotations

from engine.conditions import explain
from engine.deal import Topic
from engine.decisions import DecisionType
from engine.step import Step, words_of

GATES = "gates"


def look_at_gates(step: Step) -> None:
    """Looks again at the gates that the touched topics can change."""
    deal, pipeline = step.deal, step.pipeline
    met, event = deal.gates, step.event
    for n, test in pipeline.gates_touched(deal.touched):
        holds = bool(test(deal, event))
        if holds is met[n]:
            continue
        met[n] = holds
        deal.touched |= Topic.GATES
        stage, gate = pipeline.gates[n]
        name = pipeline.stages[stage].id
        reasons = "; ".join(explain(gate.met_by, deal, event).reasons())
        data = {"stage": name, "gate": gate.id, "because": reasons}
        if holds:
            why = f"Gate {gate.id} of {name} is met: {gate.because}{words_of(step)}"
            before, kind = deal.gate_events[n], DecisionType.GATE_MET
            deal.gate_events[n] = step.cause()
            if stage == deal.stage:
                deal.waits_for_gate = False
        else:
            why = f"Gate {gate.id} of {name} is no longer met: {reasons}.{words_of(step)}"
            before, kind = deal.gate_events[n], DecisionType.GATE_LOST
            deal.gate_events[n] = ""
        events = (before,) if before and kind is DecisionType.GATE_LOST else ()
        step.decide(kind, GATES, why, source=not holds, to=holds, events=events, data=data, cause=(name, gate.id))


def missing_gates(step: Step, stage: int) -> tuple[str, ...]:
    """The gates of a stage that are open, in the order of the file."""
    begin, end = step.pipeline.gate_span[stage]
    met = step.deal.gates
    return tuple(step.pipeline.gates[n][1].id for n in range(begin, end) if not met[n])


def all_met(step: Step, stage: int) -> bool:
    begin, end = step.pipeline.gate_span[stage]
    return all(step.deal.gates[begin:end])


def gate_events(step: Step, stage: int) -> tuple[str, ...]:
    """The events that met the gates of a stage: what an advance rests on."""
    begin, end = step.pipeline.gate_span[stage]
    return tuple(event for event in step.deal.gate_events[begin:end] if event)
