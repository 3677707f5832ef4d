"""Make the events of a conversation be the ones that it is now: what is new is added, what no longer holds taken back.

Nothing is ever deleted. An event that is no longer wanted is retracted; one that is wanted again is not sent twice, but
its retraction is retracted, so that whatever people answered to it (a regression stopped, an approval) holds again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from service.flows.append_events import append_to_deal
from service.flows.context import Context
from service.flows.fold import FROM_WORDS
from service.store import events
from service.store.events import StoredEvent, evidence_of

__all__ = ["Settler", "changes_of_signal", "made_by", "retractions_of", "settle_events", "settle_signal", "taken_back"]

Json = dict[str, Any]
Retractions = Mapping[str, Sequence[str]]

# The source of the retractions that reviews and readings make.
REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settler:
    """Who settles, and why. A machine brings back nothing that somebody else took back."""

    by: str
    reason: str
    machine: bool = False


def settle_events(
    context: Context, connection: Connection, conversation: str, wanted: Sequence[Json], settler: Settler
) -> tuple[Json, ...]:
    """All events of a conversation, of whichever deals they were, become the `wanted` ones; the decisions that follow.

    `wanted` have the ids that they would have if nothing had been there yet. The caller holds the conversation.
    """
    made = made_by(connection, context.workspace, conversation)
    return append(context, connection, changes(context, connection, made, wanted, settler))


def settle_signal(
    context: Context, connection: Connection, conversation: str, base: str, wanted: Json | None, settler: Settler
) -> tuple[Json, ...]:
    """The same for one signal, whose events have the id `base` and its versions. The caller holds the signal."""
    new = changes_of_signal(context, connection, conversation, base, wanted, settler)
    return append(context, connection, new)


def changes_of_signal(
    context: Context, connection: Connection, conversation: str, base: str, wanted: Json | None, settler: Settler
) -> dict[str, list[Json]]:
    """The events by deal that `settle_signal` appends; reads only."""
    made = made_by(connection, context.workspace, conversation)
    made = [each for each in made if each.type == "signal" and is_version(each.id, base)]
    return changes(context, connection, made, [] if wanted is None else [wanted], settler)


def made_by(connection: Connection, workspace: str, conversation: str) -> list[StoredEvent]:
    """The events that the conversation made, whether they stand or not."""
    found = events.of_conversation(connection, workspace, conversation)
    return [
        each
        for each in found
        if each.content.get("source") == FROM_WORDS
        and each.type != "retraction"
        and each.id.startswith(f"{conversation}:")
    ]


def is_version(id: str, base: str) -> bool:
    return id == base or (id.startswith(f"{base}.") and id[len(base) + 1 :].isdecimal())


def append(context: Context, connection: Connection, new: Mapping[str, Sequence[Json]]) -> tuple[Json, ...]:
    """Deals always in the same order, so that of two at once neither waits for the other."""
    return tuple(d for deal in sorted(new) for d in append_to_deal(context, connection, deal, new[deal]).decisions)


def changes(
    context: Context,
    connection: Connection,
    made: Sequence[StoredEvent],
    wanted: Sequence[Json],
    settler: Settler,
) -> dict[str, list[Json]]:
    """What has to be appended to which deal, so that of the events `made` those stand that are `wanted`."""
    workspace = context.workspace
    taken = retractions_of(connection, workspace, {each.deal for each in made})
    out = {each.id: taken_back(taken, each.id) for each in made}
    left = list(made)
    likely = [want["id"] for want in wanted] + [f"{each.id}:retracted" for each in made]
    ids = IdsFree(lambda some: events.known(connection, workspace, some), likely)
    new: dict[str, list[Json]] = {}
    for want in wanted:
        same = [each for each in left if is_same(each.content, want)]
        found = next((each for each in same if not out[each.id]), same[0] if same else None)
        if found is None:
            new.setdefault(want["deal_id"], []).append(want | {"id": ids.free(want["id"])})
            continue
        left.remove(found)
        if out[found.id]:
            in_force = [id for id in taken[found.id] if not taken_back(taken, id)]
            if settler.machine and any(not is_ours(id, found.id) for id in in_force):
                continue
            new.setdefault(found.deal, []).extend(retraction(found, id, ids, settler) for id in in_force)
    for each in left:
        # After what is new, so that a deal which both hold in its stage does not leave it and come back.
        if not out[each.id]:
            new.setdefault(each.deal, []).append(retraction(each, each.id, ids, settler))
    return new


def is_same(one: Json, other: Json) -> bool:
    """Whether both say the same to the same deal. That the deal exists and who is in it is so whenever it is said."""
    if (one["deal_id"], one["type"]) != (other["deal_id"], other["type"]):
        return False
    if one["type"] == "signal" and one["occurred_at"] != other["occurred_at"]:
        return False
    return canonical(one["data"]) == canonical(other["data"])


def canonical(data: Json) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def retraction(event: StoredEvent, target: str, ids: IdsFree, settler: Settler) -> Json:
    """At the time of what it takes back: a review says what is so, and brings no time on for the deal to react to."""
    return {
        "id": ids.free(f"{target}:retracted"),
        "deal_id": event.deal,
        "type": "retraction",
        "occurred_at": event.content["occurred_at"],
        "source": REVIEW,
        "data": {"event": target, "by": settler.by, "reason": settler.reason},
        "evidence": evidence_of(event.content),
    }


def is_ours(id: str, event: str) -> bool:
    return id.startswith(f"{event}:retracted")


def retractions_of(connection: Connection, workspace: str, deals: Collection[str]) -> dict[str, list[str]]:
    """Event → the retractions of it that there are in these deals, whether they were themselves retracted or not."""
    out: dict[str, list[str]] = {}
    for each in events.retractions(connection, workspace, deals):
        target = (each.content.get("data") or {}).get("event")
        if isinstance(target, str):
            out.setdefault(target, []).append(each.id)
    return out


def taken_back(retractions: Retractions, id: str) -> bool:
    """Whether a retraction of it stands, as the engine has it."""
    from engine.ledger import Record, retracted

    return retracted(Record(retractions={key: list(value) for key, value in retractions.items()}), id)


class IdsFree:
    """Gives ids that nothing has yet: always the same ones where the same is there. `likely` are ids that will be
    asked for, all of which are looked for at once."""

    def __init__(self, known: Callable[[Iterable[str]], set[str]], likely: Collection[str]) -> None:
        self.known = known
        self.likely = likely
        self.taken: dict[str, bool] = {}

    def free(self, base: str) -> str:
        id, n = base, 0
        while self.is_taken(id):
            n += 1
            id = f"{base}.{n}"
        self.taken[id] = True
        return id

    def is_taken(self, id: str) -> bool:
        if id not in self.taken:
            asked = {id, *(each for each in self.likely if each not in self.taken)}
            found = self.known(asked)
            self.taken |= {each: each in found for each in asked}
        return self.taken[id]
