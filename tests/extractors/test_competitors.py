"""Alternatives to the seller: the family's corpus, each example a test of its own, and what resolving must keep."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.competitors import find_competitors
from extractors.competitors.relations import relation_by_words
from extractors.competitors.told import told_of
from extractors.reading import read
from signals import Relation
from tests.extractors.family_corpus import check, conversation_of, examples


@pytest.mark.parametrize("example", examples("competitors"))
def test_corpus(example: dict[str, Any]) -> None:
    check(example, find_competitors)


def test_a_fact_said_three_times_is_one_signal_with_all_its_evidence() -> None:
    call = (
        "dana: We use Tableau.\nsam: For all of it?\ndana: Yes, we use Tableau for everything.\ndana: We pay Tableau."
    )
    (signal,) = find_competitors(read(conversation_of({"call": call})))
    assert [piece.segment for piece in signal.evidence] == [0, 2, 3]


def test_what_was_decided_goes_before_what_was_weighed() -> None:
    call = "dana: Tableau gave us a quote in May.\ndana: We use Tableau today.\ndana: We turned Tableau down."
    (signal,) = find_competitors(read(conversation_of({"call": call})))
    assert signal.relation == "rejected"


def test_the_seller_and_the_buyer_are_no_competitors() -> None:
    call = "dana: We prefer Northstar Analytics. Brightwater Foods uses Northstar today."
    assert find_competitors(read(conversation_of({"call": call}))) == []


@pytest.mark.parametrize(
    ("said", "found", "relation"),
    [
        ("and so we gave <own> notice in may", "incumbent", "rejected"),
        ("they're not in the running any longer", "evaluating", "rejected"),
        ("<own> goes off at christmas", "incumbent", "rejected"),
        ("the partners have chosen <own>", "favored", "selected"),
        ("my people prefer <own> a little", "evaluating", "favored"),
        ("<own> is her favourite, it's not decided", "selected", "favored"),
        ("<own> was never more than a flyer", "incumbent", "mentioned"),
        ("half of our sites are on <own>", "evaluating", "incumbent"),
        ("<own> has the edge with the planners", "mentioned", "favored"),
        ("they lost, i told them myself", "evaluating", "rejected"),
        ("we're done with <own> in october", "incumbent", "rejected"),
        ("<own> isn't dead, they come back on monday", "rejected", "evaluating"),
        ("it's still you and <own>", "mentioned", "evaluating"),
        # only supposed, denied, asked, or about something else
        ("if we gave them notice they would cry", "incumbent", "incumbent"),
        ("we haven't chosen them", "evaluating", "evaluating"),
        ("did you give them the letter, are they out of the race?", "incumbent", "incumbent"),
        ("it's not like we've ruled them out", "incumbent", "incumbent"),
        ("the one that was still alive was <own>", "rejected", "rejected"),
        ("i'm so done with it", "incumbent", "incumbent"),
        ("we left <own> a message", "evaluating", "evaluating"),
        ("we send it sixty days ahead", "incumbent", "incumbent"),
        ("<own> put it in front of the board", "evaluating", "evaluating"),
        ("free is their favourite number", "evaluating", "evaluating"),
        # what was decided stays, whatever else is said
        ("they're ahead on the reports", "rejected", "rejected"),
    ],
)
def test_the_talk_tells_the_relation(said: str, found: str, relation: str) -> None:
    unit = read(conversation_of({"call": "dana: yes"})).units[0]
    told, telling = relation_by_words([(unit, said)], Relation(found))
    assert told == relation
    assert telling == (unit if found != relation else None)


def test_what_is_told_of_a_company_is_not_what_is_told_of_another() -> None:
    call = """
    dana: We use Tableau, and Qlik came in with a quote.
    dana: They were here on Friday.
    dana: Snowflake is down the hall. They are noisy.
    """
    reading = read(conversation_of({"call": call, "deal": {"competitors": [{"name": "Qlik"}, {"name": "Tableau"}]}}))
    assert next(text for _, text in told_of(reading, "Tableau")) == "we use <own>, and "
    assert [text for _, text in told_of(reading, "Qlik")] == [
        "<own> came in with a quote.", "they were here on friday."
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "relation"),
    [
        ("We prefer your tool to <own>.", "evaluating"),
        ("please go ahead and send it, they can wait.", "evaluating"),
        ("you are ahead of them.", "evaluating"),
        ("you've got the edge over them.", "evaluating"),
        ("they are a little ahead.", "favored"),
        ("i'll tell them next week who won.", "evaluating"),
        ("i'll tell them.", "rejected"),
        ("they lost our data once, and it hurt.", "incumbent"),
        ("they lost.", "rejected"),
        ("they gave notice that prices go up.", "incumbent"),
        ("we gave them notice.", "rejected"),
        ("it's the server that is switched off at night.", "incumbent"),
        ("it is retired people who use it.", "incumbent"),
        ("it gets retired.", "rejected"),
        ("it is retired in june.", "rejected"),
        ("with it the screen goes away.", "incumbent"),
        ("it goes away in june.", "rejected"),
        ("it got the award for best product.", "evaluating"),
    ],
)
def test_words_that_only_look_like_a_relation(said: str, relation: str) -> None:
    """A reviewer's plain sentences: what is told of the seller, or of other things beside the name, is no relation."""
    unit = read(conversation_of({"call": "dana: Tableau."})).units[0]
    first = Relation.INCUMBENT if relation == "incumbent" else Relation.EVALUATING
    assert relation_by_words([(unit, said.lower())], first)[0] == relation
