"""A webhook of one's own: the action as JSON, signed as Standard Webhooks says. `webhook-id` is our key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import orjson

from service.connectors.guard import Guard
from service.connectors.options import Options
from service.connectors.protocol import About, Asked, Attempt, Json, Kind, Mark, Repeat
from service.connectors.words import subject

__all__ = ["Webhook", "read", "signature"]

PREFIX = "whsec_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """`secret` is the signing key itself."""

    url: str
    secret: bytes = field(repr=False)
    guard: Guard
    can: frozenset[Kind] = frozenset(Kind)
    repeat: Repeat = Repeat.KEY

    def build(self, asked: Asked, about: About) -> Json:
        deal = {"id": about.deal, "elsewhere": dict(about.elsewhere), "link": about.link}
        told = ("account", "name", "owner", "stage", "amount", "currency", "close_date", "probability")
        data = {
            "action": asked.action,
            "kind": asked.kind.value,
            "title": subject(asked),
            "due": None if asked.due_at is None else asked.due_at.isoformat(),
            "text": about.text,
            **{key: value for key, value in asked.content.items() if key != "body"},
            "deal": deal | {key: about.state.get(key) for key in told},
        }
        return {"type": f"telltale.action.{asked.kind.value}", "timestamp": asked.at.isoformat(), "data": data}

    def marks(self, payload: Json) -> Sequence[Mark]:
        return ()

    def made(self, result: Json) -> Sequence[Mark]:
        return ()

    def send(self, payload: Json, attempt: Attempt) -> Json:
        return {"status": self.post(payload, attempt)}

    def test(self, attempt: Attempt) -> str:
        status = self.post({"type": "telltale.test", "timestamp": attempt.at.isoformat(), "data": {}}, attempt)
        return f"a delivery of the type telltale.test was answered {status}"

    def post(self, payload: Json, attempt: Attempt) -> int:
        body, now = orjson.dumps(payload), int(attempt.now().timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": attempt.key,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(self.secret, attempt.key, now, body),
        }
        http = replace(attempt.http, guard=self.guard)
        return http.ask("POST", self.url, headers=headers, content=body).status


def signature(secret: bytes, id: str, timestamp: int, body: bytes) -> str:
    signed = f"{id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def read(options: Options) -> Webhook:
    said = options.secret("secret")
    secret = b""
    if said:
        try:
            secret = base64.b64decode(said.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            mend = f"Make one: {PREFIX} and 24 to 64 random bytes in base64."
            options.table.bad("secret", "the signing secret is not base64", mend)
    return Webhook(url=options.url("url"), secret=secret, guard=options.guard("allow"))
