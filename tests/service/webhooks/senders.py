"""What each vendor does when it sends: its body as it is, and its signature, made here a second time."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from service.webhooks.delivery import Delivery, Site

FIXTURES = Path(__file__).parent / "fixtures"
NOW = dt.datetime(2026, 3, 6, 12, 0, tzinfo=dt.UTC)
SECRET = "test-secret"
STANDARD_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
HOST = "http://testserver"

STANDARD = ("recall", "standard")
TOKEN = ("salesforce", "google-calendar", "assemblyai", "cloudevents", "proposify")
SECRETS = {
    name: (STANDARD_SECRET if name in STANDARD else SECRET,)
    for name in [folder.name for folder in sorted(FIXTURES.iterdir())]
}
SITE = Site(
    our_domains=("seller.example",),
    known_stages=("identified", "discovery", "qualified", "proposal", "negotiation", "closed_won", "closed_lost"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request as the vendor makes it."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def all_fixtures() -> list[str]:
    return sorted(str(file.relative_to(FIXTURES)) for file in FIXTURES.rglob("*.*"))


def sha(secret: str | bytes, content: bytes) -> bytes:
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(key, content, hashlib.sha256).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def as_sent(source: str, body: bytes) -> bytes:
    """Slack's JSON travels in a form."""
    return urlencode({"payload": body.decode()}).encode() if source == "slack" and body[:1] == b"{" else body


def signed(source: str, body: bytes, *, secret: str | None = None, at: dt.datetime = NOW, id: str = "msg_1") -> Sent:
    """The body with the proof that this source gives."""
    secret = secret or SECRETS[source][0]
    body = as_sent(source, body)
    stamp = str(int(at.timestamp()))
    match source:
        case "docusign":
            return Sent(body=body, headers={"X-DocuSign-Signature-1": b64(sha(secret, body))})
        case "pandadoc":
            return Sent(body=body, query={"signature": sha(secret, body).hex()})
        case "hubspot":
            millis = stamp + "000"
            content = f"POST{HOST}/v1/webhooks/hubspot".encode() + body + millis.encode()
            headers = {"X-HubSpot-Signature-v3": b64(sha(secret, content)), "X-HubSpot-Request-Timestamp": millis}
            return Sent(body=body, headers=headers)
        case "calendly":
            mark = sha(secret, stamp.encode() + b"." + body).hex()
            return Sent(body=body, headers={"Calendly-Webhook-Signature": f"t={stamp},v1={mark}"})
        case "slack" | "zoom":
            mark = "v0=" + sha(secret, b"v0:" + stamp.encode() + b":" + body).hex()
            names = ("X-Slack-Signature", "X-Slack-Request-Timestamp")
            if source == "zoom":
                names = ("x-zm-signature", "x-zm-request-timestamp")
            form = {"Content-Type": "application/x-www-form-urlencoded"} if source == "slack" else {}
            return Sent(body=body, headers={names[0]: mark, names[1]: stamp} | form)
        case "fireflies":
            return Sent(body=body, headers={"X-Hub-Signature": "sha256=" + sha(secret, body).hex()})
        case "asana":
            return Sent(body=body, headers={"X-Hook-Signature": sha(secret, body).hex()})
        case "recall" | "standard":
            key = base64.b64decode(secret.removeprefix("whsec_"))
            mark = b64(sha(key, b".".join([id.encode(), stamp.encode(), body])))
            headers = {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{mark}"}
            return Sent(body=body, headers=headers)
        case "google-calendar":
            return Sent(body=body, headers={"X-Goog-Channel-Token": secret})
        case _:
            return Sent(body=body, headers={"X-Telltale-Token": secret})


def delivery(source: str, sent: Sent, *, at: dt.datetime = NOW, url: str | None = None) -> Delivery:
    return Delivery(
        source=source,
        method="POST",
        url=url or f"{HOST}/v1/webhooks/{source}",
        query=sent.query,
        headers={name.lower(): value for name, value in sent.headers.items()},
        body=sent.body,
        received_at=at,
    )
