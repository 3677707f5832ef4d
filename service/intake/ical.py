"""The calendar part of an invitation (RFC 5545): what it asks or answers, about which meeting, in whose words."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo

from service.intake.envelope import Calendar

__all__ = ["INVITING", "calendar"]

# Methods of RFC 5546 that go from one person to another; PUBLISH only makes an entry known.
INVITING = {"REQUEST", "REPLY", "CANCEL", "COUNTER", "DECLINECOUNTER", "ADD", "REFRESH"}

LONGEST = 256 * 1024
FOLD = re.compile(r"\r?\n[ \t]")
LINE = re.compile(r"([A-Za-z0-9-]{1,60})((?:;(?:[^:\"]|\"[^\"]*\")*)?):(.*)")
ATTRIBUTE = re.compile(r";([A-Za-z0-9-]{1,60})=(?:\"([^\"]*)\"|([^;\"]*))")
ESCAPED = re.compile(r"\\([\\;,nN])")
MOMENT = re.compile(r"(\d{8}T\d{6})(Z?)", re.ASCII)


def calendar(text: str, method: str | None) -> tuple[Calendar | None, str]:
    """The entry and the words that a person wrote in it (a reply's comment, an invitation's description).

    `method` is that of the Content-Type, which holds where the calendar itself has none. (None, "") where there is
    no method that asks or answers anything.
    """
    fields = event(text[:LONGEST])
    method = (value(fields, "METHOD") or method or "").strip().upper()
    if method not in INVITING:
        return None, ""
    answers = [attributes.get("PARTSTAT", "") for name, attributes, _ in fields if name == "ATTENDEE"]
    found = Calendar(
        method=method,
        uid=(value(fields, "UID") or "")[:990] or None,
        summary=(value(fields, "SUMMARY") or "")[:990] or None,
        starts_at=starts_at(fields),
        answer=answers[0].lower() or None if method == "REPLY" and len(answers) == 1 else None,
    )
    return found, value(fields, "COMMENT" if method in ("REPLY", "COUNTER") else "DESCRIPTION") or ""


Field = tuple[str, dict[str, str], str]


def event(text: str) -> list[Field]:
    """The fields of the calendar itself and of its first meeting; time zones and alarms have fields of their own."""
    found: list[Field] = []
    inside: list[str] = []
    for line in FOLD.sub("", text).splitlines():
        match = LINE.fullmatch(line)
        if match is None:
            continue
        name, content = match.group(1).upper(), match.group(3)
        if name == "BEGIN":
            inside.append(content.strip().upper())
        elif name == "END":
            if inside and inside.pop() == "VEVENT":
                return found
        elif inside[-1:] in (["VCALENDAR"], ["VEVENT"]):
            found.append((name, attributes(match.group(2)), content))
    return found


def attributes(text: str) -> dict[str, str]:
    return {name.upper(): quoted or plain for name, quoted, plain in ATTRIBUTE.findall(text)}


def value(fields: list[Field], wanted: str) -> str | None:
    raw = next((content for name, _, content in fields if name == wanted), None)
    return None if raw is None else ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], raw).strip()


def starts_at(fields: list[Field]) -> dt.datetime | None:
    """The moment the meeting begins; None for whole days, and for times of a zone that has no known name."""
    for name, named, content in fields:
        if name == "DTSTART" and (match := MOMENT.fullmatch(content.strip())):
            zone = dt.UTC if match.group(2) else known_zone(named.get("TZID"))
            try:
                written = dt.datetime.strptime(match.group(1), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - its zone comes next
            except ValueError:
                return None
            return None if zone is None else written.replace(tzinfo=zone)
    return None


def known_zone(name: str | None) -> dt.tzinfo | None:
    if not name or not re.fullmatch(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,2}", name):
        return None
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
