"""Slack, through an app's token or an incoming webhook: messages, and signals to accept or dismiss by a button.

With a token each message carries our key as metadata, by which we find it again after an attempt whose answer was
lost. A webhook has neither key nor lookup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.connectors.errors import LaterError, RefusedError
from service.connectors.http import Http
from service.connectors.options import Options
from service.connectors.protocol import About, Asked, Attempt, Json, Kind, Mark, Repeat
from service.connectors.words import line, plain, subject

__all__ = ["Slack", "read"]

API = "https://slack.com/api"
EVENT = "telltale_action"
LONGEST_HEADER, LONGEST_TEXT = 150, 3000
LOOKED_AT = "200"
# What Slack's answers of status 200 say that may pass, and that a person has to mend.
PASSING = (
    "ratelimited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
)
CREDENTIALS = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """`webhook` is the URL of an incoming webhook, itself a secret; else `token` and `channel` are there."""

    token: str = field(default="", repr=False)
    webhook: str = field(default="", repr=False)
    channel: str = ""
    api: str = API
    can: frozenset[Kind] = frozenset(Kind)

    @property
    def repeat(self) -> Repeat:
        return Repeat.NEVER if self.webhook else Repeat.LOOK

    def build(self, asked: Asked, about: About) -> Json:
        title = subject(asked)
        text = plain(asked, about)
        out = {"text": f"{title} · {line(about.account)}", "blocks": blocks(asked, title, text)}
        return out if self.webhook else out | {"channel": self.channel}

    def marks(self, payload: Json) -> Sequence[Mark]:
        return ()

    def made(self, result: Json) -> Sequence[Mark]:
        return ()

    def send(self, payload: Json, attempt: Attempt) -> Json:
        if self.webhook:
            attempt.http.ask("POST", self.webhook, json=payload)
            return {}
        if attempt.again and (found := self.found(payload, attempt)) is not None:
            return {"channel": self.channel, "ts": found, "found": True}
        metadata = {"event_type": EVENT, "event_payload": {"key": attempt.key}}
        answer = self.method(attempt.http, "chat.postMessage", json=payload | {"metadata": metadata})
        return {"channel": answer.get("channel"), "ts": answer.get("ts")}

    def found(self, payload: Json, attempt: Attempt) -> str | None:
        """The message that an earlier attempt has written."""
        params = {"channel": self.channel, "limit": LOOKED_AT, "include_all_metadata": "true"}
        answer = self.method(attempt.http, "conversations.history", method="GET", params=params)
        for message in answer.get("messages") or ():
            metadata = message.get("metadata") or {}
            if (metadata.get("event_payload") or {}).get("key") == attempt.key:
                return str(message.get("ts"))
        return None

    def method(self, http: Http, name: str, *, method: str = "POST", **more: Any) -> Mapping[str, Any]:
        headers = {"authorization": f"Bearer {self.token}"}
        answer = http.ask(method, f"{self.api}/{name}", headers=headers, **more).object(f"Slack's {name}")
        if not answer.get("ok"):
            error = line(str(answer.get("error")))[:100]
            said = f"Slack's {name} answered {error}"
            if error in PASSING:
                raise LaterError(said, unclear=error != "ratelimited")
            if error in CREDENTIALS:
                raise LaterError(f"{said}; look at the app's token and scopes")
            raise RefusedError(said)
        return answer

    def test(self, attempt: Attempt) -> str:
        if self.webhook:
            raise RefusedError("a webhook of Slack's can only be tried by writing: send an action again instead")
        answer = self.method(attempt.http, "auth.test")
        return f"Slack knows us as {line(str(answer.get('user')))[:80]} in {line(str(answer.get('team')))[:80]}"


def blocks(asked: Asked, title: str, text: str) -> list[dict[str, Any]]:
    """The message as Slack's blocks, checked against Slack's own limits by its library."""
    from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, HeaderBlock, PlainTextObject, SectionBlock

    out: list[Block] = [HeaderBlock(text=PlainTextObject(text=cut(title, LONGEST_HEADER)))]
    out += [SectionBlock(text=PlainTextObject(text=piece, emoji=False)) for piece in pieces(text)]
    signal = asked.content.get("signal")
    if signal is not None:
        out.append(
            ActionsBlock(
                elements=[
                    ButtonElement(
                        text=PlainTextObject(text="Accept"), action_id="signal_accept", value=signal, style="primary"
                    ),
                    ButtonElement(text=PlainTextObject(text="Dismiss"), action_id="signal_dismiss", value=signal),
                ]
            )
        )
    return [block.to_dict() for block in out]


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def pieces(text: str, most: int = 3) -> list[str]:
    """Plain text, for words that were said are nobody's markup: no mention, link or format comes of them."""
    out: list[str] = []
    while text and len(out) < most:
        at = len(text) if len(text) <= LONGEST_TEXT else (text.rfind("\n", 1, LONGEST_TEXT) + 1 or LONGEST_TEXT)
        out.append(text[:at])
        text = text[at:].lstrip("\n")
    if text:
        out[-1] = cut(out[-1], LONGEST_TEXT - 1).rstrip("…") + "…"
    return out


def read(options: Options) -> Slack:
    api = options.url("api", API)
    if options.table.has("webhook"):
        webhook = options.secret("webhook")
        if webhook and not webhook.startswith(("https://", "http://127.0.0.1:")):
            options.table.bad("webhook", "the secret is no URL", "Copy the URL that Slack shows for the webhook.")
        return Slack(webhook=webhook, api=api)
    return Slack(token=options.secret("token"), channel=options.text("channel"), api=api)
