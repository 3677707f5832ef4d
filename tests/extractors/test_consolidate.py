"""One fact, all its evidence; the last word wins."""

from __future__ import annotations

from extractors.consolidate import merge, merged, place
from signals import Budget, BudgetStatus, Competitor, Evidence, Money, Relation


def words(segment: int | None, start: int, text: str) -> Evidence:
    return Evidence(segment=segment, start=start, end=start + len(text), text=text)


def competitor(segment: int, relation: Relation, confidence: float = 0.5, name: str = "Domo") -> Competitor:
    return Competitor(name=name, relation=relation, evidence=(words(segment, 0, name),), confidence=confidence)


def test_the_last_word_gives_the_values_and_all_words_stay() -> None:
    said = [competitor(9, Relation.REJECTED, 0.6), competitor(2, Relation.EVALUATING, 0.8)]
    (signal,) = merge(said, key=lambda signal: signal.name)
    assert signal.relation is Relation.REJECTED
    assert [piece.segment for piece in signal.evidence] == [2, 9]
    assert signal.confidence == 0.8


def test_a_rank_can_outweigh_the_order() -> None:
    said = [competitor(2, Relation.REJECTED), competitor(9, Relation.MENTIONED)]
    (signal,) = merge(said, key=lambda s: s.name, rank=lambda s: s.relation is Relation.REJECTED)
    assert signal.relation is Relation.REJECTED


def test_facts_stay_apart_in_the_order_in_which_they_were_said() -> None:
    said = [competitor(5, Relation.EVALUATING, name="Qlik"), competitor(1, Relation.INCUMBENT)]
    assert [signal.name for signal in merge(said, key=lambda s: s.name)] == ["Domo", "Qlik"]


def test_evidence_inside_other_evidence_is_said_once() -> None:
    outer, inner = words(3, 0, "we have eighty thousand"), words(3, 8, "eighty")
    money = Money.of(80000, "USD")
    both = merged(
        [
            Budget(status=BudgetStatus.STATED, amount=money, evidence=(inner,)),
            Budget(status=BudgetStatus.APPROVED, amount=money, evidence=(outer,)),
        ]
    )
    assert both.evidence == (outer,)
    assert both.status is BudgetStatus.APPROVED


def test_a_mails_words_come_first_by_offset() -> None:
    signal = Budget(status=BudgetStatus.NONE, evidence=(words(None, 40, "none"),))
    assert place(signal) == (-1, 40)
