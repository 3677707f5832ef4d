"""What decisions, and the change of a deal's state, ask to be done outside. Pure: nothing is stored or sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.connectors.protocol import Kind

__all__ = ["Wanted", "fields_changed", "of_decision", "of_signal"]

Json = dict[str, Any]

# A close date that the engine reckons from the pace is no date for a CRM.
TOLD = ("stated", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`cause` is the same whenever the same thing is asked for. `owed`: it is done or left to a person in any case;
    what is not owed is only done where a connector takes it."""

    cause: str
    kind: Kind
    action: str
    title: str
    at: dt.datetime
    due_at: dt.datetime | None
    content: Json
    owed: bool = True
    decision_seq: int | None = None


def moment(text: object) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if isinstance(text, str) else None


def of_decision(decision: Mapping[str, Any], seq: int | None) -> Iterator[Wanted]:
    """At most one thing; a decision that only tells something asks for nothing."""
    data, at = decision["data"], dt.datetime.fromisoformat(decision["at"])
    match decision["type"]:
        case "workflow_triggered":
            content = {key: data[key] for key in ("to", "stage", "document", "body") if data.get(key) is not None}
            yield Wanted(
                cause=f"workflow:{data['stage']}:{data['action']}:{data['entry']}",
                kind=Kind(data["kind"]),
                action=data["action"],
                title=data["title"],
                at=at,
                due_at=moment(data.get("due")),
                content=content | {"why": decision["why"]},
                decision_seq=seq,
            )
        case "alert":
            name = decision["rule"].removeprefix("alert.")
            yield Wanted(
                cause=f"alert:{name}:{decision['at']}",
                kind=Kind.ALERT,
                action=name,
                title=f"Alert: {name.replace('_', ' ')}",
                at=at,
                due_at=None,
                content={"to": data.get("to") or ["rep"], "why": decision["why"]},
                decision_seq=seq,
            )
        case "approval_requested":
            yield Wanted(
                cause=f"approval:{data['kind']}:{data['approval']}:{decision['to']}",
                kind=Kind.APPROVAL,
                action=f"{data['kind']}_approval",
                title=f"Approval asked for: {decision['from']} → {decision['to']}",
                at=at,
                due_at=None,
                content={"to": data.get("to") or ["manager"], "why": decision["why"]},
                decision_seq=seq,
            )
        case _:
            return


def fields_changed(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], *, first: str, version: int, why: Mapping[str, str]
) -> Iterator[Wanted]:
    """What a CRM should hold now. `first` is the pipeline's first stage, `version` the deal's, and `why` the last
    decision's sentence for each field."""
    old = before or {"stage": first}
    at = dt.datetime.fromisoformat(after["as_of"])
    values: list[tuple[Kind, Any, Any]] = [
        (Kind.STAGE, old.get("stage"), after["stage"]),
        (Kind.AMOUNT, old.get("amount"), after["amount"]),
        (Kind.CLOSE_DATE, day(old), day(after)),
    ]
    for kind, was, now in values:
        if now is None or was == now:
            continue
        content = {"from": was, "value": now, "to": ["rep"], "currency": after["currency"]}
        yield Wanted(
            cause=f"{kind.value}:{version}",
            kind=kind,
            action=kind.value,
            title=f"{kind.value.replace('_', ' ').capitalize()}: {was or '–'} → {now}",
            at=at,
            due_at=None,
            content=content | ({"why": why[kind.value]} if kind.value in why else {}),
            owed=False,
        )


def day(state: Mapping[str, Any]) -> str | None:
    return state.get("close_date") if state.get("close_date_basis") in TOLD else None


def of_signal(id: str, type: str, words: Sequence[str], because: str | None, at: dt.datetime) -> Wanted:
    """A signal that waits for a person."""
    said = " … ".join(words)
    return Wanted(
        cause=f"review:{id}",
        kind=Kind.REVIEW,
        action=type,
        title=f"To review: {type}",
        at=at,
        due_at=None,
        content={"to": ["rep"], "signal": id, "body": f"“{said}”" if said else "", "why": because or "it waits"},
        owed=False,
    )
