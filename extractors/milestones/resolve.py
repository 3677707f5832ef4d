"""From what was said of a step to milestones: only what is asked for or done counts, each kind once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extractors.consolidate import merge
from extractors.milestones.said import OFFERED
from extractors.reading import Reading, Unit
from extractors.stance import answers, clause_before, confirms, denies, is_question, stance_of
from extractors.statement import Statement
from signals import Evidence, Milestone, MilestoneKind

__all__ = ["resolve"]

CONDITION = re.compile(
    r"\b(?:if(?! (?:possible|you can|you could|you please|that's ok|it's ok|that is ok|not too))|once|unless|as soon as"
    r"|assuming|should (?:we|you))\b"
)
LATER = re.compile(r"\b(?:after|when|until)\b")
OUTRIGHT = re.compile(r"\b(?:can|could|would|will) you\b|\b(?:please|kindly|pls|send|give) ?(?:me|us)?\b")
NOT_YET = re.compile(
    r"\b(?:will|won't|(?:going|need|needs|needed|have|has|had|want|wants|plan|plans|planning|hope|hoping|expect|expecting"
    r"|ready|trying|supposed|like|meant|able) to|gonna|must|should|let's|to be|next (?:week|month|quarter|year))\b"
    r"|\w'll\b"
)
# These say what they are by being about the time to come.
COMING = frozenset({MilestoneKind.VERBAL_COMMITMENT, MilestoneKind.DEAL_PAUSED, MilestoneKind.DEAL_LOST})
AFFIRMED = re.compile(
    r"\b(?:yes|yeah|yep|ya|yup|(?:i|we) (?:did|have|saw|got|read|do|printed|opened|received)"
    r"|it (?:did|has|came|arrived|landed|is|was)|got it|received|arrived|send it|send|please|go ahead|perfect|do)\b"
)
ANSWER_OPENS = 80
LONG_UNIT = 220
MARGIN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Outranks:
    """A kind that makes another, said in the same sentence, superfluous: what is signed was sent."""

    kind: MilestoneKind
    others: frozenset[MilestoneKind]


OUTRANKS = (
    Outranks(
        kind=MilestoneKind.CONTRACT_SIGNED,
        others=frozenset({MilestoneKind.CONTRACT_SENT, MilestoneKind.CONTRACT_REQUESTED}),
    ),
    Outranks(kind=MilestoneKind.CONTRACT_SENT, others=frozenset({MilestoneKind.CONTRACT_REQUESTED})),
    Outranks(kind=MilestoneKind.PROPOSAL_SENT, others=frozenset({MilestoneKind.PROPOSAL_REQUESTED})),
    Outranks(kind=MilestoneKind.DEAL_LOST, others=frozenset({MilestoneKind.DEAL_PAUSED})),
    Outranks(
        kind=MilestoneKind.PILOT_FAILED,
        others=frozenset({MilestoneKind.PILOT_SUCCEEDED, MilestoneKind.PILOT_STARTED}),
    ),
    Outranks(kind=MilestoneKind.PILOT_SUCCEEDED, others=frozenset({MilestoneKind.PILOT_STARTED})),
    Outranks(
        kind=MilestoneKind.SECURITY_REVIEW_COMPLETED,
        others=frozenset({MilestoneKind.SECURITY_REVIEW_REQUESTED, MilestoneKind.TECHNICAL_VALIDATION_COMPLETED}),
    ),
    Outranks(kind=MilestoneKind.LEGAL_REVIEW_COMPLETED, others=frozenset({MilestoneKind.LEGAL_REVIEW_REQUESTED})),
    Outranks(kind=MilestoneKind.REFERENCE_COMPLETED, others=frozenset({MilestoneKind.REFERENCE_REQUESTED})),
)


def resolve(reading: Reading, statements: Iterable[Statement]) -> Sequence[Milestone]:
    """Milestones of the statements that hold, each kind once with all its evidence."""
    held = [(statement, evidence) for statement in statements if (evidence := evidence_of(reading, statement))]
    said: dict[int, set[MilestoneKind]] = {}
    for statement, _ in held:
        said.setdefault(statement.unit.index, set()).add(kind_of(statement))
    found = [
        Milestone(
            kind=kind_of(statement),
            evidence=evidence,
            speaker=speaker.id or None if (speaker := reading.turn_of(statement.unit).speaker) else None,
            side=reading.side_of(statement.unit),
            confidence=statement.confidence,
            found_by=statement.found_by,
        )
        for statement, evidence in held
        if not outranked(kind_of(statement), said[statement.unit.index])
    ]
    return merge(found, key=lambda milestone: milestone.kind, rank=lambda milestone: milestone.confidence)


def kind_of(statement: Statement) -> MilestoneKind:
    return MilestoneKind(statement.means.rstrip(OFFERED))


def outranked(kind: MilestoneKind, beside: set[MilestoneKind]) -> bool:
    return any(rule.kind in beside and kind in rule.others for rule in OUTRANKS)


def evidence_of(reading: Reading, statement: Statement) -> tuple[Evidence, ...]:
    """The words that prove the statement; none where it does not hold."""
    kind = kind_of(statement)
    if kind is MilestoneKind.NEXT_STEP_AGREED or statement.weighed:
        return (piece_of(statement),)
    if statement.means.endswith(OFFERED):
        return with_answer(reading, statement)
    if kind.value.endswith("_requested"):
        return (piece_of(statement),) if is_asked_for(reading, statement) else ()
    stance = stance_of(reading, statement.unit, statement.start, statement.end)
    if stance.supposed or stance.denied or stance.others or stance.joking or stance.past:
        return ()
    if stance.asked:
        return with_answer(reading, statement)
    if kind not in COMING and not_yet(statement):
        return ()
    return (piece_of(statement),)


def is_asked_for(reading: Reading, statement: Statement) -> bool:
    """A request may be put as a question or a wish, not as a condition or a later step."""
    lead = lead_of(statement)
    stance = stance_of(reading, statement.unit, statement.start, statement.end)
    later = LATER.search(lead) and not OUTRIGHT.search(statement.unit.lower)
    return not (later or CONDITION.search(lead) or stance.denied or stance.joking or stance.others)


def not_yet(statement: Statement) -> bool:
    """A plan is no step done: the words before it in its clause, or within it, look ahead."""
    return bool(NOT_YET.search(lead_of(statement) + statement.unit.lower[statement.start : statement.end]))


def lead_of(statement: Statement) -> str:
    text = statement.unit.lower
    return text[clause_before(text, statement.start) : statement.start]


def with_answer(reading: Reading, statement: Statement) -> tuple[Evidence, ...]:
    """The question and the answer that takes it; nothing where nobody did."""
    answer = next(iter(answer_units(reading, statement.unit)), None)
    if answer is None or denies(answer) or is_question(reading, answer):
        return ()
    if confirms(answer) or AFFIRMED.search(answer.lower[:ANSWER_OPENS]):
        return (piece_of(statement), answer.evidence())
    return ()


def answer_units(reading: Reading, unit: Unit) -> Iterator[Unit]:
    answer = answers(reading, unit)
    if answer is not None:
        yield answer


def piece_of(statement: Statement) -> Evidence:
    """The sentence, or, where it never ends, the words around the phrase."""
    unit = statement.unit
    if len(unit.text) <= LONG_UNIT:
        return unit.evidence()
    start = unit.text.rfind(" ", 0, max(0, statement.start - MARGIN)) + 1
    end = unit.text.find(" ", min(len(unit.text), statement.end + MARGIN))
    return unit.evidence(start, len(unit.text) if end < 0 else end)
