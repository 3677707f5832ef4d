"""The items of the inbox: a signal with its words in their context; something about a deal that waits for a person."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection

from service.api.principal import Caller
from service.pages.conversation import name_of, people_of, url_of
from service.pages.formats import in_days, words
from service.pages.signal_words import stated
from service.store import conversations, inbox
from service.store.inbox import Notice, Sight, Waiting

__all__ = ["DealItem", "SignalItem", "deal_items", "signal_items"]

Json = dict[str, Any]

# So many characters before and after are enough to know what was meant.
CONTEXT = 220
# What the engine's sentence says of the gates, which are shown by themselves.
HELD = re.compile(r" The advance to \S+ is held: [^.]* lacks [^.]*\.")
# How `service.flows.decide_signals` tells of a confidence that is not enough.
BELOW = re.compile(r"its confidence ([0-9.]+) is below ([0-9.]+)")
ALERTS_TO = {"rep": "for the rep", "manager": "for the manager"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalItem:
    """`asked_before` is what somebody said just before, `before` and `after` the rest of the same words."""

    id: str
    type: str
    stated: str
    confidence: float
    because: str
    deal: str
    account: str
    deal_url: str
    who: str
    side: str
    url: str
    where: str
    asked_before: str
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealItem:
    """Something about a deal: an approval, a scheduled regression, a held advance or an alert. `id` names it for its
    form, `seq` a notice's decision."""

    key: str
    id: str
    deal: str
    account: str
    deal_url: str
    title: str
    why: str
    detail: str
    when: str
    tone: str
    missing: Sequence[str] = ()
    seq: int = 0


def signal_items(connection: Connection, workspace: str, found: Sequence[Waiting]) -> list[SignalItem]:
    contents = conversations.contents(connection, workspace, {each.signal.conversation for each in found})
    return [signal_item(each, contents[each.signal.conversation]) for each in found]


def signal_item(waiting: Waiting, content: Json) -> SignalItem:
    signal = waiting.signal
    pieces = signal.content.get("evidence") or ()
    piece = pieces[0] if pieces else None
    at = None if piece is None else piece["segment"]
    people = {person.id: person for person in people_of(content, None)}
    speaker = people.get(signal.content.get("speaker") or "")
    who = name_of(people, signal.content.get("speaker"))
    if speaker is not None and speaker.title:
        who = f"{who}, {speaker.title}"
    before, text, after = in_context(content, piece)
    return SignalItem(
        id=str(signal.id),
        type=signal.type,
        stated=stated(signal.content),
        confidence=signal.confidence,
        because=why(signal.pending_because or ""),
        deal=signal.deal or "",
        account=waiting.account or signal.deal or "no deal yet",
        deal_url=deal_url(signal.deal) if signal.deal else "",
        who=who,
        side=signal.content.get("side") or "",
        url=url_of(signal.conversation) + ("" if at is None else f"?at={at}#s{at}"),
        where="call" if content["kind"] == "call" else "mail",
        asked_before=said_before(content, at, people),
        before=before,
        text=text,
        after=after,
    )


def why(because: str) -> str:
    """The reason for which it waits, its probabilities in percent; in tenths where whole ones would say the same."""
    told = BELOW.fullmatch(because)
    if told is None:
        return because
    has, wants = (100 * float(told[n]) for n in (1, 2))
    digits = 0 if round(has) < round(wants) else 1
    return f"{has:.{digits}f} % sure, and moves the deal by itself from {wants:.{digits}f} % on"


def in_context(content: Json, piece: Json | None) -> tuple[str, str, str]:
    """The words with what stands around them, cut at words."""
    if piece is None:
        return "", "", ""
    whole = content["body"] if piece["segment"] is None else content["segments"][piece["segment"]]["text"]
    start, end = piece["start"], piece["end"]
    before, after = whole[max(0, start - CONTEXT) : start], whole[end : end + CONTEXT]
    if start > CONTEXT:
        before = "… " + before.partition(" ")[2]
    if end + CONTEXT < len(whole):
        after = after.rpartition(" ")[0] + " …"
    return before, piece["text"], after


def said_before(content: Json, at: int | None, people: Mapping[str, Any]) -> str:
    """What another speaker said just before: an answer is little without its question."""
    if not at:
        return ""
    before, here = content["segments"][at - 1], content["segments"][at]
    if before.get("speaker") == here.get("speaker"):
        return ""
    said = before["text"] if len(before["text"]) <= CONTEXT else "… " + before["text"][-CONTEXT:].partition(" ")[2]
    return f"{name_of(people, before.get('speaker'))}: {said}"


def deal_url(deal: str) -> str:
    return f"/deals/{quote(deal, safe='')}"


def deal_items(
    connection: Connection, caller: Caller, sight: Sight, key: str, since: dt.datetime, skip: int, most: int
) -> list[DealItem]:
    now = caller.context.now()
    match key:
        case "approvals":
            states = inbox.marked(connection, sight, "approval_waiting", skip=skip, most=most)
            return [approval(deal, state, each, now) for deal, state in states for each in state["approvals"]]
        case "regressions":
            states = inbox.marked(connection, sight, "regression_scheduled", skip=skip, most=most)
            return [regression(deal, state, each, now) for deal, state in states for each in state["scheduled"]]
        case "held":
            return [
                held(each) for each in inbox.notices(connection, sight, "advance_held", since, skip=skip, most=most)
            ]
        case _:
            return [alert(each) for each in inbox.notices(connection, sight, "alert", since, skip=skip, most=most)]


def approval(deal: str, state: Json, each: Json, now: dt.datetime) -> DealItem:
    asked = words(str(each["to"])) if each["kind"] == "move" else f"a close date of {each['to']}"
    return DealItem(
        key="approvals",
        id=each["approval"],
        deal=deal,
        account=state["account"] or deal,
        deal_url=deal_url(deal),
        title=f"May it go to {asked}?" if each["kind"] == "move" else f"May it have {asked}?",
        why=each["reason"] or "",
        detail=f"asked by {each['by']}" if each["by"] else "",
        when=each["asked_at"],
        tone="warn",
    )


def regression(deal: str, state: Json, each: Json, now: dt.datetime) -> DealItem:
    due = dt.datetime.fromisoformat(each["due"])
    person = f"{each['person']} has left" if each["person"] else words(each["rule"])
    return DealItem(
        key="regressions",
        id=each["regression"],
        deal=deal,
        account=state["account"] or deal,
        deal_url=deal_url(deal),
        title=f"Falls back from {words(state['stage'])} {in_days(due, now)}",
        why=f"{person}: unless somebody takes that place, or you stop it.",
        detail=f"rule {each['rule']}",
        when=each["due"],
        tone="bad",
    )


def held(each: Notice) -> DealItem:
    content = each.content
    return DealItem(
        key="held",
        id=f"{each.deal}/{each.seq}",
        deal=each.deal,
        account=each.account or each.deal,
        deal_url=deal_url(each.deal),
        title=f"Would move from {words(content['from'])} to {words(content['to'])}",
        why=HELD.sub("", content["why"]),
        detail="",
        when=content["at"],
        tone="info",
        missing=[words(gate) for gate in content["data"].get("missing") or ()],
        seq=each.seq,
    )


def alert(each: Notice) -> DealItem:
    content = each.content
    to = ", ".join(ALERTS_TO.get(role, str(role)) for role in content["data"].get("to") or ())
    return DealItem(
        key="alerts",
        id=f"{each.deal}/{each.seq}",
        deal=each.deal,
        account=each.account or each.deal,
        deal_url=deal_url(each.deal),
        title=words(content["rule"].removeprefix("alert.")).capitalize(),
        why=content["why"],
        detail=" ".join(filter(None, [content["data"].get("suggest"), f"({to})" if to else ""])),
        when=content["at"],
        tone="warn",
        seq=each.seq,
    )
