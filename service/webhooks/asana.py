"""Asana: tasks are made, changed, done. The events hold ids only: what to fetch is announced.

The first call is a handshake, in which Asana hands over the secret that it will sign with. Anybody could do that, so
the URL given to Asana carries a secret of ours: `/v1/webhooks/asana?token=...`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.webhooks import verify
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import Announcement, Found, Ignored
from service.webhooks.marks import by_client
from service.webhooks.payload import any_identity, at, clean, each, identity, known, loads, moment, short
from service.webhooks.source import Reply, Source
from service.webhooks.verify import UnprovenError, fitting
from signals import DecodeError
from signals.decode import as_object, text

__all__ = ["SOURCE"]

LONGEST_SECRET = 500


def handshake(delivery: Delivery, secrets: tuple[str, ...]) -> Reply | None:
    """Asana's secret, kept and echoed, where the URL has one of ours."""
    secret = delivery.header("x-hook-secret")
    if secret is None:
        return None
    try:
        fitting(secrets, [delivery.query.get("token", "")], str)
    except UnprovenError:
        detail = "a handshake needs ?token= in the URL, with the secret that the settings have for asana"
        raise UnprovenError(detail) from None
    if not (secret.isascii() and secret.isprintable() and 0 < len(secret) <= LONGEST_SECRET):
        raise UnprovenError("X-Hook-Secret is no printable text")
    return Reply(headers={"X-Hook-Secret": secret}, keep_secret=secret)


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    events = as_object(loads(delivery.body)).get("events")
    if events == []:
        yield Ignored(place="events", reason="empty: Asana shows that it is there")
        return
    yield from each(events, "events", record)


def record(value: Mapping[str, Any], place: str) -> Iterator[Found]:
    action, resource = text(value, "action"), value.get("resource")
    try:
        gid = identity(as_object(resource), "gid")
    except DecodeError as error:
        raise error.under("resource") from None
    kind = at(resource, "resource_type")
    if kind != "task" or action not in ("changed", "added", "undeleted"):
        yield Ignored(
            place=place, reason=f"{short(kind)} {short(action)}: only tasks that are made or changed are fetched"
        )
        return
    user = any_identity(at(value, "user", "gid"))
    fetch = {
        "what": "the task as it is now",
        "method": "GET",
        "url": f"https://app.asana.com/api/1.0/tasks/{gid}",
        "changed": clean(at(value, "change", "field")),
    }
    yield Announcement(
        place=place,
        id=f"task/{gid}",
        kind="task",
        announced_at=moment(value, "created_at"),
        fetch=known(fetch),
        marks=(by_client(user),) if user else (),
    )


SOURCE = Source(name="asana", verify=verify.body_hmac("X-Hook-Signature"), read=read, handshake=handshake)
