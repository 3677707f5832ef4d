"""Events in, decisions out: keeps each deal's stage true to what happened. No clock, and no files but pipelines."""

from engine.decisions import Decision, DecisionType
from engine.errors import EventError, PipelineError
from engine.events import Event
from engine.ledger import Ledger
from engine.pipeline import Pipeline
from engine.replay import Refused, Replay, replay
from engine.state import state_json

__all__ = [
    "Decision",
    "DecisionType",
    "Event",
    "EventError",
    "Ledger",
    "Pipeline",
    "PipelineError",
    "Refused",
    "Replay",
    "replay",
    "state_json",
]
