"""The one list of connectors. Each is imported when a settings file first asks for it."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from service.connectors.options import Options
from service.connectors.protocol import Connector

__all__ = ["CRMS", "KINDS", "read"]

# Kind → the module whose `read` makes the connector from its options.
KINDS = {
    "asana": "service.connectors.asana",
    "calendar-mail": "service.connectors.calendar_mail",
    "docusign": "service.connectors.docusign",
    "google-calendar": "service.connectors.google_calendar",
    "smtp": "service.connectors.smtp",
    "hubspot": "service.connectors.hubspot",
    "monday": "service.connectors.monday",
    "pandadoc": "service.connectors.pandadoc",
    "salesforce": "service.connectors.salesforce",
    "slack": "service.connectors.slack",
    "webhook": "service.connectors.webhook",
}
CRMS = ("hubspot", "salesforce")


def read(kind: str, options: Options) -> Connector:
    make: Callable[[Options], Connector] = importlib.import_module(KINDS[kind]).read
    return make(options)
