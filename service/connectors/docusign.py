"""DocuSign: an envelope from a template, as a draft unless the settings say that it goes out at once.

Our key is the envelope's `transactionId`, by which it is found again for seven days; longer no attempt lasts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.connectors.errors import LaterError
from service.connectors.oauth import Tokens, assertion
from service.connectors.options import Options
from service.connectors.protocol import About, Asked, Attempt, Json, Kind, Mark, Repeat
from service.connectors.signers import signer_of
from service.connectors.words import line, subject

__all__ = ["DocuSign", "read"]

LOGIN = "https://account.docusign.com"
LONGEST_SUBJECT = 100
CAN = frozenset({Kind.WEBHOOK, Kind.DOCUMENT, Kind.TASK})


@dataclass(frozen=True, slots=True, kw_only=True)
class DocuSign:
    """`base` is the account's own URL, `template_role` the role that the buyer has in the template, and `signer` who of
    the buyer's that is."""

    base: str
    account: str
    integration: str
    user: str
    key: str = field(repr=False)
    template: str
    template_role: str
    signer: str
    document: str = "contract"
    send_now: bool = False
    login: str = LOGIN
    tokens: Tokens = field(default_factory=Tokens, repr=False, compare=False)
    can: frozenset[Kind] = CAN
    repeat: Repeat = Repeat.LOOK

    def build(self, asked: Asked, about: About) -> Json:
        signer = signer_of(about, self.signer, needed=self.send_now)
        role = {"roleName": self.template_role}
        if signer is not None:
            role |= {"name": line(signer.name)[:100], "email": str(signer.address)}
        texts = [("deal_id", about.deal), ("document", self.document)]
        fields = [{"name": name, "value": value, "show": "false", "required": "false"} for name, value in texts]
        return {
            "templateId": self.template,
            "templateRoles": [role],
            "status": "sent" if self.send_now else "created",
            "emailSubject": subject(asked)[:LONGEST_SUBJECT],
            "customFields": {"textCustomFields": fields},
        }

    def marks(self, payload: Json) -> Sequence[Mark]:
        """What becomes of an envelope is news, whoever made it."""
        return ()

    def made(self, result: Json) -> Sequence[Mark]:
        return ()

    def send(self, payload: Json, attempt: Attempt) -> Json:
        if attempt.again and (found := self.found(attempt)) is not None:
            return {"envelope": found, "found": True}
        answer = self.call(attempt, "POST", "envelopes", json=payload | {"transactionId": attempt.key})
        if not answer.get("envelopeId"):
            raise LaterError("DocuSign answered no envelopeId", unclear=True)
        return {"envelope": answer["envelopeId"], "status": answer.get("status")}

    def found(self, attempt: Attempt) -> str | None:
        envelopes = self.call(attempt, "GET", "envelopes", params={"transaction_ids": attempt.key}).get("envelopes")
        return str(envelopes[0]["envelopeId"]) if envelopes else None

    def call(self, attempt: Attempt, method: str, path: str, **more: Any) -> Json:
        token = self.tokens.get(attempt.http, f"{self.login}/oauth/token", lambda: self.form(attempt), attempt.now())
        url = f"{self.base}/restapi/v2.1/accounts/{self.account}/{path}"
        try:
            answer = attempt.http.ask(method, url, headers={"authorization": f"Bearer {token.value}"}, **more)
        except LaterError as error:
            if "answered 401" in str(error):
                self.tokens.forget()
            raise
        return answer.object("DocuSign")

    def form(self, attempt: Attempt) -> Mapping[str, str]:
        audience = self.login.partition("://")[2]
        claims = {"iss": self.integration, "sub": self.user, "aud": audience, "scope": "signature impersonation"}
        signed = assertion(self.key, claims, attempt.now())
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed}

    def test(self, attempt: Attempt) -> str:
        template = self.call(attempt, "GET", f"templates/{self.template}")
        return f"DocuSign shows us the template {line(str(template.get('name')))[:80]!r}"


def read(options: Options) -> DocuSign:
    return DocuSign(
        base=options.url("base"),
        account=options.text("account"),
        integration=options.text("integration"),
        user=options.text("user"),
        key=options.secret("key"),
        template=options.text("template"),
        template_role=options.text("template_role", "Signer"),
        signer=options.text("signer", "economic_buyer"),
        document=options.one_of("document", ("contract", "proposal"), "contract"),
        send_now=options.flag("send_now", False),
        login=options.url("login", LOGIN),
    )
