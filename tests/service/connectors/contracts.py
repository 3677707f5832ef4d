"""What vendors' published documentation says of the requests that we make, as JSON schemas written by hand.

No live account stands behind these: they hold what was read, so that a request cannot drift from it unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jsonschema_rs

from tests.service.connectors.outside import Answer, Asked, Outside

Json = dict[str, Any]

TEXT = {"type": "string", "minLength": 1}
ID = {"type": "string", "pattern": "^[0-9]+$"}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}
DAY = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}


def exactly(needed: Json, /, **optional: Any) -> Json:
    return {
        "type": "object",
        "properties": needed | optional,
        "required": list(needed),
        "additionalProperties": False,
    }


NOTHING: Json = exactly({})


def hubspot_object(properties: Json, association: int) -> Json:
    types = {
        "type": "array",
        "minItems": 1,
        "items": exactly(
            {"associationCategory": {"const": "HUBSPOT_DEFINED"}, "associationTypeId": {"const": association}}
        ),
    }
    to = exactly({"to": exactly({"id": ID}), "types": types})
    return exactly({"properties": properties, "associations": {"type": "array", "minItems": 1, "items": to}})


HUBSPOT = {
    ("GET", r"/crm/v3/objects/deals/\d+"): NOTHING,
    ("GET", r"/crm/v3/objects/deals"): NOTHING,
    ("PATCH", r"/crm/v3/objects/deals/\d+"): exactly(
        {
            "properties": {
                "type": "object",
                "minProperties": 1,
                "properties": {
                    "dealstage": TEXT,
                    "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
                    "closedate": {"type": "string", "pattern": r"^\d{13}$"},
                },
                "additionalProperties": False,
            }
        }
    ),
    ("POST", "/crm/v3/objects/tasks"): hubspot_object(
        exactly(
            {
                "hs_task_subject": TEXT,
                "hs_task_body": TEXT,
                "hs_timestamp": INSTANT,
                "hs_task_status": {"enum": ["NOT_STARTED", "IN_PROGRESS", "WAITING", "DEFERRED", "COMPLETED"]},
                "hs_task_type": {"enum": ["EMAIL", "CALL", "TODO"]},
            }
        ),
        216,
    ),
    ("POST", "/crm/v3/objects/notes"): hubspot_object(
        exactly({"hs_note_body": TEXT | {"maxLength": 65536}, "hs_timestamp": INSTANT}), 214
    ),
    ("GET", r"/crm/v4/objects/deals/\d+/associations/(tasks|notes)"): NOTHING,
    ("POST", r"/crm/v3/objects/(tasks|notes)/batch/read"): exactly(
        {
            "properties": {"type": "array", "items": TEXT},
            "inputs": {"type": "array", "minItems": 1, "maxItems": 100, "items": exactly({"id": ID})},
        }
    ),
}
SALESFORCE_DATA = r"/services/data/v\d+\.0"
SALESFORCE_TASK = exactly(
    {
        "Subject": TEXT | {"maxLength": 255},
        "Description": TEXT | {"maxLength": 32000},
        "WhatId": {"type": "string", "pattern": "^006[0-9A-Za-z]{15}$"},
        "Status": {"enum": ["Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"]},
        "Priority": {"enum": ["High", "Normal", "Low"]},
        "ActivityDate": DAY,
    }
)
SALESFORCE = {
    ("POST", "/services/oauth2/token"): None,
    ("GET", rf"{SALESFORCE_DATA}/sobjects/Opportunity/006[0-9A-Za-z]{{15}}"): NOTHING,
    ("PATCH", rf"{SALESFORCE_DATA}/sobjects/Opportunity/006[0-9A-Za-z]{{15}}"): {
        "type": "object",
        "minProperties": 1,
        "properties": {"StageName": TEXT, "Amount": {"type": "number"}, "CloseDate": DAY},
        "additionalProperties": False,
    },
    ("POST", rf"{SALESFORCE_DATA}/sobjects/Task"): SALESFORCE_TASK,
    ("PATCH", rf"{SALESFORCE_DATA}/sobjects/Task/[A-Za-z_]+__c/tt-[0-9a-f]{{40}}"): SALESFORCE_TASK,
    ("GET", rf"{SALESFORCE_DATA}/(query|limits)"): NOTHING,
}

ASANA = {
    ("POST", "/tasks"): exactly(
        {
            "data": exactly(
                {"name": TEXT, "notes": TEXT, "projects": {"type": "array", "minItems": 1, "items": ID}},
                due_at=INSTANT,
                assignee=TEXT,
            )
        }
    ),
    ("GET", r"/(tasks|projects/\d+)"): NOTHING,
}
MONDAY = {
    ("POST", "/v2"): exactly(
        {"query": {"type": "string", "pattern": r"^(mutation|query) "}, "variables": {"type": "object"}}
    ),
}
UUID = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
DOCUSIGN = {
    ("POST", "/oauth/token"): None,
    ("POST", rf"/restapi/v2\.1/accounts/{UUID['pattern'][1:-1]}/envelopes"): exactly(
        {
            "templateId": UUID,
            "status": {"enum": ["created", "sent"]},
            "emailSubject": TEXT | {"maxLength": 100},
            "transactionId": TEXT | {"maxLength": 255},
            "templateRoles": {
                "type": "array",
                "minItems": 1,
                "items": exactly({"roleName": TEXT}, name=TEXT | {"maxLength": 100}, email=TEXT | {"maxLength": 100}),
            },
            "customFields": exactly(
                {
                    "textCustomFields": {
                        "type": "array",
                        "items": exactly(
                            {"name": TEXT, "value": TEXT | {"maxLength": 500}},
                            show={"enum": ["true", "false"]},
                            required={"enum": ["true", "false"]},
                        ),
                    }
                }
            ),
        }
    ),
    ("GET", r"/restapi/v2\.1/accounts/[0-9a-f-]+/(envelopes|templates/[0-9a-f-]+)"): NOTHING,
}
PANDADOC = {
    ("POST", "/public/v1/documents"): exactly(
        {
            "name": TEXT,
            "template_uuid": TEXT,
            "recipients": {
                "type": "array",
                "items": exactly({"email": TEXT, "role": TEXT}, first_name=TEXT, last_name={"type": "string"}),
            },
        },
        tokens={"type": "array", "items": exactly({"name": TEXT, "value": {"type": "string"}})},
        metadata={"type": "object", "additionalProperties": {"type": "string"}},
        tags={"type": "array", "items": TEXT},
    ),
    ("GET", r"/public/v1/(documents|templates/\w+/details)"): NOTHING,
}
AT = exactly({"dateTime": {"type": "string", "format": "date-time"}}, timeZone=TEXT)
GOOGLE = {
    ("POST", "/token"): None,
    ("POST", r"/calendar/v3/calendars/[^/]+/events"): exactly(
        {"summary": TEXT, "start": AT, "end": AT},
        id={"type": "string", "pattern": "^[a-v0-9]{5,1024}$"},
        description=TEXT,
        attendees={"type": "array", "items": exactly({"email": TEXT})},
        extendedProperties=exactly({"private": {"type": "object", "additionalProperties": {"type": "string"}}}),
    ),
    ("GET", r"/calendar/v3/calendars/[^/]+/events"): NOTHING,
}


class Contract:
    """Looks at every request before the system does; `broken` says what was wrong with which."""

    def __init__(self, system: Outside, said: dict[tuple[str, str], Json | None], then: Callable[[Asked], Answer]):
        self.said = {(method, re.compile(path)): schema for (method, path), schema in said.items()}
        self.then = then
        self.broken: list[str] = []
        system.respond = self.respond

    def respond(self, asked: Asked) -> Answer:
        found = [
            schema
            for (method, path), schema in self.said.items()
            if method == asked.method and path.fullmatch(asked.path)
        ]
        if not found:
            self.broken.append(f"{asked.method} {asked.path}: no such call")
            return Answer(404)
        if found[0] is not None:
            body = asked.json if asked.body else {}
            for error in jsonschema_rs.validator_for(found[0]).iter_errors(body):
                self.broken.append(f"{asked.method} {asked.path}: {error.message}")
                return Answer(400, {"message": error.message})
        return self.then(asked)
