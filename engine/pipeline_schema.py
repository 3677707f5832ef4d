"""The JSON Schema of pipeline files, made of the same catalogues that read them: editors check files with it.

`python -m engine.pipeline_schema` prints it; `pipelines/schema.json` is that text.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from engine.conditions import OPERATORS
from engine.documents import DOCUMENTS
from engine.fields import FIELDS, Kind
from engine.parts import ActionKind, Closed, GatePolicy, Unit
from engine.pipeline_sections import ALERTS, CHAMPION, ENGAGEMENT, RISKS
from engine.rule_file import EACH, NEXT, PREVIOUS, TRIGGERS, UPDATES

__all__ = ["schema"]

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1}
TEXTS: Schema = {"type": "array", "items": TEXT}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
CONDITION: Schema = {"$ref": "#/$defs/condition"}
VALUES: dict[Kind, Schema] = {Kind.NUMBER: NUMBER, Kind.FLAG: FLAG, Kind.TEXT: TEXT}


def choice(options: type[StrEnum] | tuple[str, ...]) -> Schema:
    return {"enum": [str(option) for option in options]}


def whole(low: int, high: int | None = None) -> Schema:
    return {"type": "integer", "minimum": low} | ({} if high is None else {"maximum": high})


def table(required: tuple[str, ...] = (), /, **keys: Schema) -> Schema:
    """A table with exactly these keys; `from_` stands for `from`."""
    properties = {name.rstrip("_"): value for name, value in keys.items()}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def several(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def leaf(kind: Kind) -> Schema:
    """A condition on a field of that kind: the field and exactly one operator."""
    value = VALUES[kind]
    operators: dict[str, Schema] = {}
    for name in OPERATORS[kind]:
        operators[name] = several(value) if name == "one_of" else FLAG if name == "known" else value
    fields = {"enum": [name for name, field in FIELDS.items() if field.kind is kind]}
    made = table(("field",), field=fields, **operators)
    return {**made, "minProperties": 2, "maxProperties": 2}


def condition() -> Schema:
    combined = [
        table(("all",), all={"type": "array", "items": CONDITION, "minItems": 1}),
        table(("any",), any={"type": "array", "items": CONDITION, "minItems": 1}),
        table(("not",), not_=CONDITION),
    ]
    return {"oneOf": [*(leaf(kind) for kind in Kind), *combined]}


def stage() -> Schema:
    due = {**table(**{unit.value: whole(0) for unit in Unit}), "minProperties": 1, "maxProperties": 1}
    gate = table(("id", "because", "met_by"), id=TEXT, because=TEXT, met_by=CONDITION)
    action = table(
        ("id", "kind", "title"),
        id=TEXT,
        kind=choice(ActionKind),
        title=TEXT,
        to=TEXTS,
        due=due,
        document=choice(tuple(DOCUMENTS)),
        body=TEXT,
        when=CONDITION,
        loss_pattern=FLAG,
        enabled=FLAG,
    )
    return table(
        ("id", "probability"),
        id=TEXT,
        probability=whole(0, 100),
        days={"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
        average_days=NUMBER,
        cap=whole(0, 100),
        mode=TEXT,
        closed=choice(Closed),
        what_to_do=TEXT,
        required={"type": "object", "additionalProperties": CONDITION},
        gates=several(gate),
        actions=several(action),
    )


def rule() -> Schema:
    return table(
        ("id", "because", "on"),
        id=TEXT,
        because=TEXT,
        on={"type": "array", "items": choice(TRIGGERS), "minItems": 1},
        when=CONDITION,
        policy=choice(GatePolicy),
        advance=table(("to",), from_=TEXT, to={**TEXT, "description": f"a stage, or {NEXT}"}, when=CONDITION),
        update=choice(UPDATES),
        flag=TEXT,
        points=table(
            ("each", "default"), each=choice(EACH), default=whole(-100, 100), more=whole(-100), more_for=TEXTS
        ),
        regress=table(
            ("to",),
            to={**TEXT, "description": f"a stage, or {PREVIOUS}"},
            after_days=whole(0),
            points=whole(-100, 100),
        ),
        closes=choice(Closed),
    )


def health() -> Schema:
    points = whole(-100, 100)
    return table(
        bound=whole(0, 100),
        recent_days=whole(1),
        touch_days=whole(1),
        contact_days=whole(1),
        touches=table(high=NUMBER, low=NUMBER),
        engagement=table(**dict.fromkeys(ENGAGEMENT, points)),
        contacts={"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        champion=table(**dict.fromkeys(CHAMPION, points)),
        gates=table(share=NUMBER, ahead=NUMBER, ahead_gates=NUMBER),
        risks=table(**dict.fromkeys(RISKS, points)),
        key_roles=TEXTS,
    )


def schema() -> Schema:
    """The whole schema."""
    alert = table(after={"type": "number", "minimum": 0}, to=TEXTS, suggest=TEXT)
    close_date = table(
        multiplier=table(fast=NUMBER, steady=NUMBER, slow=NUMBER),
        alert_days=whole(0),
        approval_days=whole(0),
        unstable_changes=whole(1),
    )
    made = table(
        ("name",),
        extends=TEXT,
        name=TEXT,
        gate_policy=choice(GatePolicy),
        timezone=TEXT,
        holidays={"type": "array"},
        rep_probability_off=whole(0, 100),
        loss_reason_business_days=whole(0),
        loss_pattern=table(losses=whole(1), days=whole(1)),
        late_departure_days=whole(0),
        approvals_expire_days=whole(1, 365),
        stages={"type": "array", "items": stage(), "minItems": 3, "maxItems": 12},
        rules=several(rule()),
        alerts=table(**dict.fromkeys(ALERTS, alert)),
        health=health(),
        close_date=close_date,
    )
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "A sales pipeline"}
    return {**head, **made, "$defs": {"condition": condition()}}


def text() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(text(), end="")
