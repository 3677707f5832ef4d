"""Charts as plain shapes that a template writes as SVG: they need no script, print well and follow the theme.

What a chart shows also stands in the table beside it; its `label` says it in a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Bar", "Chart", "Label", "Line", "Mark", "Point", "Row", "reliability_chart", "row_chart"]

WIDTH = 460
ROW, BAR = 34, 14
LEFT, RIGHT = 122, 74
LETTERS = 17
# The square of the reliability diagram.
SIDE, PAD_LEFT, PAD_BELOW, PAD = 300, 44, 40, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`kind` is a class of the style sheet, `title` what pointing at it tells."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    x: float
    y: float
    r: float
    kind: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """`anchor` is start, middle or end, as SVG has them."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    width: int
    height: int
    label: str
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    marks: tuple[Mark, ...] = ()
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A bar with its name and figure. `behind` is a paler bar under it, `at` a stroke across (what is expected), `low`
    and `high` an interval. All are from 0 in the unit of `most`, the length of the whole."""

    name: str
    value: float
    text: str
    most: float
    behind: float | None = None
    at: float | None = None
    low: float | None = None
    high: float | None = None
    kind: str = "s1"
    title: str = ""


def row_chart(rows: Sequence[Row], label: str) -> Chart:
    """Bars below each other, each scaled to its `most`."""
    bars: list[Bar] = []
    lines: list[Line] = []
    labels: list[Label] = []
    room = WIDTH - LEFT - RIGHT
    for n, row in enumerate(rows):
        top = 6 + n * ROW
        middle = top + BAR / 2

        def along(value: float, most: float = row.most) -> float:
            return round(room * max(0.0, min(value, most)) / most, 1) if most > 0 else 0.0

        labels.append(Label(x=LEFT - 10, y=middle + 4.5, text=fitted(row.name), anchor="end", kind="name"))
        bars.append(Bar(x=LEFT, y=top, width=room, height=BAR, kind="track"))
        if row.behind is not None:
            bars.append(Bar(x=LEFT, y=top, width=along(row.behind), height=BAR, kind="behind"))
        if row.value > 0:
            bars.append(
                Bar(x=LEFT, y=top, width=max(1.5, along(row.value)), height=BAR, kind=row.kind, title=row.title)
            )
        if row.low is not None and row.high is not None:
            x1, x2 = LEFT + along(row.low), LEFT + along(row.high)
            lines.append(Line(x1=x1, y1=middle, x2=x2, y2=middle, kind="interval"))
            lines.extend(Line(x1=x, y1=middle - 4, x2=x, y2=middle + 4, kind="interval") for x in (x1, x2))
        if row.at is not None:
            x = LEFT + along(row.at)
            lines.append(Line(x1=x, y1=top - 4, x2=x, y2=top + BAR + 4, kind="expected"))
        labels.append(Label(x=WIDTH - RIGHT + 8, y=middle + 4.5, text=row.text, kind="figure"))
    return Chart(
        width=WIDTH,
        height=max(1, len(rows)) * ROW,
        label=label,
        bars=tuple(bars),
        lines=tuple(lines),
        labels=tuple(labels),
    )


def fitted(name: str) -> str:
    return name if len(name) <= LETTERS else name[: LETTERS - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A bin: what was forecast and what came of it, from 0 to 1, with its interval; `weight` is its share of all."""

    forecast: float
    came: float
    low: float
    high: float
    weight: float
    title: str


def reliability_chart(points: Sequence[Point], label: str) -> Chart:
    """What was said across, what came of it upwards: on the diagonal the probabilities are right."""
    left, bottom = PAD_LEFT, PAD + SIDE

    def x(value: float) -> float:
        return round(left + SIDE * value, 1)

    def y(value: float) -> float:
        return round(bottom - SIDE * value, 1)

    lines = [Line(x1=x(0), y1=y(0), x2=x(1), y2=y(1), kind="diagonal")]
    labels = []
    for step in (0, 0.25, 0.5, 0.75, 1):
        lines.append(Line(x1=x(0), y1=y(step), x2=x(1), y2=y(step), kind="rule"))
        labels.append(Label(x=left - 8, y=y(step) + 4.5, text=f"{step:.0%}", anchor="end"))
        labels.append(Label(x=x(step), y=bottom + 18, text=f"{step:.0%}", anchor="middle"))
    labels.append(Label(x=x(0.5), y=bottom + 36, text="probability that was given", anchor="middle", kind="name"))
    labels.append(Label(x=left + 8, y=PAD + 14, text="share that was won", kind="name"))
    marks = []
    for point in points:
        at = x(point.forecast)
        lines.append(Line(x1=at, y1=y(point.low), x2=at, y2=y(point.high), kind="interval"))
        radius = round(4 + 8 * point.weight**0.5, 1)
        marks.append(Mark(x=at, y=y(point.came), r=radius, kind="s1", title=point.title))
    return Chart(
        width=left + SIDE + 24,
        height=bottom + PAD_BELOW,
        label=label,
        lines=tuple(lines),
        marks=tuple(marks),
        labels=tuple(labels),
    )
