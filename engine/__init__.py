"""Events in, decisions out: keeps each deal's stage true to what happened. No clock, and no files but pipelines."""

from engine.decisions import Decision, DecisionType
from engine.documents import DOCUMENTS, write
from engine.dossier import Dossier
from engine.errors import EventError, PipelineError
from engine.events import Event
from engine.ledger import Ledger
from engine.pipeline import Pipeline
from engine.replay import Refused, Replay, replay
from engine.state import state_json
from engine.what_if import Change, what_if

__all__ = [
    "DOCUMENTS",
    "Change",
    "Decision",
    "DecisionType",
    "Dossier",
    "Event",
    "EventError",
    "Ledger",
    "Pipeline",
    "PipelineError",
    "Refused",
    "Replay",
    "replay",
    "state_json",
    "what_if",
    "write",
]
