"""Who speaks for the buyer and who for the seller.

What the conversation says of its participants holds. Where it says nothing, e-mail domains, the names of the deal's
two companies and titles of sellers decide; and where nobody is described at all, the way they talk does. How a side is
known is kept with it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from signals import Conversation, ConversationKind, Participant, Side

__all__ = ["Known", "Sides", "may_be_any_meeting", "sides_of", "speaks_to_investors"]


class Known(StrEnum):
    """How a side is known, the surest first."""

    GIVEN = "given"
    EMAIL = "email"
    TITLE = "title"
    OTHER = "other"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Sides:
    """Participant's id to side. `confidence` is 1 for what was given, less for what was concluded."""

    sides: dict[str, Side] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)

    def of(self, participant: str | None) -> Side | None:
        return self.sides.get(participant or "")


FREE_MAIL = frozenset(
    {"gmail", "googlemail", "outlook", "hotmail", "yahoo", "icloud", "aol", "gmx", "web", "proton", "live", "me"}
)
SELLER_TITLE = re.compile(
    r"\b(?:account (?:executive|manager|director)|sales|solutions? (?:engineer|consultant|architect)|pre-?sales"
    r"|business development"
    r"|customer success|deal desk|sdr|bdr|ae|partner manager|client (?:partner|director|executive)"
    r"|enterprise account)\b",
    re.IGNORECASE,
)
SELLER_TALK = re.compile(
    r"\b(?:our (?:platform|product|standard|price|pricing|list price|customers?|clients|team can|roadmap|solution"
    r"|tool|implementation)"
    r"|we (?:charge|offer|support|integrate|have (?:a )?customers?|can (?:do|offer|give you|include)|typically)"
    r"|i can (?:offer|send you|do)"
    r"|what(?:'s| is) (?:your|the) (?:budget|timeline|process|pain|current)|who (?:else )?(?:signs|approves"
    r"|decides|will finally approve)"
    r"|share (?:the|my) screen|(?:i'll|i will|let me) (?:send|share|show|talk to my)|per (?:seat|user|head)"
    r"|my manager|discount"
    r"|thank you (?:so much )?for your time|on your side|at your end|are you (?:also )?(?:looking|seeing"
    r"|evaluating|using))\b"
)
BUYER_TALK = re.compile(
    r"\b(?:we (?:are using|use|have kept|set aside|need|want|lose|spend|currently|tried|pay|budgeted)|our (?:cfo"
    r"|ceo|cto|board|budget|boss|it|legal"
    r"|procurement|finance|headache|problem|issue|current|contract|renewal|md|director)|too (?:expensive|high"
    r"|much)|higher side|my (?:boss|team|guys"
    r"|boys|people)|how much|does it|can (?:it|you)|do you (?:have|support)|what about|is it possible|send (?:me"
    r"|us)|i need)\b"
)


def sides_of(conversation: Conversation) -> Sides:
    """Each participant's side as far as it can be known."""
    sides: dict[str, Side] = {}
    known: dict[str, Known] = {}

    def settle(person: Participant, side: Side, how: Known) -> None:
        sides[person.id], known[person.id] = side, how

    open_ = []
    for person in conversation.participants:
        if person.side is not None:
            settle(person, person.side, Known.GIVEN)
        else:
            open_.append(person)
    by_domain = {
        domain(person): person.side
        for person in conversation.participants
        if person.side and domain(person) is not None
    }
    for person in list(open_):
        if side := by_domain.get(domain(person)) or company_side(conversation, person):
            settle(person, side, Known.EMAIL)
            open_.remove(person)
    for person in list(open_):
        if person.title and SELLER_TITLE.search(person.title):
            settle(person, Side.SELLER, Known.TITLE)
            open_.remove(person)
    if open_ and conversation.kind is ConversationKind.CALL:
        for id, side in by_talk(conversation, open_, taken=set(sides.values())).items():
            sides[id], known[id] = side, Known.TALK
    elif len(open_) == 1 and len(set(sides.values())) == 1 and len(sides) == 1:
        other = Side.BUYER if Side.SELLER in sides.values() else Side.SELLER
        settle(open_[0], other, Known.OTHER)
    return Sides(sides, known)


def domain(person: Participant) -> str | None:
    if not person.email or "@" not in person.email:
        return None
    host = person.email.rsplit("@", 1)[1].lower()
    return None if host.split(".")[0] in FREE_MAIL else host


def company_side(conversation: Conversation, person: Participant) -> Side | None:
    host = (domain(person) or "").split(".")[0]
    if not host or conversation.deal is None:
        return None
    for company, side in ((conversation.deal.seller, Side.SELLER), (conversation.deal.account, Side.BUYER)):
        words = re.findall(r"\w+", (company or "").lower())
        joined = "".join(words)
        if joined and (
            host.replace("-", "") in joined
            or joined in host.replace("-", "")
            or (len(words[0]) > 3 and words[0] in host)
        ):
            return side
    return None


def by_talk(conversation: Conversation, open_: list[Participant], taken: set[Side]) -> dict[str, Side]:
    """Sellers pitch, quote and ask about money; buyers tell of their own house. The one who sounds most like a seller
    is one, unless the seller's side is known to speak already."""
    wanted = [person.id for person in open_]  # in order: of equals the one listed first is the seller, in every run
    scores: Counter[str] = Counter(dict.fromkeys(wanted, 0))
    for segment in conversation.segments:
        if segment.speaker in wanted:
            talk = segment.text[:2000].lower().replace("’", "'")
            scores[segment.speaker] += len(SELLER_TALK.findall(talk)) - len(BUYER_TALK.findall(talk))
    if taken == {Side.SELLER}:
        return dict.fromkeys(wanted, Side.BUYER)
    ranked = scores.most_common()
    if len(ranked) < 2 and not taken:
        return {id: Side.SELLER if score > 0 else Side.BUYER for id, score in ranked if score}
    found: dict[str, Side] = {}
    for place, (id, score) in enumerate(ranked):
        first = place == 0 and Side.SELLER not in taken
        found[id] = Side.SELLER if (first and score >= ranked[-1][1]) or score > 1 else Side.BUYER
    return found


ENOUGH_WORDS = 200
# A company that tells investors of its results talks of its products and customers as a seller does; so many of these
# different turns of phrase are said nowhere else.
TO_INVESTORS = re.compile(
    r"\b(?:listen[- ]only|forward[- ]looking statements?|investor relations"
    r"|(?:next|first|last|final) question (?:comes?|is|will come|that we have is)? ?from"
    r"|(?:your|the) line is (?:now )?open"
    r"|(?:earnings|results?) (?:conference )?(?:call|presentation|webcast|briefing)"
    r"|conference call|ladies and gentlemen|question[- ]and[- ]answer session"
    r"|q ?& ?a session|(?:press|hit) (?:\*|star)|mute function|shareholders|dividend|ebitda|year[- ](?:on|over)[- ]year"
    r"|basis points|fiscal (?:year|quarter)|net (?:income|profit|debt)|analysts?)\b"
)
INVESTOR_PHRASES = 4


def may_be_any_meeting(conversation: Conversation, sides: Sides) -> bool:
    """Whether nothing tells that somebody sells: a long talk of which no deal and no side is known."""
    if conversation.deal is not None or conversation.kind is not ConversationKind.CALL:
        return False
    if any(how is not Known.TALK for how in sides.known.values()):
        return False
    return sum(len(segment.text.split()) for segment in conversation.segments) >= ENOUGH_WORDS


def speaks_to_investors(conversation: Conversation) -> bool:
    """Whether a company presents its results."""
    texts = (segment.text[:2000].lower().replace("\u2019", "'") for segment in conversation.segments)
    return len({said for text in texts for said in TO_INVESTORS.findall(text)}) >= INVESTOR_PHRASES
