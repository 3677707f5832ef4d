"""The form in which a person says what a signal should be: its fields by type, and what came back from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from service.pages.formats import words
from service.pages.signal_words import TYPES
from signals import (
    BudgetStatus,
    ChampionStatus,
    DateChange,
    DateRole,
    DecodeError,
    Element,
    MilestoneKind,
    Per,
    PricingStatus,
    Relation,
    StakeholderChange,
    StakeholderRole,
)

__all__ = ["Field", "SignalForm", "form_of", "signal_from"]

Json = dict[str, Any]
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`kind` is select, text, number or date; `fault` says what is wrong with the value."""

    name: str
    label: str
    kind: str
    value: str
    options: Options = ()
    required: bool = True
    hint: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalForm:
    """`types` are the types to choose from, `fault` what is wrong with the whole."""

    type: str
    types: Options
    fields: tuple[Field, ...]
    fault: str = ""


# What the figure is: both ends the same or a range, or open at one end.
BOUNDS: Options = (("", "that figure, or a range"), ("more", "that much or more"), ("less", "at most that"))


def form_of(type: str, values: Mapping[str, Any], error: DecodeError | None = None) -> SignalForm:
    """The fields of a type with a signal's JSON, or with what was sent before, as `values`."""
    flat = flattened(values)
    faults = {} if error is None else {error.field.rpartition(".")[2]: f"expected {error.expected}"}
    found = tuple(fields(type, flat, faults))
    placed = any(field.fault for field in found)
    return SignalForm(
        type=type,
        types=tuple((each, words(each)) for each in TYPES),
        fields=found,
        fault="" if error is None or placed else f"{error.field or 'the signal'}: expected {error.expected}",
    )


def flattened(values: Mapping[str, Any]) -> dict[str, str]:
    """A signal's JSON as the form's texts; what a form sent is that already."""
    flat = {name: "" if value is None else str(value) for name, value in values.items() if not isinstance(value, dict)}
    amount = values.get("amount")
    if isinstance(amount, dict):
        low, high = amount.get("low"), amount.get("high")
        flat |= {"currency": amount["currency"], "per": amount.get("per") or "total"}
        flat["bound"] = "less" if low is None else "more" if high is None else ""
        flat["low"] = str(high if low is None else low)
        flat["high"] = "" if low is None or high is None or low == high else str(high)
    return flat


def fields(kind_of: str, values: Mapping[str, str], faults: Mapping[str, str]) -> Iterator[Field]:
    def made(name: str, label: str, kind: str = "text", **more: Any) -> Field:
        return Field(name=name, label=label, kind=kind, value=values.get(name, ""), fault=faults.get(name, ""), **more)

    def choice(name: str, label: str, options: type[StrEnum], *, none: str | None = None) -> Field:
        found = tuple((each.value, words(each.value)) for each in options)
        given = found if none is None else (("", none), *found)
        return made(name, label, "select", options=given, required=none is None)

    match kind_of:
        case "budget" | "pricing":
            yield choice("status", "Status", BudgetStatus if kind_of == "budget" else PricingStatus)
            yield made("low", "Amount", "number", required=False, hint="leave it empty where no amount was told")
            yield made("high", "Up to", "number", required=False, hint="for a range")
            yield made("bound", "It is", "select", options=BOUNDS, required=False)
            yield made("currency", "Currency", required=False, hint="such as USD")
            yield choice("per", "For", Per)
        case "date":
            yield choice("role", "Of what", DateRole)
            yield made("start", "From", "date")
            yield made("end", "To", "date", hint="the same day for a single one")
            yield choice("change", "Change", DateChange)
        case "competitor":
            yield made("name", "Name")
            yield choice("relation", "Relation", Relation)
        case "champion":
            yield made("person", "Person")
            yield choice("status", "Status", ChampionStatus)
        case "stakeholder":
            yield made("person", "Person", required=False, hint="a name, a title or both")
            yield made("title", "Title", required=False)
            yield choice("change", "Change", StakeholderChange)
            yield choice("role", "Role", StakeholderRole, none="not told")
            yield made("successor", "Successor", required=False)
        case "qualification":
            yield choice("element", "Element", Element)
        case "milestone":
            yield choice("kind", "Step", MilestoneKind)
        case _:
            raise DecodeError("type", kind_of, "one of " + ", ".join(TYPES))


def signal_from(sent: Mapping[str, str]) -> Json:
    """The signal's JSON without its evidence; raises DecodeError, which names the field, for figures that are none."""
    type = sent.get("type", "")
    names = [field.name for field in fields(type, {}, {})]
    told: Json = {name: sent.get(name, "").strip() or None for name in names}
    out: Json = {"type": type} | {
        name: value for name, value in told.items() if name not in ("low", "high", "bound", "currency", "per")
    }
    if type in ("budget", "pricing"):
        out["amount"] = amount(told)
    if type == "date":
        out["end"] = out["end"] or out["start"]
    return out


def amount(told: Json) -> Json | None:
    low, high = figure("low", told["low"]), figure("high", told["high"])
    if low is None and high is None:
        return None
    match told["bound"]:
        case "more":
            low, high = (high if low is None else low), None
        case "less":
            low, high = None, (low if high is None else high)
        case _:
            low, high = (high if low is None else low), (low if high is None else high)
    currency = (told["currency"] or "").upper() or None
    return {"low": low, "high": high, "currency": currency, "per": told["per"]}


def figure(name: str, text: str | None) -> int | float | None:
    if text is None:
        return None
    plain = text.replace(",", "").replace(" ", "").replace(" ", "")
    try:
        value = float(plain)
    except ValueError:
        raise DecodeError(name, text, "a number such as 120000") from None
    if value != value or abs(value) > 1e15:
        raise DecodeError(name, text, "a number such as 120000")
    return int(value) if value.is_integer() else value
