"""What another version of the pipeline would have made of a workspace's stored history: some deals at a time, so that
one can see how far it is, and no history is too long."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.flows.context import Context
from service.flows.fold import creation_first
from service.flows.review_errors import UnknownError
from service.store import events, pipelines
from service.store.pipelines import StoredVersion

if TYPE_CHECKING:
    from engine import Event, Pipeline

__all__ = ["backtest_version", "checked", "draft_version"]

log = logging.getLogger(__name__)

Json = dict[str, Any]

LONGEST = 200_000
A_STEP = 25
# What is kept of very long lists; counts are exact.
MOST_DIFFERENCES, MOST_REFUSED = 5000, 50


def checked(text: str) -> Pipeline:
    """Raises PipelineError, which names each mistake with its line and its mend."""
    from engine import Pipeline, PipelineError
    from engine.errors import Mistake

    if len(text) > LONGEST or "\x00" in text:
        mend = f"Write at most {LONGEST} characters, and none that is NUL."
        mistake = Mistake(line=1, field="the file", problem="this is too long or holds a NUL character", mend=mend)
        raise PipelineError("your copy", (mistake,))
    return Pipeline.from_text(text, source="your copy")


def draft_version(context: Context, text: str, *, by: str) -> UUID:
    """Kept as a version that nobody follows. Raises PipelineError."""
    pipeline = checked(text)
    id = context.new_id()
    with context.database.begin() as connection:
        version = StoredVersion(
            id=id, name=pipeline.name, version=pipeline.version, text=text, made_by=by, made_at=context.now()
        )
        pipelines.add(connection, context.workspace, version)
    return id


@dataclass(slots=True)
class Sums:
    """What was found so far. Pairs are the present pipeline's and the other's."""

    deals: int = 0
    differences: list[Json] = field(default_factory=list)
    count: int = 0
    moves: dict[str, list[int]] = field(default_factory=dict)
    stages: dict[str, list[int]] = field(default_factory=dict)
    alerts: list[int] = field(default_factory=lambda: [0, 0])
    errors: list[list[tuple[float, bool]]] = field(default_factory=lambda: [[], []])
    sooner: int = 0
    later: int = 0
    refused: list[str] = field(default_factory=list)

    def to_json(self, labels: tuple[str, str]) -> Json:
        from engine.calibrate import brier

        scores = [brier(pairs) for pairs in self.errors]
        return {
            "pipelines": list(labels),
            "deals": self.deals,
            "differing": self.count,
            "differences": self.differences,
            "moves": dict(sorted(self.moves.items())),
            "stages": self.stages,
            "alerts": self.alerts,
            "brier": [None if score is None else round(score, 4) for score in scores],
            "sooner": self.sooner,
            "later": self.later,
            "refused": self.refused,
        }


def backtest_version(context: Context, id: UUID) -> None:
    """Raises UnknownError. Whatever else goes wrong is told with the version, for whoever waits for it."""
    workspace = context.workspace
    with context.database.connect() as connection:
        version = pipelines.get(connection, workspace, id)
        total = pipelines.count_deals(connection, workspace)
    if version is None:
        raise UnknownError("version of the pipeline", str(id))
    tell(context, id, state="testing", deals_done=0, deals_all=total, result=None, error=None)
    try:
        other = checked(version.text)
        sums = Sums()
        for some in histories(context):
            compare(sums, some, context.pipeline, other)
            tell(context, id, deals_done=sums.deals)
        result = sums.to_json((context.pipeline.label, other.label))
    except Exception as error:
        log.exception("a backtest failed")
        tell(context, id, state="failed", error=f"{type(error).__name__}: {error}"[:500])
        raise
    tell(context, id, state="tested", deals_done=sums.deals, tested_at=context.now(), result=result)


def tell(context: Context, id: UUID, **values: Any) -> None:
    with context.database.begin() as connection:
        pipelines.set_test(connection, context.workspace, id, **values)


def histories(context: Context) -> Iterator[list[list[Event]]]:
    """The deals' events, some deals at a time, each deal's in the order in which the service folds them."""
    from engine import Event

    after: str | None = None
    while True:
        with context.database.connect() as connection:
            names = pipelines.deals_after(connection, context.workspace, after, A_STEP)
            some = [
                creation_first(
                    [Event.from_json(e.content) for e in events.of_deal(connection, context.workspace, name)]
                )
                for name in names
            ]
        if not names:
            return
        yield some
        after = names[-1]


def compare(sums: Sums, some: Sequence[Sequence[Event]], present: Pipeline, other: Pipeline) -> None:
    from engine.backtest import alerts, counts, shifts, stage_of
    from engine.calibrate import forecasts
    from engine.replay import replay

    for of_deal in some:
        name = of_deal[0].deal_id
        pair = replay(of_deal, present), replay(of_deal, other)
        now, then = pair
        before, after = stage_of(now, name), stage_of(then, name)
        sums.deals += 1
        for side, stage in enumerate((before, after)):
            if stage is not None:
                sums.stages.setdefault(stage, [0, 0])[side] += 1
        if before != after:
            sums.count += 1
            if len(sums.differences) < MOST_DIFFERENCES:
                sums.differences.append({"deal": name, "now": before, "then": after})
        for rule, times in counts(now, then).items():
            pairs = sums.moves.setdefault(rule, [0, 0])
            pairs[0], pairs[1] = pairs[0] + times[0], pairs[1] + times[1]
        moved = Counter("later" if shift.days > 0 else "sooner" for shift in shifts(now, then))
        sums.later, sums.sooner = sums.later + moved["later"], sums.sooner + moved["sooner"]
        for side, result in enumerate(pair):
            sums.alerts[side] += alerts(result)
            given = forecasts(result.pipeline, result.deals, result.history)
            sums.errors[side].extend((each.percent, each.won) for each in given)
        known = {refused.event for refused in now.refused}
        new = [refused.reason for refused in then.refused if refused.event not in known]
        sums.refused.extend(new[: MOST_REFUSED - len(sums.refused)])
