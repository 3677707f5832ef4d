"""The pipeline as a drawing: stages from left to right with their gates between them, ways back below, ends beside."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Pipeline
from engine.parts import Closed
from service.pages.deal.wording import plain
from service.pages.formats import count_of

__all__ = ["Box", "Diagram", "Way", "diagram_of"]

BOX, HEIGHT, GAP = 146, 66, 66
TOP, LEFT = 6, 2
BACK, LOST_BELOW = 50, 92


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    x: int
    y: int
    name: str
    second: str
    third: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A path with an arrow at its end, and what stands beside it."""

    path: str
    kind: str
    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """`lines` say the same, for readers who do not see it."""

    width: int
    height: int
    box: int
    box_height: int
    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]
    lines: tuple[str, ...]


def diagram_of(pipeline: Pipeline) -> Diagram:
    going = [stage for stage in pipeline.stages if stage.closed is None]
    back = [rule for rule in pipeline.rules if rule.regress is not None]
    step = BOX + GAP
    boxes, ways, lines = [], [], []
    for n, stage in enumerate(going):
        x = LEFT + n * step
        usual = "" if stage.min_days is None else f"{stage.min_days:f}–{stage.max_days:f} days"
        boxes.append(Box(x=x, y=TOP, name=plain(stage.id), second=f"{stage.probability} %", third=usual, kind="open"))
        end = n + 1 == len(going)
        gates = count_of(len(stage.gates), "gate")
        middle = x + BOX + GAP / 2
        ways.append(
            Way(
                path=f"M{x + BOX + 2} {TOP + HEIGHT // 2} H{x + step - 6}",
                kind="on",
                text="signed" if end else gates,
                x=middle,
                y=TOP + HEIGHT // 2 - 9,
            )
        )
        names = ", ".join(gate.id for gate in stage.gates) or "none"
        goal = plain(pipeline.stages[pipeline.won].id) if end else plain(going[n + 1].id)
        lines.append(f"{plain(stage.id)} to {goal}: gates {names}.")
        if n and any(rule.regress is not None and rule.regress.to is None for rule in back):
            before, after, y = x - GAP - BOX // 2 + 12, x + BOX // 2 - 12, TOP + HEIGHT
            ways.append(
                Way(
                    path=f"M{after} {y + 2} C{after} {y + 30} {before} {y + 30} {before} {y + 7}",
                    kind="back",
                    text="",
                    x=0,
                    y=0,
                )
            )
    x = LEFT + len(going) * step
    won, lost = pipeline.stages[pipeline.won], pipeline.stages[pipeline.lost]
    boxes.append(Box(x=x, y=TOP, name=plain(won.id), second="100 %", third="", kind="won"))
    y = TOP + HEIGHT + LOST_BELOW
    boxes.append(Box(x=x, y=y, name=plain(lost.id), second="0 %", third="", kind="lost"))
    losing = [rule.id for rule in pipeline.rules if rule.closes is Closed.LOST]
    line = y + HEIGHT // 2
    ways.append(
        Way(
            path=f"M{LEFT + BOX // 2} {line} H{x - 6}",
            kind="lost",
            text="from any stage: " + (", ".join(losing) or "by hand"),
            x=LEFT + BOX // 2 + 8,
            y=line - 8,
        )
    )
    lines.append(f"From any stage to {plain(lost.id)}: {', '.join(losing) or 'by hand'}.")
    for rule in back:
        if rule.regress is not None:
            to = "one stage back" if rule.regress.to is None else f"back to {plain(rule.regress.to)}"
            lines.append(f"{to[:1].upper()}{to[1:]}: {rule.id}.")
    if back:
        text = f"{count_of(len(back), 'rule')} move deals back"
        ways.append(Way(path="", kind="note", text=text, x=LEFT, y=TOP + HEIGHT + BACK))
    return Diagram(
        width=x + BOX + 2,
        height=y + HEIGHT + 4,
        box=BOX,
        box_height=HEIGHT,
        boxes=tuple(boxes),
        ways=tuple(ways),
        lines=tuple(lines),
    )
