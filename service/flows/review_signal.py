"""What people can do with signals; the parts of it are in the modules beside."""

from __future__ import annotations

from service.flows.accept_above import AcceptedAll, accept_above
from service.flows.add_signal import add_missed
from service.flows.preview_review import Preview, preview
from service.flows.record_review import Action, Reviewed, review, undo
from service.flows.review_errors import ChangedMeanwhileError, NotReadError, ReviewError, UnknownError

__all__ = [
    "AcceptedAll",
    "Action",
    "ChangedMeanwhileError",
    "NotReadError",
    "Preview",
    "ReviewError",
    "Reviewed",
    "UnknownError",
    "accept_above",
    "add_missed",
    "preview",
    "review",
    "undo",
]
