"""Which signals move their deal at once, and which wait for a person: thresholds by type and stage, from a TOML file.

[default]
accept_at = 0.6         # from this confidence on; "never": a person decides about each of them
regression = "person"   # a signal that would move its deal down waits too; "accept" (the default): it does not

[[rule]]                # of the rules that fit, the one that names most holds; of equals, the later one
type = "champion"
stage = "negotiation"
accept_at = 0.9
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signals import KINDS, DecodeError
from signals.decode import as_object

__all__ = ["ALL_BY_PEOPLE", "NO_RULES", "Policy", "Rule", "load_policy", "own_policy_from", "policy_from"]

Json = dict[str, Any]

NEVER = math.inf
WHERE = ("workspace", "pipeline", "type", "stage")
WHAT = ("accept_at", "regression")
REGRESSION = {"person": True, "accept": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What holds where every name in `where` fits; None leaves it to a rule that names less. `accept_at` is infinite
    for what is always reviewed; `ask_regression` where a signal that would move the deal down needs a person."""

    where: Mapping[str, str]
    accept_at: float | None = None
    ask_regression: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules in the order in which they stand; the default is one that names nothing."""

    rules: tuple[Rule, ...] = ()

    def threshold(self, otherwise: float, **here: str | None) -> float:
        """`here` are the workspace, pipeline, type and stage; `otherwise` holds where no rule says anything."""
        found = [rule for rule in self.fitting(here) if rule.accept_at is not None]
        return otherwise if not found else found[-1].accept_at or 0.0

    def asks_regression(self, **here: str | None) -> bool:
        found = [rule for rule in self.fitting(here) if rule.ask_regression is not None]
        return bool(found and found[-1].ask_regression)

    @property
    def may_ask_regression(self) -> bool:
        return any(rule.ask_regression for rule in self.rules)

    def fitting(self, here: Mapping[str, str | None]) -> list[Rule]:
        """Those that hold here, the one that names most last."""
        fit = [rule for rule in self.rules if all(here.get(name) == value for name, value in rule.where.items())]
        return sorted(fit, key=lambda rule: len(rule.where))


NO_RULES = Policy()
ALL_BY_PEOPLE = Policy(rules=(Rule(where={}, accept_at=NEVER),))


def load_policy(file: Path, *, pipeline: str, stages: Mapping[str, Any]) -> Policy:
    """Raises ValueError, naming file, place and mend, for one that cannot be followed.

    `stages` are those of the pipeline that is served; a rule that names another pipeline may name others.
    """
    try:
        source = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{file}: {(error.strerror or str(error)).lower()}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{file}: not TOML: {error}") from None
    try:
        return policy_from(source, pipeline=pipeline, stages=stages)
    except DecodeError as error:
        raise ValueError(f"{file}: {error}") from None


def own_policy_from(text: str, *, pipeline: str, stages: Mapping[str, Any] | None) -> Policy:
    """A workspace's own, whose rules name no workspace: it speaks of nobody else. Raises DecodeError."""
    try:
        source = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DecodeError("review_policy", text, f"TOML ({error})") from None
    return policy_from(source, pipeline=pipeline, stages=stages, names=WHERE[1:])


def policy_from(
    source: Mapping[str, Any], *, pipeline: str, stages: Mapping[str, Any] | None, names: tuple[str, ...] = WHERE
) -> Policy:
    """`names` are what rules may name; without `stages` any stage may be."""
    only(source, "", ("default", "rule"))
    rules = []
    if "default" in source:
        rules.append(rule_from(source["default"], "default", allowed=WHAT))
    listed = source.get("rule", [])
    if not isinstance(listed, list):
        raise DecodeError("rule", listed, "tables written [[rule]]")
    for number, each in enumerate(listed):
        rule = rule_from(each, f"rule[{number}]", allowed=(*names, *WHAT))
        if not rule.where:
            raise DecodeError(f"rule[{number}]", each, f"at least one of {', '.join(names)}; else write [default]")
        if "type" in rule.where and rule.where["type"] not in KINDS:
            raise DecodeError(f"rule[{number}].type", rule.where["type"], "one of " + ", ".join(KINDS))
        stage = rule.where.get("stage")
        served = rule.where.get("pipeline", pipeline) == pipeline
        if stage is not None and stages is not None and served and stage not in stages:
            expected = f"a stage of the pipeline {pipeline}: " + ", ".join(stages)
            raise DecodeError(f"rule[{number}].stage", stage, expected)
        rules.append(rule)
    return Policy(rules=tuple(rules))


def rule_from(value: object, place: str, *, allowed: tuple[str, ...]) -> Rule:
    source = as_object(value, place)
    only(source, place, allowed)
    if not any(name in source for name in WHAT):
        raise DecodeError(place, value, f"at least one of {', '.join(WHAT)}")
    where = {}
    for name in WHERE:
        if name in source:
            if not isinstance(source[name], str):
                raise DecodeError(f"{place}.{name}", source[name], "text")
            where[name] = source[name]
    regression = source.get("regression")
    if regression is not None and (not isinstance(regression, str) or regression not in REGRESSION):
        raise DecodeError(f"{place}.regression", regression, "one of " + ", ".join(REGRESSION))
    return Rule(
        where=where,
        accept_at=threshold_from(source["accept_at"], f"{place}.accept_at") if "accept_at" in source else None,
        ask_regression=None if regression is None else REGRESSION[regression],
    )


def threshold_from(value: object, place: str) -> float:
    if value == "never":
        return NEVER
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise DecodeError(place, value, 'a probability from 0 to 1, or "never"')
    return float(value)


def only(source: Mapping[str, Any], place: str, allowed: tuple[str, ...]) -> None:
    for name in source:
        if name not in allowed:
            where = f"{place}.{name}" if place else name
            raise DecodeError(where, source[name], "one of " + ", ".join(allowed))
