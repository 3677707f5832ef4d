"""PandaDoc: a document from a template, as a draft that a person looks at and sends.

Our key is in the document's metadata, by which it is found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from service.connectors.errors import LaterError
from service.connectors.options import Options
from service.connectors.protocol import About, Asked, Attempt, Json, Kind, Mark, Repeat
from service.connectors.signers import signer_of
from service.connectors.words import line, subject

__all__ = ["PandaDoc", "read"]

API = "https://api.pandadoc.com"
CAN = frozenset({Kind.WEBHOOK, Kind.DOCUMENT, Kind.TASK})
TOKENS = ("account", "name", "amount", "currency", "close_date", "owner")


@dataclass(frozen=True, slots=True, kw_only=True)
class PandaDoc:
    """`template` is the template's id, `template_role` the role that the buyer has in it, and `signer` who of the
    buyer's that is; `document` says proposal or contract."""

    key: str = field(repr=False)
    template: str
    template_role: str
    signer: str
    document: str = "proposal"
    api: str = API
    can: frozenset[Kind] = CAN
    repeat: Repeat = Repeat.LOOK

    def build(self, asked: Asked, about: About) -> Json:
        signer = signer_of(about, self.signer, needed=False)
        recipients: list[Json] = []
        if signer is not None:
            first, _, last = line(signer.name).partition(" ")
            recipients = [{"email": signer.address, "first_name": first, "last_name": last, "role": self.template_role}]
        tokens = [
            {"name": f"Deal.{name}", "value": str(about.state[name])}
            for name in TOKENS
            if about.state.get(name) is not None
        ]
        return {
            "name": subject(asked),
            "template_uuid": self.template,
            "recipients": recipients,
            "tokens": tokens,
            "metadata": {"deal_id": about.deal, "document": self.document},
            "tags": ["telltale", self.document],
        }

    def marks(self, payload: Json) -> Sequence[Mark]:
        """What becomes of a document is news, whoever made it."""
        return ()

    def made(self, result: Json) -> Sequence[Mark]:
        return ()

    def send(self, payload: Json, attempt: Attempt) -> Json:
        if attempt.again and (found := self.found(attempt)) is not None:
            return {"document": found, "found": True}
        metadata = payload["metadata"] | {"telltale_key": attempt.key}
        answer = self.call(attempt, "POST", "documents", json=payload | {"metadata": metadata})
        if not answer.get("id"):
            raise LaterError("PandaDoc answered no id", unclear=True)
        return {"document": answer["id"], "status": answer.get("status")}

    def found(self, attempt: Attempt) -> str | None:
        results = self.call(attempt, "GET", "documents", params={"metadata_telltale_key": attempt.key}).get("results")
        return str(results[0]["id"]) if results else None

    def call(self, attempt: Attempt, method: str, path: str, **more: Any) -> Json:
        url = f"{self.api}/public/v1/{path}"
        answer = attempt.http.ask(method, url, headers={"authorization": f"API-Key {self.key}"}, **more)
        return answer.object("PandaDoc")

    def test(self, attempt: Attempt) -> str:
        template = self.call(attempt, "GET", f"templates/{self.template}/details")
        return f"PandaDoc shows us the template {line(str(template.get('name')))[:80]!r}"


def read(options: Options) -> PandaDoc:
    return PandaDoc(
        key=options.secret("key"),
        template=options.text("template"),
        template_role=options.text("template_role", "Client"),
        signer=options.text("signer", "economic_buyer"),
        document=options.one_of("document", ("proposal", "contract"), "proposal"),
        api=options.url("api", API),
    )
