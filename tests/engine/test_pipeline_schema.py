"""The JSON Schema beside the pipelines: the same as the code's, and true of what ships."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from engine.pipeline import SHIPPED
from engine.pipeline_schema import schema, text

TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}


def fits(value: Any, wanted: dict[str, Any], root: dict[str, Any]) -> bool:
    """The few words of JSON Schema that ours uses."""
    if "$ref" in wanted:
        return fits(value, root["$defs"][wanted["$ref"].rsplit("/", 1)[-1]], root)
    if "oneOf" in wanted:
        return sum(fits(value, option, root) for option in wanted["oneOf"]) == 1
    if "enum" in wanted:
        return value in wanted["enum"]
    kind = wanted["type"]
    if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        return False
    if kind in ("number", "integer"):
        return bool(wanted.get("minimum", value) <= value <= wanted.get("maximum", value))
    if kind == "array":
        least, most = wanted.get("minItems", 0), wanted.get("maxItems", len(value))
        return least <= len(value) <= most and all(fits(item, wanted.get("items", {}), root) for item in value)
    if kind == "object":
        known, others = wanted.get("properties", {}), wanted.get("additionalProperties", True)
        if not set(wanted.get("required", ())) <= set(value) or len(value) > wanted.get("maxProperties", len(value)):
            return False
        if len(value) < wanted.get("minProperties", 0):
            return False
        if others is False and not set(value) <= set(known):
            return False
        return all(fits(item, known.get(name, others), root) for name, item in value.items())
    return True


def test_the_schema_on_disk_is_the_codes() -> None:
    assert (SHIPPED / "schema.json").read_text(encoding="utf-8") == text()


@pytest.mark.parametrize("name", ["b2b", "b2b-rules", "lead"])
def test_what_ships_fits_the_schema(name: str) -> None:
    document = tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))
    whole = schema()
    for key, value in document.items():
        if key != "holidays":
            assert fits(value, whole["properties"][key], whole), key
    assert fits({k: v for k, v in document.items() if k != "holidays"}, whole, whole)


@pytest.mark.parametrize(
    "wrong",
    [
        {"field": "emails.inbound", "at_lest": 1},
        {"field": "emails.inbond", "at_least": 1},
        {"field": "emails.inbound"},
        {"field": "budget.status", "at_least": 1},
        {"all": []},
        {"all": [{"field": "emails.inbound", "at_least": 1}], "any": []},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(wrong: dict[str, Any]) -> None:
    whole = schema()
    assert not fits(wrong, whole["$defs"]["condition"], whole)
