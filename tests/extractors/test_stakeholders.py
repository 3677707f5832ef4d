"""The stakeholders' corpus, each example a test of its own, and what resolving must keep."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.reading import Reading, read
from extractors.stakeholders import find_stakeholders
from extractors.stakeholders.moves import change_by_words
from extractors.stakeholders.resolve import resolved
from extractors.stakeholders.roles import role_by_deed
from extractors.statement import Statement
from extractors.who import Who, who_in
from signals import Stakeholder
from signals import StakeholderChange as Change
from signals import StakeholderRole as Role
from tests.extractors.family_corpus import check, conversation_of, examples


@pytest.mark.parametrize("example", examples("stakeholders"))
def test_corpus(example: dict[str, Any]) -> None:
    check(example, find_stakeholders)


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("the controller signs everything above five", Role.ECONOMIC_BUYER),
        ("ana holds the budget for the plants", Role.ECONOMIC_BUYER),
        ("she has the final say", Role.DECISION_MAKER),
        ("the yes comes from marta", Role.DECISION_MAKER),
        ("he will vote it down in june", Role.BLOCKER),
        ("he's dead set against it", Role.BLOCKER),
        ("she is backing it upstairs", Role.EXECUTIVE_SPONSOR),
        ("her crew will use it on every shift", Role.USER),
        ("he runs the price talks", Role.PROCUREMENT),
        ("he is reading the contract", Role.LEGAL),
        ("she scores the api part", Role.TECHNICAL),
        # what they do not do, would do in some case, or others do
        ("she doesn't decide", None),
        ("if he says no we wait", None),
        ("i advise you to be nice to him", None),
        ("she will pick it up on tuesday", None),
        ("he signs the apology letters", None),
    ],
)
def test_what_someone_does_tells_their_part(said: str, role: Role | None) -> None:
    assert role_by_deed(said) is role


def test_what_speakers_do_themselves_counts_as_theirs() -> None:
    assert role_by_deed("i sign it") is None
    assert role_by_deed("i sign it", own=True) is Role.ECONOMIC_BUYER


@pytest.mark.parametrize(
    ("said", "found", "change"),
    [
        ("they've made her head of the region", Change.LEFT, Change.ROLE_CHANGED),
        ("he has a new title, same desk", Change.LEFT, Change.ROLE_CHANGED),
        ("she has exports now on top of imports", Change.JOINED, Change.ROLE_CHANGED),
        ("she's been promoted and isn't on the project", Change.ROLE_CHANGED, Change.LEFT),
        ("he hasn't replied since may", Change.IDENTIFIED, Change.UNRESPONSIVE),
        ("the price goes through him from now on", Change.IDENTIFIED, Change.JOINED),
        ("our cfo, she signs off", Change.LEFT, Change.IDENTIFIED),
        # nothing else is told
        ("she signed off and left us in may", Change.LEFT, Change.LEFT),
        ("they have made the decision without her", Change.LEFT, Change.LEFT),
        ("he was made redundant", Change.LEFT, Change.LEFT),
        ("he checks the numbers", Change.IDENTIFIED, Change.IDENTIFIED),
    ],
)
def test_words_tell_how_a_part_changes(said: str, found: Change, change: Change) -> None:
    assert change_by_words([said], found) is change


def learned(reading: Reading, unit: int, means: str, *, named: int | None = None) -> list[Stakeholder]:
    """What is resolved of one statement as the learned reader makes them: what is told in one unit of the person who
    may be named in another."""
    (who, *_) = (who for who in who_in(reading, reading.units[unit if named is None else named]))
    assert isinstance(who, Who)
    statement = Statement(
        unit=reading.units[unit], means=means, start=0, end=len(reading.units[unit].text), mentions=(who,),
        found_by="stakeholder: the learned reader", confidence=0.5, weighed=True,
    )  # fmt: skip
    return resolved(reading, [statement])


@pytest.mark.parametrize(
    ("call", "role"),
    [
        ("dana: Our general manager, Otto Lind, signs it, and Pia Roth tests it.", Role.ECONOMIC_BUYER),
        ("dana: Otto Lind runs the yard. He would stop it.", Role.BLOCKER),
        ("dana: Otto Lind runs the yard. It rains, it is cold.", Role.TECHNICAL),
        ("dana: Otto Lind, our lawyer, decides about the clauses.", Role.LEGAL),
    ],
)
def test_deeds_go_before_what_the_learned_reader_takes_for_the_role(call: str, role: Role) -> None:
    (found,) = learned(read(conversation_of({"call": call})), 0, "identified:technical")
    assert (found.person, found.role) == ("Otto Lind", role)


def test_the_word_it_makes_nobody_technical() -> None:
    (found,) = learned(read(conversation_of({"call": "dana: Otto Lind drives it over."})), 0, "identified")
    assert found.role is None


@pytest.mark.parametrize(
    ("said", "found", "holds"),
    [
        ("i never called her.", "identified", "identified"),
        ("she never called.", "identified", "unresponsive"),
        ("she quit and she never returned my call.", "left", "left"),
        ("she left a note, and never returned my call.", "left", "unresponsive"),
        ("he left the company. he keeps it in good memory.", "left", "left"),
        ("he moves to treasury but keeps it.", "left", "role_changed"),
        ("she gives it a try.", "role_changed", "role_changed"),
        ("she gives it to somebody else.", "role_changed", "left"),
    ],
)
def test_words_that_only_look_like_a_change(said: str, found: str, holds: str) -> None:
    assert change_by_words([said], Change(found)) == holds
