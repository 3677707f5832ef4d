"""Automatic replies: a machine answers for somebody who is away, and tells at most who stands in for them."""

from __future__ import annotations

import re

from extractors.reading import Reading

__all__ = ["is_automatic"]

SUBJECT = re.compile(
    r"^\W*(?:automatic (?:reply|response)|auto-?(?:reply|response|matic)|automatische antwort|réponse automatique"
    r"|respuesta automática|resposta automática|risposta automatica|automatisch antwoord|autosvar"
    r"|out of (?:the )?office|abwesen\w+|on (?:annual |parental )?leave)"
)
OPENS = re.compile(
    r"^\W*(?:automatic reply|auto-?reply|this is an automat\w+ (?:reply|response|message))"
    r"|\b(?:i am|i'm) (?:currently |now )?(?:out of (?:the )?office|on holiday|on vacation"
    r"|on (?:annual |parental |maternity |sick )?leave)\b[^.]{0,40}\b(?:until|till|from|through|to|between)\b"
)
OPENING = 200


def is_automatic(reading: Reading) -> bool:
    """Whether the mail is such a reply, by its subject or its first words."""
    if not reading.is_email:
        return False
    conversation = reading.conversation
    opening = (conversation.body or "")[:OPENING].lower().replace("’", "'")
    return bool(SUBJECT.search((conversation.subject or "").lower()) or OPENS.search(opening))
