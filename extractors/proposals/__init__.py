"""Signals that somebody else proposes (a language model, a person's file), verified against the words they quote.

A proposal only points: at a fact and at the words that prove it. Here the words are found, the amounts and dates in
them read by the same grammar as everywhere, the people and companies canonicalised, the stance judged; what does not
hold is dropped, with the reason. So nothing can be invented: every figure, day and name of what is left was said.
"""

from __future__ import annotations

from extractors.proposals.faults import Fault, Mark
from extractors.proposals.join import fact_of, joined
from extractors.proposals.shape import json_schema
from extractors.proposals.verify import Finding, Verified, verified

__all__ = ["Fault", "Finding", "Mark", "Verified", "fact_of", "joined", "json_schema", "verified"]
