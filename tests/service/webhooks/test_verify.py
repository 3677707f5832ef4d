"""Signatures: the vendors' own vectors, those computed by others, and everything that must not pass."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping

import pytest

from service.webhooks import verify
from service.webhooks.delivery import Delivery
from service.webhooks.door import sources
from service.webhooks.verify import Proof, Scheme, SecretError, UnprovenError
from tests.service.webhooks.senders import SECRETS, STANDARD_SECRET, Sent, delivery, fixture, signed

HELLO = b'{"hello":"world"}'
AT = "1700000000"
FIVE_MINUTES = dt.timedelta(minutes=5)
V0 = "v0=8429be9e0d7bdcafb444236fd24e321fcf4ec3f1d460db5a392366a784b25574"
HEX = "84cc33df716ed0b0598f07437c94069ace3730358778a592bd6bbd1423d111f3"
SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SLACK = sources(None)["slack"].verify
ZOOM = sources(None)["zoom"].verify
ASANA = sources(None)["asana"].verify


def prove(
    scheme: Scheme,
    secrets: tuple[str, ...],
    body: bytes,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    *,
    at: str | float = AT,
    url: str | None = None,
    tolerance: dt.timedelta = FIVE_MINUTES,
) -> Proof:
    received_at = dt.datetime.fromtimestamp(float(at), dt.UTC)
    sent = Sent(body=body, headers=headers or {}, query=query or {})
    return scheme(delivery("any", sent, at=received_at, url=url), secrets, tolerance)


VECTORS = {
    "HubSpot's own": (
        verify.hubspot,
        "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
        b"{'example_field':'example_value'}",
        {
            "X-HubSpot-Signature-v3": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
            "X-HubSpot-Request-Timestamp": "1693657560000",
        },
        {},
        "1693657560",
    ),
    "Slack's own": (
        SLACK,
        "8f742231b10e8888abcd99yyyzzz85a5",
        SLACK_BODY,
        {
            "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            "X-Slack-Request-Timestamp": "1531420618",
        },
        {},
        "1531420618",
    ),
    "Standard Webhooks' own": (
        verify.standard,
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        b'{"test": 2432232314}',
        {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        {},
        "1614265330",
    ),
    "Slack": (SLACK, "test-secret", HELLO, {"X-Slack-Signature": V0, "X-Slack-Request-Timestamp": AT}, {}, AT),
    "Zoom": (ZOOM, "test-secret", HELLO, {"x-zm-signature": V0, "x-zm-request-timestamp": AT}, {}, AT),
    "Calendly": (
        verify.calendly,
        "test-secret",
        HELLO,
        {"Calendly-Webhook-Signature": f"t={AT},v1=f85455a1b55ea86f7a15f5f9923d0abc4b888da84ec485f2ff358f427776beca"},
        {},
        AT,
    ),
    "DocuSign": (
        verify.docusign,
        "test-secret",
        HELLO,
        {"X-DocuSign-Signature-1": "hMwz33Fu0LBZjwdDfJQGms43MDWHeKWSvWu9FCPREfM="},
        {},
        AT,
    ),
    "PandaDoc": (verify.pandadoc, "test-secret", HELLO, {}, {"signature": HEX}, AT),
    "Fireflies": (verify.fireflies, "test-secret", HELLO, {"X-Hub-Signature": f"sha256={HEX}"}, {}, AT),
    "Fireflies, version 1": (verify.fireflies, "test-secret", HELLO, {"X-Hub-Signature": HEX}, {}, AT),
    "Asana": (ASANA, "test-secret", HELLO, {"X-Hook-Signature": HEX}, {}, AT),
    "Standard Webhooks": (
        verify.standard,
        STANDARD_SECRET,
        HELLO,
        {
            "webhook-id": "msg_1",
            "webhook-timestamp": AT,
            "webhook-signature": "v1,RKbz6C6TvynzYUG00Gv+oo3ZFrCCxrDHC6P/qkuXYaM=",
        },
        {},
        AT,
    ),
    "Svix's headers": (
        verify.standard,
        STANDARD_SECRET,
        HELLO,
        {
            "svix-id": "msg_1",
            "svix-timestamp": AT,
            "svix-signature": "v1a,AAAA v1,AAAA v1,RKbz6C6TvynzYUG00Gv+oo3ZFrCCxrDHC6P/qkuXYaM=",
        },
        {},
        AT,
    ),
}
Vector = tuple[Scheme, str, bytes, dict[str, str], dict[str, str], str]
WEBHOOK = "https://www.example.com/webhook_uri"


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS.keys())
class TestVectors:
    def test_it_passes_with_any_of_several_secrets(self, vector: Vector) -> None:
        scheme, secret, body, headers, query, at = vector
        other = "whsec_" + "b2xk" * 8
        for secrets in ((secret,), (other, secret), (secret, other)):
            assert prove(scheme, secrets, body, headers, query, at=at, url=WEBHOOK).secret == secret

    def test_another_body_fails(self, vector: Vector) -> None:
        scheme, secret, body, headers, query, at = vector
        for changed in (body + b" ", body[:-1], body.replace(b"e", b"E", 1)):
            with pytest.raises(UnprovenError, match="not that of any configured secret"):
                prove(scheme, (secret,), changed, headers, query, at=at, url=WEBHOOK)

    def test_another_secret_fails(self, vector: Vector) -> None:
        scheme, _, body, headers, query, at = vector
        with pytest.raises(UnprovenError):
            prove(scheme, ("whsec_" + "b2xk" * 8,), body, headers, query, at=at, url=WEBHOOK)

    def test_without_its_signature_it_fails(self, vector: Vector) -> None:
        scheme, secret, body, headers, query, at = vector
        for missing in headers:
            left = {name: value for name, value in headers.items() if name != missing}
            with pytest.raises(UnprovenError, match="missing"):
                prove(scheme, (secret,), body, left, query, at=at, url=WEBHOOK)
        with pytest.raises(UnprovenError, match="missing"):
            prove(scheme, (secret,), body, {}, {}, at=at, url=WEBHOOK)

    def test_odd_letters_in_the_signature_fail_and_do_no_harm(self, vector: Vector) -> None:
        scheme, secret, body, headers, query, at = vector
        odd = {name: value + "é\udc80" if "ignature" in name else value for name, value in headers.items()}
        with pytest.raises(UnprovenError):
            prove(
                scheme, (secret,), body, odd, {name: value + "é" for name, value in query.items()}, at=at, url=WEBHOOK
            )


TIMED = [name for name, vector in VECTORS.items() if any("imestamp" in h or "Calendly" in h for h in vector[3])]


@pytest.mark.parametrize("name", TIMED)
def test_an_old_or_early_signature_is_a_replay(name: str) -> None:
    scheme, secret, body, headers, query, at = VECTORS[name]
    for off in (-300, 300):
        prove(scheme, (secret,), body, headers, query, at=float(at) + off, url=WEBHOOK)
    for off in (-301, 301, 1e6):
        with pytest.raises(UnprovenError, match="seconds away"):
            prove(scheme, (secret,), body, headers, query, at=float(at) + off, url=WEBHOOK)


@pytest.mark.parametrize(
    "stamp", ["", "soon", "1e9", "-1700000000", "１７０００００００００", "1" * 40, "1700000000.5"]
)
def test_times_that_are_none(stamp: str) -> None:
    headers = {"X-Slack-Signature": V0, "X-Slack-Request-Timestamp": stamp}
    with pytest.raises(UnprovenError):
        prove(SLACK, ("test-secret",), HELLO, headers)


def test_hubspots_older_signatures_are_not_taken() -> None:
    with pytest.raises(UnprovenError, match="only X-HubSpot-Signature-v3"):
        prove(verify.hubspot, ("s",), HELLO, {"X-HubSpot-Signature": HEX, "X-HubSpot-Signature-Version": "v1"})


def test_hubspots_error_tells_of_the_url_that_it_signs() -> None:
    _, secret, body, headers, _, at = VECTORS["HubSpot's own"]
    with pytest.raises(UnprovenError, match=r"http://inside/hook.*TELLTALE_PUBLIC_URL"):
        prove(verify.hubspot, (secret,), body, headers, at=at, url="http://inside/hook")


def test_docusign_signs_with_each_key_of_the_account() -> None:
    right = VECTORS["DocuSign"][3]["X-DocuSign-Signature-1"]
    headers = {"X-DocuSign-Signature-1": "AAAA", "X-DocuSign-Signature-100": right}
    assert prove(verify.docusign, ("test-secret",), HELLO, headers).secret == "test-secret"
    with pytest.raises(UnprovenError):
        prove(verify.docusign, ("test-secret",), HELLO, {"X-DocuSign-Signature-101": right})


# RFC 8032's first key pair.
ED25519_PUBLIC = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
ED25519_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")


class TestEd25519:
    def headers(self, *, id: str = "msg_1", body: bytes = HELLO) -> dict[str, str]:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        signature = Ed25519PrivateKey.from_private_bytes(ED25519_SEED).sign(f"{id}.{AT}.".encode() + body)
        value = "v1,AAAA v1a,no-base64! v1a," + base64.b64encode(signature).decode()
        return {"webhook-id": id, "webhook-timestamp": AT, "webhook-signature": value}

    def test_the_senders_public_key_proves_it(self) -> None:
        for secrets in ((ED25519_PUBLIC,), (STANDARD_SECRET, ED25519_PUBLIC)):
            assert prove(verify.standard, secrets, HELLO, self.headers()).secret == ED25519_PUBLIC

    def test_another_body_id_time_or_key_fails(self) -> None:
        headers = self.headers()
        other = "whpk_" + base64.b64encode(bytes(31) + b"\x01").decode()
        tries = [
            ((ED25519_PUBLIC,), HELLO + b" ", headers),
            ((ED25519_PUBLIC,), HELLO, headers | {"webhook-id": "msg_2"}),
            ((ED25519_PUBLIC,), HELLO, headers | {"webhook-timestamp": str(int(AT) + 1)}),
            ((other,), HELLO, headers),
            ((STANDARD_SECRET,), HELLO, headers),
        ]
        for secrets, body, given in tries:
            with pytest.raises(UnprovenError, match="not that of any configured secret"):
                prove(verify.standard, secrets, body, given)

    def test_an_ed25519_signature_is_no_hmac(self) -> None:
        """The public key is known to everybody: nobody may sign by HMAC with it."""
        key = base64.b64decode(ED25519_PUBLIC.removeprefix("whpk_"))
        forged = base64.b64encode(hmac.new(key, f"msg_1.{AT}.".encode() + HELLO, hashlib.sha256).digest()).decode()
        headers = {"webhook-id": "msg_1", "webhook-timestamp": AT, "webhook-signature": f"v1,{forged}"}
        with pytest.raises(UnprovenError):
            prove(verify.standard, (ED25519_PUBLIC,), HELLO, headers)

    def test_a_public_key_of_another_length(self) -> None:
        with pytest.raises(SecretError, match="32 bytes"):
            prove(verify.standard, ("whpk_AAAA",), HELLO, self.headers())


def test_a_standard_secret_that_is_no_base64() -> None:
    headers = VECTORS["Standard Webhooks"][3]
    with pytest.raises(SecretError, match="whsec_"):
        prove(verify.standard, ("no base64!",), HELLO, headers)
    assert prove(verify.standard, ("no base64!", STANDARD_SECRET), HELLO, headers).secret == STANDARD_SECRET


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"X-Telltale-Token": "test-secret"}, {}),
        ({"Authorization": "Bearer test-secret"}, {}),
        ({"Authorization": "test-secret"}, {}),
        ({}, {"token": "test-secret"}),
    ],
)
def test_a_shared_secret_in_any_of_its_places(headers: dict[str, str], query: dict[str, str]) -> None:
    scheme = verify.token("authorization")
    assert prove(scheme, ("old", "test-secret"), HELLO, headers, query).secret == "test-secret"
    for wrong in ("", "test-secre", "test-secret2", "Test-Secret"):
        with pytest.raises(UnprovenError):
            prove(scheme, ("test-secret",), HELLO, {"X-Telltale-Token": wrong})


def test_headers_that_are_content_tell_two_deliveries_apart() -> None:
    scheme = sources(None)["google-calendar"].verify
    keys = {
        prove(scheme, ("s",), b"", {"X-Goog-Channel-Token": "s", "X-Goog-Message-Number": number, "X-Other": other}).key
        for number in "12"
        for other in "ab"
    }
    assert len(keys) == 2


@pytest.mark.parametrize("source", SECRETS)
def test_the_test_senders_sign_as_the_schemes_check(source: str) -> None:
    sent = signed(source, HELLO)
    proof = sources(None)[source].verify(delivery(source, sent), SECRETS[source], FIVE_MINUTES)
    assert proof.secret == SECRETS[source][0]


@pytest.mark.parametrize("source", [s for s in SECRETS if s not in ("recall", "standard")])
def test_the_key_of_a_delivery_comes_from_its_content(source: str) -> None:
    scheme = sources(None)[source].verify

    def key(body: bytes) -> str:
        return scheme(delivery(source, signed(source, body)), SECRETS[source], FIVE_MINUTES).key

    assert key(HELLO) == key(HELLO) != key(fixture("docusign/sent.json"))


def test_a_standard_delivery_is_told_by_its_id() -> None:
    def key(body: bytes, id: str) -> str:
        found: Delivery = delivery("standard", signed("standard", body, id=id))
        return verify.standard(found, SECRETS["standard"], FIVE_MINUTES).key

    assert key(HELLO, "a") == key(b"{}", "a") != key(HELLO, "b")
