"""What vendors send, as Conversations: one module a format, and one door for all of them."""

from service.intake.door import FORMATS, Format, detect, read_conversations, receive
from service.intake.envelope import Envelope, Nature, Received
from service.intake.given import Given
from service.intake.refusal import Refusal

__all__ = [
    "FORMATS",
    "Envelope",
    "Format",
    "Given",
    "Nature",
    "Received",
    "Refusal",
    "detect",
    "read_conversations",
    "receive",
]
