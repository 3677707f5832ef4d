"""Salesforce's outbound messages: SOAP, read without entities, document types or anything else that XML can do."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from service.intake.jsontext import UnreadableError
from signals import DecodeError

__all__ = ["notifications"]

DEEPEST = 20
MOST_ELEMENTS = 100_000
LONGEST_VALUE = 100_000


class Reader:
    """Gathers each Notification's `Id` and the fields of its `sObject`; namespaces are left out, names are enough."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.elements = 0
        self.text: list[str] = []
        self.length = 0
        self.found: list[dict[str, Any]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if len(self.open) >= DEEPEST or self.elements > MOST_ELEMENTS:
            raise DecodeError("", f"{self.elements} elements", f"at most {MOST_ELEMENTS}, at most {DEEPEST} deep")
        self.open.append(name.rpartition(":")[2])
        self.text, self.length = [], 0
        if self.open[-1] == "Notification":
            self.found.append({"sObject": {}})

    def end(self, name: str) -> None:
        value = "".join(self.text).strip()
        self.text, self.length = [], 0
        match self.open:
            case [*_, "Notification", "Id"]:
                self.found[-1]["Id"] = value
            case [*_, "Notification", "sObject", field]:
                self.found[-1]["sObject"][field] = value or None
        self.open.pop()

    def characters(self, data: str) -> None:
        self.length += len(data)
        if self.length > LONGEST_VALUE:
            raise DecodeError(
                self.open[-1] if self.open else "", f"{self.length} characters", f"at most {LONGEST_VALUE}"
            )
        self.text.append(data)

    def refuse(self, *what: object) -> int:
        raise DecodeError("", "<!DOCTYPE", "XML without a document type and without entities")


def notifications(data: bytes) -> list[dict[str, Any]]:
    """Each Notification as `{"Id", "sObject": {field: text}}`; raises DecodeError."""
    reader = Reader()
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    parser.ExternalEntityRefHandler = reader.refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset}"
        raise UnreadableError("", data[:40], f"XML ({expat.ErrorString(error.code)}, {place})") from None
    except DecodeError:
        raise
    except (LookupError, ValueError):
        # An encoding that nobody knows, or one of several bytes a letter, which expat does not take from Python.
        raise UnreadableError("", data[:60], "XML in UTF-8") from None
    if not reader.found:
        raise DecodeError("", data[:40], "an outbound message of Salesforce, with at least one Notification")
    return reader.found
