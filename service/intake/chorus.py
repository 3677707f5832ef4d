"""Chorus: a conversation of its JSON:API, a recorded call (`recording.utterances`, seconds) or an e-mail.

What Chorus knows of a person (`type`: cust or rep) is the side. `/api/v1/conversations` gives one or a list in `data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from service.intake.calls import batch, call
from service.intake.envelope import CrmObject, Envelope, Identity, KnownPerson, Received, Role
from service.intake.fields import address, at, entries, label, mapping, moment_text, seconds, some, spoken
from service.intake.given import Given, dated
from service.intake.refusal import Refusal
from service.intake.turns import joined
from signals import Conversation, DecodeError, Participant, Segment, Side

__all__ = ["read", "recognises"]

SIDES = {"cust": Side.BUYER, "rep": Side.SELLER}


def recognises(value: Any) -> bool:
    data = at(value, "data")
    first = data[0] if isinstance(data, list) and data else data
    attributes = at(first, "attributes")
    return any(isinstance(at(attributes, kind), Mapping) for kind in ("recording", "email"))


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    yield from batch(data, file, given, one, conversations)


def conversations(payload: object) -> Iterable[tuple[str, Any]]:
    source = mapping(payload, "an object with data")
    if isinstance(source.get("data"), list):
        return list(entries(source, "data"))
    return [("data", source.get("data"))]


def one(record: object, given: Given) -> Received:
    source = mapping(record, "an object with id and attributes")
    attributes = mapping(source.get("attributes"), "attributes: an object with recording.utterances")
    if isinstance(attributes.get("email"), Mapping):
        return email(source, attributes, given)
    recording = attributes.get("recording")
    if not isinstance(recording, Mapping) or not isinstance(recording.get("utterances"), list):
        state = some(attributes, "status") or "unknown"
        expected = "the words of the call, which Chorus gives when its status is done: GET /api/v1/conversations/{id}"
        raise DecodeError("attributes.recording.utterances", f"none (status {state})", expected)
    people = {person.id: person for person in participants(attributes)}
    names: dict[str, list[str]] = {}
    for known in people.values():
        names.setdefault((known.name or "").casefold(), []).append(known.id)
    identities: dict[str, Identity] = {}
    segments = []
    for place, utterance in entries(recording, "utterances"):
        try:
            words = mapping(utterance)
            start, length = seconds(words, "snippet_time"), seconds(words, "snippet_length")
            end = None if start is None or length is None else round(start + length, 3)
            speaker = speaker_of(words, people, names, identities)
            segments.append(Segment(speaker=speaker, start=start, end=end, text=spoken(words, "snippet")))
        except DecodeError as error:
            raise error.under(f"attributes.recording.{place}") from None
    return call(
        given,
        source="chorus",
        id=label(source, "id"),
        at=moment_text(recording, "start_time"),
        people=people.values(),
        identities=identities,
        segments=joined(segments),
        field="attributes.recording.utterances",
        **deal(attributes),
    )


def participants(attributes: Mapping[str, Any]) -> Iterator[Participant]:
    for place, value in entries(attributes, "participants"):
        person = mapping(value, "an object with person_id, name, type")
        yield Participant(
            id=label(person, "person_id", "email", "name") or place,
            name=some(person, "name"),
            email=address(person, "email"),
            title=some(person, "title"),
            side=SIDES.get(str(person.get("type"))),
        )


def speaker_of(
    utterance: Mapping[str, Any],
    people: dict[str, Participant],
    names: Mapping[str, Sequence[str]],
    identities: dict[str, Identity],
) -> str | None:
    """The participant's id: by the person's id, else by the same name; one whom nobody listed is added."""
    ids = [id for field in ("participant", "speaker_id") if (id := label(utterance, field)) is not None]
    listed = next((id for id in ids if id in people), None)
    if listed is not None:
        return listed
    name = some(utterance, "speaker_name")
    same = names.get(name.casefold(), ()) if name else ()
    if len(same) == 1:
        identities[same[0]] = Identity.NAME
        return same[0]
    id = next(iter(ids), None) or name
    if id is not None:
        side = SIDES.get(str(utterance.get("speaker_type")))
        people.setdefault(id, Participant(id=id, name=name, side=side))
    return id


def deal(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The CRM's deal and account as Chorus names them."""
    id, account_id = label(attributes.get("deal"), "id"), label(attributes.get("account"), "ext_id")
    known = {"id": id, "account": some(attributes.get("account"), "name")}
    objects = [CrmObject(system="crm", kind="deal", id=id)] if id else []
    objects += [CrmObject(system="crm", kind="account", id=account_id)] if account_id else []
    return {"deal": {field: value for field, value in known.items() if value}, "objects": objects}


def email(source: Mapping[str, Any], attributes: Mapping[str, Any], given: Given) -> Received:
    """A message that Chorus captured: its words, and who sent it."""
    message = attributes["email"]
    people = {person.id: person for person in participants(attributes)}
    sender = address(message.get("initiator"), "email")
    writer = next((person.id for person in people.values() if sender and person.email == sender), None)
    if writer is None and sender:
        writer = sender
        people[sender] = Participant(id=sender, email=sender, name=some(message.get("initiator"), "name"))
    id = label(source, "id")
    text = message.get("body")
    content = {
        "kind": "email",
        "occurred_at": moment_text(message, "sent_time") or dated(given).isoformat(),
        "participants": [person.to_json() for person in people.values()],
        "subject": some(attributes, "name"),
        "from": writer,
        "to": [person for person in people if person != writer],
        "body": text.replace("\x00", "\ufffd") if isinstance(text, str) else text,
    } | {"deal": deal(attributes)["deal"] or None}
    conversation = Conversation.from_json(content | ({"id": f"chorus-{id}"} if id else {}))
    thread = label(message, "thread")
    envelope = Envelope(
        source="chorus",
        source_id=id,
        thread=f"chorus:{thread}" if thread else None,
        objects=tuple(deal(attributes)["objects"]),
        people=tuple(
            KnownPerson(
                participant=person.id,
                identity=Identity.GIVEN,
                roles=(Role.FROM if person.id == writer else Role.TO,),
                address=person.email,
                name=person.name,
            )
            for person in people.values()
        ),
    )
    return Received(conversation=given.complete(conversation), envelope=envelope)
