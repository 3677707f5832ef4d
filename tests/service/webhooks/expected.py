"""What is read in each fixture: a list of what is found, or the field of the error where it is none at all."""

from __future__ import annotations

from typing import Any

ENVELOPE = "bbbbbbbb-0000-4000-8000-000000000002"
DOCUMENT = "docSynth0000000000001"
SIGNAL = "0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f60"
OPPORTUNITY = "006SYNTH0000001AAA"


def contract(type: str, at: str, *, deal: bool = True, **data: str) -> tuple[Any, ...]:
    about = [f"docusign {ENVELOPE}"] + ["telltale 9001!"] * deal
    return (type, at, data or {"document": "contract", "envelope": ENVELOPE}, about)


def paper(type: str, at: str, kind: str, deal: str = "hubspot 9001!", *, signs: bool = False) -> tuple[Any, ...]:
    return (type, at, {"document": kind} | ({"envelope": DOCUMENT} if signs else {}), [f"pandadoc {DOCUMENT}", deal])


def crm(type: str, at: str, deal: str, **data: Any) -> tuple[Any, ...]:
    return (type, at, data, [deal])


HUB, SALES = "hubspot 9001!", f"salesforce {OPPORTUNITY}!"
THREE = "2026-03-02T15:00:00Z"

EXPECTED: dict[str, list[tuple[Any, ...]] | str] = {
    "docusign/sent.json": [contract("esign.sent", "2026-03-04T10:00:00Z")],
    "docusign/opened-proposal.json": [contract("document.viewed", "2026-03-04T11:00:00Z", document="proposal")],
    "docusign/completed.json": [contract("esign.completed", "2026-03-05T16:05:30Z")],
    "docusign/declined-without-data.json": [contract("esign.declined", "2026-03-05T16:05:32.123456Z", deal=False)],
    "docusign/one-recipient.json": [("ignored", "body")],
    "docusign/broken-no-envelope.json": "data.envelopeId",
    "docusign/broken-xml.xml": "",
    "pandadoc/sent.json": [paper("document.sent", "2026-03-02T17:00:00Z", "proposal")],
    "pandadoc/sent-contract.json": [
        paper("esign.sent", "2026-03-03T09:06:09.157758Z", "contract", "telltale 9001!", signs=True)
    ],
    "pandadoc/viewed.json": [paper("document.viewed", "2026-03-03T09:06:09.157758Z", "proposal")],
    "pandadoc/completed.json": [paper("esign.completed", "2026-03-05T10:00:00Z", "contract", signs=True)],
    "pandadoc/completed-without-signers.json": [("ignored", "body[0]")],
    "pandadoc/declined.json": [paper("esign.declined", "2026-03-03T09:06:09.157758Z", "proposal", signs=True)],
    "pandadoc/batch-with-bad-records.json": [
        paper("document.viewed", "2026-03-03T09:06:09.157758Z", "proposal"),
        ("ignored", "body[1]"),
        ("refused", "body[2]", "data.status"),
        ("refused", "body[3]", ""),
        ("ignored", "body[4]"),
    ],
    "hubspot/batch.json": [
        crm("deal.created", THREE, HUB),
        crm("deal.updated", THREE, HUB, stage="proposal"),
        crm("deal.updated", "2026-03-02T15:00:00.001000Z", HUB, amount=42000.5),
        crm("deal.updated", THREE, HUB, close_date="2026-03-31"),
        ("ignored", "body[4]"),
        ("ignored", "body[5]"),
        ("ignored", "body[6]"),
        ("refused", "body[7]", "propertyValue"),
        ("refused", "body[8]", "occurredAt"),
        ("refused", "body[9]", "objectId"),
    ],
    "hubspot/one-not-in-a-list.json": [
        crm("deal.updated", THREE, "hubspot 12345678901234567890!", name="Acme renewal")
    ],
    "hubspot/stage-unknown.json": [("refused", "body[0]", "propertyValue")],
    "salesforce/created.json": [
        crm(
            "deal.created",
            THREE,
            SALES,
            name="Acme new",
            amount=50000.0,
            close_date="2026-06-30",
            currency="EUR",
            rep_probability=40.0,
            stage="discovery",
        )
    ],
    "salesforce/changed.json": [("refused", "body[0]", "payload.StageName")],
    "salesforce/two-records.json": [
        crm("deal.updated", THREE, "salesforce 006SYNTH0000001YHA!", amount=61000),
        crm("deal.updated", THREE, "salesforce 006SYNTH0000002AAA!", amount=61000),
    ],
    "salesforce/gap.json": [("announced", "record", f"Opportunity/{OPPORTUNITY}")],
    "salesforce/deleted.json": [("ignored", "body[0]")],
    "salesforce/account.json": [("ignored", "body[0]")],
    "salesforce/outbound.xml": [
        crm("deal.updated", THREE, SALES, name="Acme & Sons", amount=48000, stage="proposal"),
        ("ignored", "Notification[1]"),
    ],
    "salesforce/broken-platform-event.json": [("refused", "body[0]", "payload.ChangeEventHeader")],
    "salesforce/broken-entities.xml": "",
    "salesforce/broken-cut-off.xml": "",
    "calendly/booked.json": [
        (
            "meeting.scheduled",
            "2026-03-02T10:30:00Z",
            {"meeting": "evt123", "at": "2026-03-10T09:00:00+00:00", "contacts": ["Dana Buyer"], "purpose": "demo"},
            ["calendly evt123"],
        )
    ],
    "calendly/cancelled-to-reschedule.json": [
        ("meeting.cancelled", "2026-03-03T08:00:00Z", {"meeting": "evt123"}, ["calendly evt123"])
    ],
    "calendly/booked-anew.json": [
        (
            "meeting.scheduled",
            "2026-03-03T08:00:01Z",
            {"meeting": "evt124", "at": "2026-03-12T09:00:00+00:00", "contacts": ["Dana Buyer"]},
            ["calendly evt124", "salesforce 006SYNTH0000001YHA!"],
        )
    ],
    "calendly/one-of-several-cancelled.json": [("ignored", "body")],
    "calendly/broken-start.json": "payload.scheduled_event.start_time",
    "google-calendar/events.json": [
        (
            "meeting.scheduled",
            "2026-03-01T10:00:00Z",
            {
                "meeting": "google:gcal1",
                "at": "2026-03-10T09:00:00+00:00",
                "contacts": ["Dana Buyer"],
                "purpose": "discovery",
            },
            ["google-calendar gcal1", "telltale 9001!"],
        ),
        ("meeting.cancelled", "2026-03-02T10:00:00Z", {"meeting": "google:gcal2"}, ["google-calendar gcal2"]),
        ("ignored", "items[2]"),
        ("ignored", "items[3]"),
        ("ignored", "items[4]"),
        ("refused", "items[5]", "start.dateTime"),
        ("refused", "items[6]", "id"),
    ],
    "slack/accept.json": [("review", "accept", SIGNAL, "slack:U0123 (sam)", "2026-03-02T15:00:00.123456Z")],
    "slack/reject.json": [("review", "dismiss", SIGNAL, "slack:U0123 (sam)", "2026-03-02T15:00:00.123456Z")],
    "slack/other-button-and-no-signal.json": [("ignored", "actions[0]"), ("refused", "actions[1]", "value")],
    "slack/modal.json": [("ignored", "payload")],
    "asana/changed.json": [
        ("announced", "task", "task/1200000000000000055"),
        ("ignored", "events[1]"),
        ("refused", "events[2]", "resource.gid"),
    ],
    "asana/heartbeat.json": [("ignored", "events")],
    "zoom/transcript.json": [("announced", "transcript", "/c3ludGhldGlj//XV1aWQ=/rf1")],
    "zoom/captions-only.json": [("ignored", "body")],
    "zoom/recording.json": [("ignored", "body")],
    "zoom/validation.json": [("ignored", "body")],
    "fireflies/v2.json": [("announced", "transcript", "FFsynth001")],
    "fireflies/v1.json": [("announced", "transcript", "FFsynth001")],
    "fireflies/summarized.json": [("ignored", "body")],
    "fireflies/broken-no-meeting.json": "meeting_id",
    "recall/done.json": [("announced", "transcript", "8c9a0000-0000-4000-8000-000000000001")],
    "recall/live.json": [("ignored", "body")],
    "assemblyai/completed.json": [("announced", "transcript", "11111111-2222-4333-8444-777777777777")],
    "assemblyai/error.json": [("ignored", "body")],
    "standard/esign.json": [("esign.completed", "2026-03-05T16:05:32Z", {"envelope": "env-7"}, ["telltale D-1!"])],
    "standard/made.json": [
        ("deal.created", "2026-03-06T12:00:00Z", {"account": "Acme"}, ["telltale D-9!", "hubspot 9001!"])
    ],
    "standard/broken-override.json": "type",
    "cloudevents/structured.json": [
        (
            "activity.call",
            "2026-03-02T21:12:05Z",
            {"minutes": 42, "contacts": ["Dana Reyes"], "purpose": "discovery"},
            ["telltale D-1!"],
        )
    ],
    "cloudevents/batch.json": [
        ("document.sent", "2026-03-02T21:12:05Z", {"document": "proposal"}, ["telltale D-1!"]),
        ("refused", "body[1]", "specversion"),
        ("refused", "body[2]", "type"),
    ],
    "proposify/signed.json": [
        (
            "esign.completed",
            "2026-03-05T16:06:09Z",
            {"document": "contract", "envelope": "P-551"},
            ["telltale D-1!", "proposify P-551"],
        )
    ],
    "proposify/viewed.json": [("document.viewed", "2026-03-03T16:06:09Z", {"document": "proposal"}, ["proposify 551"])],
    "proposify/comment.json": [("ignored", "body[0]")],
    "proposify/broken-time.json": [("refused", "body[0]", "occurred_at")],
}
