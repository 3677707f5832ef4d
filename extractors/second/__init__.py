"""A second reader beside the phrases: the encoder's statements, weighed against the phrases'."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.confidence import calibrated
from extractors.reading import Reading
from extractors.second.judge import judged
from extractors.second.opinions import learned_facts
from extractors.second.places import units_of
from extractors.second.reader import opinion_of
from extractors.second.worth import worth_asking
from models.encoder import Encoder
from signals import KINDS, Signal

__all__ = ["second_opinion"]


def second_opinion(reading: Reading, model: Encoder, by_phrases: Sequence[Signal]) -> list[Signal]:
    """What holds of the facts that phrases found and of those that the model finds, with calibrated confidences. Facts
    in sentences that the model was not asked about are the phrases' alone."""
    places = [(signal, units_of(reading, signal)) for signal in by_phrases]
    asked = worth_asking(reading, model.folder, {index for _, units in places for index in units})
    opinion = opinion_of(reading, model, asked)
    learned = learned_facts(reading, opinion)
    out = [calibrated(signal) for signal, units in places if asked.isdisjoint(units)]
    for kind in KINDS:
        phrases = [signal for signal, units in places if signal.type == kind and not asked.isdisjoint(units)]
        out += judged(reading, opinion, phrases, learned[kind], folder=model.folder)
    return out
