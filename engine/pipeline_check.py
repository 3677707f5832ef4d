"""What a pipeline may not be, though each of its lines can be read: gates that nothing can meet, rules without effect,
loops."""

from __future__ import annotations

from engine.condition_file import can_hold
from engine.conditions import All, Condition
from engine.lines import Path
from engine.parts import Closed, Rule
from engine.pipeline import Pipeline
from engine.reader import Report
from engine.templates import fault

ALWAYS = All(())
DEPARTURES = {"signal.champion", "signal.stakeholder"}
EXCLUDED = "Its conditions exclude each other."


def check(pipeline: Pipeline, report: Report) -> None:
    check_stages(pipeline, report)
    if report.mistakes:
        return
    seen: set[str] = set()
    for n, rule in enumerate(pipeline.rules):
        if rule.id in seen:
            report.add(("rules", n, "id"), f'a second rule "{rule.id}"', "Give each rule an id of its own.")
        seen.add(rule.id)
        check_rule(pipeline, rule, n, report)
    check_loops(pipeline, report)


def check_stages(pipeline: Pipeline, report: Report) -> None:
    closed = [stage.closed for stage in pipeline.stages]
    if closed.count(Closed.WON) != 1 or closed.count(Closed.LOST) != 1:
        mend = 'Mark one stage closed = "won" and one closed = "lost".'
        report.add(("stages",), "a pipeline ends in one stage that is won and one that is lost", mend)
        return
    if closed[-2:] != [Closed.WON, Closed.LOST]:
        report.add(("stages",), "the won and the lost stage should stand last", "Put won, then lost, at the end.")
    for n, stage in enumerate(pipeline.stages):
        names: set[str] = set()
        if stage.closed is not None and stage.gates:
            report.add(("stages", n, "gates"), "a closed stage is not left by gates", "Remove its gates.")
        if stage.closed is None and not stage.gates:
            mend = "Give it at least one [[stages.gates]]."
            report.add(("stages", n), f'stage "{stage.id}" has no gate, so every deal falls through it', mend)
        for m, gate in enumerate(stage.gates):
            path = ("stages", n, "gates", m)
            if gate.id in names:
                report.add((*path, "id"), f'a second gate "{gate.id}" in one stage', "Give it an id of its own.")
            names.add(gate.id)
            if not can_hold(gate.met_by):
                report.add(
                    (*path, "met_by"), f'nothing can meet gate "{gate.id}"', "Its conditions exclude each other."
                )
        actions: set[str] = set()
        for m, action in enumerate(stage.actions):
            place = ("stages", n, "actions", m)
            if action.id in actions:
                report.add((*place, "id"), f'a second action "{action.id}" in one stage', "Give it an id of its own.")
            actions.add(action.id)
            for key, template in (("title", action.title), ("body", action.body)):
                wrong = None if template is None else fault(template)
                if wrong is not None:
                    report.add((*place, key), *wrong)
            if action.when is not None and not can_hold(action.when):
                report.add(
                    ("stages", n, "actions", m, "when"), "nothing can meet this", "Its conditions exclude each other."
                )


def check_rule(pipeline: Pipeline, rule: Rule, n: int, report: Report) -> None:
    path = ("rules", n)
    if not any(can_hold(wanted(rule), on=trigger) for trigger in rule.on):
        report.add((*path, "when"), f'rule "{rule.id}" can never fire', EXCLUDED)
    check_effects(rule, path, report)
    open_stages = pipeline.won
    if rule.advance is not None:
        source = None if rule.advance.source is None else pipeline.index(rule.advance.source)
        target = None if rule.advance.to is None else pipeline.index(rule.advance.to)
        if target is not None and target >= open_stages:
            mend = 'Use closes = "won" or closes = "lost".'
            report.add((*path, "advance"), "a rule advances only to an open stage", mend)
        elif target is not None and target <= (source or 0):
            report.add(
                (*path, "advance"), f'rule "{rule.id}" has no effect: it leads nowhere up', "Name a later stage."
            )
        elif source is not None and source >= open_stages - (target is None):
            report.add((*path, "advance"), f'rule "{rule.id}" has no effect in that stage', "Name an earlier stage.")
    if rule.regress is not None and rule.regress.to is not None:
        target = pipeline.index(rule.regress.to)
        if target >= open_stages - 1:
            mend = "Name a stage that has an open one after it."
            report.add((*path, "regress"), f'rule "{rule.id}" has no effect: no open stage stands above', mend)


def check_effects(rule: Rule, path: Path, report: Report) -> None:
    """Effects that no event the rule listens to can have."""
    listens = set(rule.on)
    needs = {"budget": "signal.budget", "close_date": "signal.date"}
    if rule.update is not None and needs[rule.update] not in listens:
        problem = f'rule "{rule.id}" has no effect: nothing it listens to tells the {rule.update}'
        report.add((*path, "update"), problem, f'Add on = ["{needs[rule.update]}"].')
    if rule.regress is not None and rule.regress.after_days and not listens <= DEPARTURES:
        problem = "only the departure of a person can wait for a replacement"
        mend = 'Remove after_days, or listen to "signal.champion" and "signal.stakeholder" alone.'
        report.add((*path, "regress", "after_days"), problem, mend)


def wanted(rule: Rule) -> Condition:
    return rule.when or ALWAYS


def check_loops(pipeline: Pipeline, report: Report) -> None:
    """One event that moves a deal up and down at once would go round for ever."""
    for n, down in enumerate(pipeline.rules):
        if down.regress is None or down.regress.after_days:
            continue
        bottom = 0 if down.regress.to is None else pipeline.index(down.regress.to)
        for up in pipeline.rules:
            if up.advance is None:
                continue
            top = pipeline.won - 1 if up.advance.to is None else pipeline.index(up.advance.to)
            both = (wanted(up), up.advance.when or ALWAYS, wanted(down))
            if top > bottom and any(can_hold(*both, on=trigger) for trigger in set(up.on) & set(down.on)):
                problem = f'a loop: one event makes "{up.id}" move a deal up and "{down.id}" move it down'
                report.add(("rules", n, "regress"), problem, "Make the conditions of the two exclude each other.")
