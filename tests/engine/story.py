"""Short stories of a deal for tests: events by the day, and what came of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from engine import Pipeline, Replay, replay

# A Monday; the story's days count from here.
START = dt.datetime(2026, 9, 7, 9, tzinfo=dt.UTC)
B2B = Pipeline.load("b2b")
CREATED: dict[str, Any] = {
    "name": "Fleet analytics",
    "account": "Hollis Freight",
    "owner": "ana",
    "manager": "raj",
    "amount": 100000,
    "currency": "USD",
    "industry": "logistics",
    "size": "200",
}


def at(day: float) -> str:
    """The moment so many days into the story."""
    return (START + dt.timedelta(days=day)).isoformat().replace("+00:00", "Z")


def on(day: int) -> str:
    """The date so many days into the story."""
    return (START + dt.timedelta(days=day)).date().isoformat()


class Story:
    """Collects the events of one deal, and replays them."""

    def __init__(self, stage: str | None = "identified", *, deal: str = "D-1", pipeline: Pipeline = B2B, **data: Any):
        self.deal, self.pipeline = deal, pipeline
        self.events: list[dict[str, Any]] = []
        first = {**CREATED, **data}
        if stage is not None:
            first["stage"] = stage
        self.add(0, "deal.created", **first)

    def add(self, day: float, kind: str, /, *, as_id: str | None = None, quote: str | None = None, **data: Any) -> str:
        """Adds an event and returns its id."""
        name = as_id or f"{self.deal}-{len(self.events) + 1}"
        made = {"id": name, "deal_id": self.deal, "type": kind, "occurred_at": at(day), "source": "test", "data": data}
        if quote is not None:
            made["evidence"] = {"conversation": "c-1", "segments": [3], "text": quote}
        self.events.append(made)
        return name

    def signal(self, day: float, kind: str, /, *, quote: str | None = None, **data: Any) -> str:
        return self.add(day, "signal", quote=quote, type=kind, side="buyer", confidence=0.95, **data)

    def email(self, day: float, direction: str = "inbound", *contacts: str) -> str:
        return self.add(day, "activity.email", direction=direction, contacts=list(contacts or ("Tomas Berg",)))

    def call(self, day: float, minutes: int = 30, *contacts: str, purpose: str | None = None) -> str:
        data: dict[str, Any] = {"minutes": minutes, "contacts": list(contacts or ("Tomas Berg",))}
        return self.add(day, "activity.call", **data, **({"purpose": purpose} if purpose else {}))

    def meeting(self, day: float, minutes: int = 30, *contacts: str, purpose: str | None = None) -> str:
        data: dict[str, Any] = {"minutes": minutes, "contacts": list(contacts or ("Tomas Berg",))}
        return self.add(day, "activity.meeting", **data, **({"purpose": purpose} if purpose else {}))

    def budget(self, day: float, status: str, amount: float | None = None, **money: Any) -> str:
        told = None if amount is None else {"low": amount, "high": amount, "currency": "USD", "per": "total"} | money
        return self.signal(day, "budget", status=status, amount=told)

    def pricing(self, day: float, status: str, amount: float | None = None, **money: Any) -> str:
        told = None if amount is None else {"low": amount, "high": amount, "currency": "USD", "per": "total"} | money
        return self.signal(day, "pricing", status=status, amount=told)

    def date(self, day: float, role: str, start: str, end: str | None = None, change: str = "set") -> str:
        return self.signal(day, "date", role=role, start=start, end=end or start, change=change)

    def milestone(self, day: float, kind: str, /, **data: Any) -> str:
        return self.add(day, "milestone", kind=kind, **data)

    def clock(self, day: float) -> str:
        return self.add(day, "clock")

    def told(self) -> Outcome:
        return Outcome(replay(self.events, self.pipeline), self.deal)


class Outcome:
    """What came of a story: the deal's state, and its decisions as JSON objects."""

    def __init__(self, result: Replay, deal: str):
        assert not result.refused, result.refused
        self.result = result
        self.state = result.deals[deal]
        self.decisions = [decision.to_json() for decision in result.decisions]

    @property
    def stage(self) -> str:
        return str(self.state["stage"])

    @property
    def close_date(self) -> str:
        return str(self.state["close_date"])

    def gate(self, path: str) -> bool:
        stage, gate = path.split(".")
        return bool(self.state["gates"][stage][gate])

    def all(self, kind: str, **wanted: Any) -> list[dict[str, Any]]:
        """The decisions of a type whose fields are as wanted (`source` is the JSON's `from`)."""
        fields = {("from" if name == "source" else name): value for name, value in wanted.items()}
        return [d for d in self.decisions if d["type"] == kind and all(d[k] == v for k, v in fields.items())]

    def one(self, kind: str, **wanted: Any) -> dict[str, Any]:
        found = self.all(kind, **wanted)
        assert len(found) == 1, f"{len(found)} of {kind} {wanted}: {self.brief()}"
        return found[0]

    def none(self, kind: str, **wanted: Any) -> None:
        assert not self.all(kind, **wanted), self.brief()

    def moves(self) -> list[tuple[str, str, str]]:
        """Every move: from, to, by rule."""
        kinds = ("stage_advanced", "stage_regressed")
        return [(d["from"], d["to"], d["rule"]) for d in self.decisions if d["type"] in kinds]

    def alerts(self) -> list[tuple[str, str]]:
        return [(d["rule"], d["at"]) for d in self.decisions if d["type"] == "alert"]

    def calls(self) -> list[tuple[str, str]]:
        """The alerts that are not about the close date, with their times."""
        return [alert for alert in self.alerts() if not alert[0].startswith("alert.close_date")]

    def brief(self) -> str:
        return "\n".join(f"{d['at']} {d['type']} {d['rule']} {d['from']} → {d['to']}" for d in self.decisions)


def rules(alerts: Iterable[tuple[str, str]]) -> list[str]:
    return [rule for rule, _ in alerts]
