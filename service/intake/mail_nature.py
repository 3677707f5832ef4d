"""Whether a person wrote a message, or a machine did, as its headers and parts say it; words are not looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.intake.envelope import Calendar, Nature
from service.intake.mail_headers import Headers, mailbox
from service.intake.mime import Part

__all__ = ["Judged", "by_headers", "from_machine", "judged"]

MACHINES = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon|microsoftexchange[0-9a-f]{8,40})@.*")
ABSENT = re.compile(
    r"(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|out[ -]of[ -](?:the[ -])?office|ooo"
    r"|on (?:vacation|leave)|away from (?:the|my) (?:office|desk)"
    r"|abwesen(?:d|heits?(?:notiz|nachricht|meldung|assistent)?)"
    r"|automatische antwort|réponse automatique|absence du bureau|respuesta automática|fuera de (?:la )?oficina"
    r"|risposta automatica|fuori (?:sede|ufficio)|resposta automática|ausência temporária|automatisch antwoord"
    r"|afwezig(?:heid)?|autosvar|automatiskt svar|automatisk svar|automaattinen vastaus|odpowiedź automatyczna"
    r"|自動応答|自动答复|自動回覆|자동 회신)"
    r"\s*(?:[:：\-–—(\[.!]|re:|aw:|$)",
    re.IGNORECASE,
)
# Any value of these but "no" tells a machine's answer.
ANSWERING = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-autoresponse",
)
MANY = ("list-id", "list-unsubscribe", "feedback-id", "x-campaign-id", "x-campaignid", "x-mailchimp-campaign-id")
FAILED = re.compile(r"(?:final|original)-recipient[ \t]*:[ \t]*[^;\n]{0,60};[ \t]*([^\s;<>]+@[^\s;<>]+)", re.IGNORECASE)
ACTION = re.compile(r"^action[ \t]*:[ \t]*([a-z]+)", re.IGNORECASE | re.MULTILINE)
LONGEST_REPORT = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`because` is the header or part that told; `undelivered_to` the addresses that a bounce names."""

    nature: Nature
    because: str | None = None
    undelivered_to: tuple[str, ...] = ()


def judged(root: Part, sender: str | None, calendar: Calendar | None) -> Judged:
    """`sender` is the writer's address; `calendar` the message's own entry where it has one."""
    if bounce := bounced(root, sender):
        return bounce
    if calendar is not None:
        return Judged(nature=Nature.INVITATION, because=f"text/calendar; method={calendar.method}")
    report = root.parameter("report-type") if root.kind == "multipart/report" else None
    if report:
        return Judged(nature=Nature.AUTOREPLY, because=f"multipart/report; report-type={report[:60]}")
    return by_headers(root.headers)


def bounced(root: Part, sender: str | None) -> Judged | None:
    """A report that something did not arrive; one that it did, or that it waits, is a machine's answer."""
    failed = tuple(
        mailbox(each) for each in re.split(r"[,\s]+", root.headers.first("x-failed-recipients") or "") if each
    )
    status = next((part for part in root.walk() if part.kind == "message/delivery-status"), None)
    if status is not None:
        report = status.text()[:LONGEST_REPORT]
        actions = {action.lower() for action in ACTION.findall(report)}
        if actions and not actions & {"failed"}:
            return Judged(nature=Nature.AUTOREPLY, because=f"delivery-status: {', '.join(sorted(actions))[:60]}")
        named = (mailbox(each) for each in FAILED.findall(report))
        return Judged(
            nature=Nature.BOUNCE,
            because="message/delivery-status",
            undelivered_to=tuple(dict.fromkeys([*failed, *named])),
        )
    if root.kind == "multipart/report" and root.parameter("report-type") == "delivery-status":
        return Judged(nature=Nature.BOUNCE, because="multipart/report; report-type=delivery-status")
    if failed:
        return Judged(nature=Nature.BOUNCE, because="X-Failed-Recipients", undelivered_to=tuple(dict.fromkeys(failed)))
    return from_machine(sender)


def from_machine(sender: str | None) -> Judged | None:
    """A bounce, where the address is one that only mail systems write from."""
    if sender and MACHINES.fullmatch(sender.lower()):
        return Judged(nature=Nature.BOUNCE, because=f"From: {sender[:80]}")
    return None


def by_headers(headers: Headers) -> Judged:
    """What headers alone tell; a list on which people write, and a mail that answers another, is a person's."""
    submitted = re.split(r"[;(\s]", (headers.first("auto-submitted") or "").lower(), maxsplit=1)[0]
    absent = bool(ABSENT.match(headers.text("subject") or ""))
    answers = headers.has("in-reply-to", "references")
    if submitted == "auto-replied" or (submitted not in ("", "no") and (absent or answers)):
        return Judged(nature=Nature.AUTOREPLY, because=f"Auto-Submitted: {submitted[:60]}")
    for name in ANSWERING:
        if (value := headers.first(name)) is not None and value.lower() != "no":
            return Judged(nature=Nature.AUTOREPLY, because=f"{name.title()}: {value[:60]}")
    precedence = (headers.first("precedence") or "").lower()
    if precedence in ("auto_reply", "auto-reply") or (headers.first("x-autogenerated") or "").lower() == "reply":
        return Judged(nature=Nature.AUTOREPLY, because="Precedence: auto_reply")
    if absent:
        return Judged(nature=Nature.AUTOREPLY, because="Subject")
    if submitted not in ("", "no"):
        return Judged(nature=Nature.LIST, because=f"Auto-Submitted: {submitted[:60]}")
    discussed = "mailto:" in (headers.first("list-post") or "").lower() or headers.has("x-google-group-id")
    many = next((name for name in MANY if headers.has(name)), None)
    if many is None and precedence in ("bulk", "list", "junk"):
        many = "precedence"
    if many is not None and not discussed and not headers.has("in-reply-to"):
        return Judged(nature=Nature.LIST, because=many.title())
    return Judged(nature=Nature.HUMAN)
