"""A signal in a few words, as people say it: what it states, and how it stands."""

from __future__ import annotations

from typing import Any

from service.pages.formats import day, money, words

__all__ = ["STATES", "TYPES", "amount_of", "stated"]

Json = dict[str, Any]

# In the order in which a deal usually comes to them.
TYPES = (
    "budget",
    "pricing",
    "date",
    "competitor",
    "champion",
    "stakeholder",
    "qualification",
    "milestone",
)

STATES = {"pending": "to review", "accepted": "accepted", "corrected": "corrected", "dismissed": "dismissed"}

BUDGET = {
    "stated": "Budget stated",
    "pending": "Budget still to be approved",
    "approved": "Budget approved",
    "reduced": "Budget cut",
    "cancelled": "Budget cancelled",
    "none": "No budget",
}
PRICING = {
    "quoted": "Price quoted",
    "objected": "Price found too high",
    "countered": "Counter-offer",
    "agreed": "Price agreed",
}
DATES = {
    "close": "Wants to sign",
    "go_live": "Wants to go live",
    "next_step": "Next step",
    "renewal": "Present contract ends",
    "evaluation": "Evaluation",
    "budget_cycle": "Budget cycle",
}
RELATIONS = {
    "incumbent": "is in use today",
    "evaluating": "is being looked at too",
    "favored": "is favoured",
    "selected": "was chosen",
    "rejected": "was ruled out",
    "mentioned": "was mentioned",
}
CHAMPIONS = {
    "advocating": "speaks for us inside",
    "at_risk": "may no longer speak for us",
    "lost": "no longer speaks for us",
}
STAKEHOLDERS = {
    "identified": "has a part in this",
    "joined": "has joined",
    "left": "has left",
    "role_changed": "has a new role",
    "unresponsive": "no longer answers",
}
ELEMENTS = {
    "metrics": "Puts a figure on it",
    "pain": "Tells of a pain",
    "decision_criteria": "Tells what they decide by",
    "decision_process": "Tells how they decide",
}
PER = {"year": " a year", "quarter": " a quarter", "month": " a month", "unit": " each", "total": ""}


def stated(signal: Json) -> str:
    """What the signal says, from its JSON: `Budget approved: USD 120,000 a year`."""
    match signal["type"]:
        case "budget" | "pricing" as type:
            status = (BUDGET if type == "budget" else PRICING)[signal["status"]]
            return f"{status}: {amount_of(signal['amount'])}" if signal.get("amount") else status
        case "date":
            return f"{DATES[signal['role']]}{when(signal)}{moved(signal)}"
        case "competitor":
            return f"{signal['name']} {RELATIONS[signal['relation']]}"
        case "champion":
            return f"{signal['person']} {CHAMPIONS[signal['status']]}"
        case "stakeholder":
            return stakeholder(signal)
        case "qualification":
            return ELEMENTS[signal["element"]]
        case "milestone":
            return words(signal["kind"]).capitalize()
        case type:
            return words(str(type)).capitalize()


def amount_of(amount: Json) -> str:
    low, high, currency = amount.get("low"), amount.get("high"), amount.get("currency")
    per = PER[amount.get("per") or "total"]
    if low is None:
        return f"up to {money(high, currency)}{per}"
    if high is None:
        return f"{money(low, currency)} or more{per}"
    return f"{money(low, currency)}{per}" if low == high else f"{money(low, currency)}–{money(high)}{per}"


def when(signal: Json) -> str:
    start, end = signal["start"], signal["end"]
    return f" on {day(start)}" if start == end else f" between {day(start)} and {day(end)}"


def moved(signal: Json) -> str:
    return {"later": ", later than before", "earlier": ", earlier than before"}.get(signal.get("change") or "", "")


def stakeholder(signal: Json) -> str:
    person, title = signal.get("person"), signal.get("title")
    who = f"{person} ({title})" if person and title else person or title or "Somebody"
    said = f"{who} {STAKEHOLDERS[signal['change']]}"
    if signal.get("role"):
        said += f", {words(signal['role'])}"
    return f"{said}; {signal['successor']} follows" if signal.get("successor") else said
