"""Who sent a delivery: each vendor's signature over the raw bytes, compared in constant time, and its age.

Every scheme tries every secret, so that the time tells nothing and a secret can be replaced while both are valid.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from service.webhooks.delivery import Delivery

__all__ = [
    "Proof",
    "Scheme",
    "SecretError",
    "UnprovenError",
    "aged",
    "body_hmac",
    "calendly",
    "digest",
    "docusign",
    "fireflies",
    "first_of",
    "hubspot",
    "pandadoc",
    "standard",
    "timestamped",
    "token",
    "unsigned",
    "v0",
]

TOKEN_HEADER = "x-telltale-token"
# Beyond these digits a number of seconds is one of milliseconds.
SECONDS_DIGITS = 11
# Before a public key of Standard Webhooks.
PUBLIC = "whpk_"


class UnprovenError(Exception):
    """The delivery does not prove that it comes from its source; the message says what is wrong and names no secret."""


class SecretError(Exception):
    """A configured secret cannot be one of this scheme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`secret` is the one that fits, None for an unsigned delivery; `key` is the same for the same delivery again."""

    secret: str | None
    key: str


# (delivery, secrets, tolerance) → proof; raises UnprovenError or SecretError.
Scheme = Callable[[Delivery, Sequence[str], dt.timedelta], Proof]


def digest(*parts: bytes) -> str:
    """A hash of parts that cannot run into each other."""
    out = hashlib.sha256()
    for part in parts:
        out.update(len(part).to_bytes(8, "big"))
        out.update(part)
    return out.hexdigest()


def mac(secret: bytes, content: bytes) -> bytes:
    return hmac.new(secret, content, hashlib.sha256).digest()


def fitting(secrets: Sequence[str], given: Iterable[str], expected: Callable[[str], str]) -> str:
    """The secret for which one of the given signatures is the expected one."""
    wanted = [each.encode("utf-8", "replace") for each in given]
    found: str | None = None
    for secret in secrets:
        right = expected(secret).encode()
        for signature in wanted:
            if hmac.compare_digest(right, signature) and found is None:
                found = secret
    if found is None:
        raise UnprovenError("the signature is not that of any configured secret")
    return found


def required(delivery: Delivery, name: str) -> str:
    value = delivery.header(name)
    if not value:
        raise UnprovenError(f"the header {name} is missing")
    return value


def aged(delivery: Delivery, text: str, name: str, tolerance: dt.timedelta, *, unit: str = "s") -> None:
    """Refuses a delivery whose time of signing is further from now than `tolerance`, in the past or in the future."""
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise UnprovenError(f"{name} is no time in whole {'milliseconds' if unit == 'ms' else 'seconds'}")
    seconds = int(text) / (1000 if unit == "ms" or len(text) > SECONDS_DIGITS else 1)
    off = abs(delivery.received_at.timestamp() - seconds)
    if off > tolerance.total_seconds():
        raise UnprovenError(
            f"{name} is {off:.0f} seconds away from the time here, more than {tolerance.total_seconds():.0f}: "
            "the delivery is old, is replayed, or one of the clocks is wrong"
        )


def hex_of(secret: str, content: bytes) -> str:
    return mac(secret.encode(), content).hex()


def base64_of(secret: str, content: bytes) -> str:
    return base64.b64encode(mac(secret.encode(), content)).decode()


def body_hmac(
    header: str, *, encoding: Callable[[str, bytes], str] = hex_of, prefix: str = "", bare: bool = False
) -> Scheme:
    """HMAC-SHA256 of the raw body in one header. `bare` takes it without the prefix too."""

    def check(delivery: Delivery, secrets: Sequence[str], tolerance: dt.timedelta) -> Proof:
        value = required(delivery, header)
        if prefix and value.startswith(prefix):
            value = value[len(prefix) :]
        elif prefix and not bare:
            raise UnprovenError(f"the header {header} does not start with {prefix}")
        secret = fitting(secrets, [value.strip()], lambda secret: encoding(secret, delivery.body))
        return Proof(secret=secret, key=digest(delivery.body))

    return check


fireflies = body_hmac("X-Hub-Signature", prefix="sha256=", bare=True)


def docusign(delivery: Delivery, secrets: Sequence[str], tolerance: dt.timedelta) -> Proof:
    """`X-DocuSign-Signature-1` to `-100`, one for each key of the account."""
    given = [value for n in range(1, 101) if (value := delivery.header(f"x-docusign-signature-{n}"))]
    if not given:
        raise UnprovenError("the header X-DocuSign-Signature-1 is missing: switch HMAC on in Connect's settings")
    secret = fitting(secrets, given, lambda secret: base64_of(secret, delivery.body))
    return Proof(secret=secret, key=digest(delivery.body))


def pandadoc(delivery: Delivery, secrets: Sequence[str], tolerance: dt.timedelta) -> Proof:
    """`?signature=` in the URL."""
    value = delivery.query.get("signature")
    if not value:
        raise UnprovenError("the parameter ?signature= is missing")
    secret = fitting(secrets, [value], lambda secret: hex_of(secret, delivery.body))
    return Proof(secret=secret, key=digest(delivery.body))


def hubspot(delivery: Delivery, secrets: Sequence[str], tolerance: dt.timedelta) -> Proof:
    """Version 3. Versions 1 and 2 hash secret and content plainly, which lets a stranger append to the content."""
    if delivery.header("x-hubspot-signature-v3") is None and delivery.header("x-hubspot-signature") is not None:
        raise UnprovenError("only X-HubSpot-Signature-v3 is taken; versions 1 and 2 guard against no replay")
    value = required(delivery, "X-HubSpot-Signature-v3")
    at = required(delivery, "X-HubSpot-Request-Timestamp")
    aged(delivery, at, "X-HubSpot-Request-Timestamp", tolerance, unit="ms")
    content = f"{delivery.method}{delivery.url}".encode() + delivery.body + at.encode()
    try:
        secret = fitting(secrets, [value], lambda secret: base64_of(secret, content))
    except UnprovenError as error:
        # Part of what is signed is the URL, which a proxy may have changed.
        raise UnprovenError(
            f"{error}, if HubSpot called {delivery.url}; if it calls another URL, set TELLTALE_PUBLIC_URL to its start"
        ) from None
    return Proof(secret=secret, key=digest(content))


def calendly(delivery: Delivery, secrets: Sequence[str], tolerance: dt.timedelta) -> Proof:
    """`t=…,v1=…`; what is signed is the time, a full stop, and the body."""
    value = required(delivery, "Calendly-Webhook-Signature")
    pairs = [part.strip().partition("=")[::2] for part in value.split(",")]
    at = next((value for key, value in pairs if key == "t"), "")
    given = [value for key, value in pairs if key == "v1"]
    if not at or not given:
        raise UnprovenError("Calendly-Webhook-Signature is not of the form t=...,v1=...")
    aged(delivery, at, "Calendly-Webhook-Signature: t", tolerance)
    content = at.encode() + b"." + delivery.body
    return Proof(secret=fitting(secrets, given, lambda secret: hex_of(secret, content)), key=digest(content))


def v0(signature: str, timestamp: str) -> Scheme:
    """Slack's and Zoom's: `v0=` and the HMAC of `v0:{timestamp}:{body}`."""

    def check(delivery: Delivery, secrets: Sequence[str], tolerance: dt.timedelta) -> Proof:
        value, at = required(delivery, signature), required(delivery, timestamp)
        aged(delivery, at, timestamp, tolerance)
        content = b"v0:" + at.encode() + b":" + delivery.body
        secret = fitting(secrets, [value], lambda secret: "v0=" + hex_of(secret, content))
        return Proof(secret=secret, key=digest(content))

    return check


def standard(delivery: Delivery, secrets: Sequence[str], tolerance: dt.timedelta) -> Proof:
    """Standard Webhooks 1.0 by its own headers or by the older ones of Svix: HMAC (v1, secrets whsec_...), and ed25519
    (v1a, for which the "secret" is the sender's public key, whpk_...)."""
    prefix = "webhook" if delivery.header("webhook-signature") else "svix"
    if delivery.header(f"{prefix}-signature") is None:
        raise UnprovenError("the header webhook-signature is missing")
    id, at = required(delivery, f"{prefix}-id"), required(delivery, f"{prefix}-timestamp")
    aged(delivery, at, f"{prefix}-timestamp", tolerance)
    signatures = [each.partition(",")[::2] for each in required(delivery, f"{prefix}-signature").split()]
    shared = [value for version, value in signatures if version == "v1"]
    public = [value for version, value in signatures if version == "v1a"]
    if not shared and not public:
        raise UnprovenError(f"{prefix}-signature: expected a signature v1,... or v1a,..., found none")
    content = b".".join([id.encode(), at.encode(), delivery.body])
    macs = {secret: key for secret in secrets if not secret.startswith(PUBLIC) and (key := standard_key(secret))}
    signers = {secret: key for secret in secrets if secret.startswith(PUBLIC) and (key := standard_key(secret))}
    if secrets and not macs and not signers:
        raise SecretError("a secret of Standard Webhooks is whsec_ and base64, or the sender's public key, whpk_...")
    signer = next((secret for secret, key in signers.items() if signed_by(key, public, content)), None)
    if signer is None:
        signer = fitting(list(macs), shared, lambda secret: base64.b64encode(mac(macs[secret], content)).decode())
    return Proof(secret=signer, key=digest(id.encode()))


def standard_key(secret: str) -> bytes | None:
    try:
        return base64.b64decode(secret.removeprefix("whsec_").removeprefix(PUBLIC), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def signed_by(key: bytes, signatures: Iterable[str], content: bytes) -> bool:
    """Whether one of the ed25519 signatures (RFC 8032, in base64) is that of the public key's owner."""
    # Heavy, and only for senders that sign so.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        signer = Ed25519PublicKey.from_public_bytes(key)
    except ValueError:
        raise SecretError("a public key of Standard Webhooks is whpk_ and 32 bytes in base64") from None
    for signature in signatures:
        try:
            signer.verify(base64.b64decode(signature, validate=True), content)
        except (binascii.Error, ValueError, InvalidSignature):
            continue
        return True
    return False


def token(*headers: str, query: bool = True, beside: tuple[str, ...] = ()) -> Scheme:
    """A shared secret as it is, for senders that sign nothing: in a header, or as `?token=` in the URL.

    `beside` are starts of the names of headers that belong to the content.
    """
    names = (*headers, TOKEN_HEADER)

    def check(delivery: Delivery, secrets: Sequence[str], tolerance: dt.timedelta) -> Proof:
        given = [value for name in names if (value := delivery.header(name))]
        given += [each.removeprefix("Bearer ") for each in given if each.startswith("Bearer ")]
        if query and delivery.query.get("token"):
            given.append(delivery.query["token"])
        if not given:
            places = ", ".join([f"the header {name}" for name in names] + (["?token= in the URL"] if query else []))
            raise UnprovenError(f"the shared secret is missing; it is looked for in {places}")
        return Proof(secret=fitting(secrets, given, str), key=unsigned(delivery, beside=beside).key)

    return check


def unsigned(delivery: Delivery, *, beside: tuple[str, ...] = ()) -> Proof:
    """No proof at all, for a source that the settings let in without one."""
    content = sorted(pair for pair in delivery.headers.items() if pair[0].startswith(beside)) if beside else []
    lines = [f"{name}:{value}".encode() for name, value in content]
    return Proof(secret=None, key=digest(delivery.body, *lines))


def first_of(marker: Callable[[Delivery], bool], then: Scheme, otherwise: Scheme) -> Scheme:
    """`then` for deliveries that the marker tells, `otherwise` for the rest."""

    def check(delivery: Delivery, secrets: Sequence[str], tolerance: dt.timedelta) -> Proof:
        return (then if marker(delivery) else otherwise)(delivery, secrets, tolerance)

    return check


def is_standard(delivery: Delivery) -> bool:
    return delivery.header("webhook-signature") is not None or delivery.header("svix-signature") is not None


def timestamped(
    header: str, *, timestamp: str | None, id: str | None, signed: str, encoding: str, prefix: str
) -> Scheme:
    """A mapping file's own scheme: `signed` is a pattern with {body}, perhaps {timestamp} and {id}."""
    encode = hex_of if encoding == "hex" else base64_of

    def check(delivery: Delivery, secrets: Sequence[str], tolerance: dt.timedelta) -> Proof:
        value = required(delivery, header)
        if not value.startswith(prefix):
            raise UnprovenError(f"the header {header} does not start with {prefix}")
        at = required(delivery, timestamp) if timestamp else ""
        if timestamp:
            aged(delivery, at, timestamp, tolerance)
        name = required(delivery, id) if id else ""
        before, _, after = signed.partition("{body}")
        fill = {"{timestamp}": at, "{id}": name}
        content = filled(before, fill).encode() + delivery.body + filled(after, fill).encode()
        given = [value[len(prefix) :].strip()]
        return Proof(secret=fitting(secrets, given, lambda secret: encode(secret, content)), key=digest(content))

    return check


def filled(pattern: str, values: dict[str, str]) -> str:
    for place, value in values.items():
        pattern = pattern.replace(place, value)
    return pattern
