"""Why a review is not taken: each a sentence, with the HTTP status that says the same."""

from __future__ import annotations

from service.store.reviews import StoredReview

__all__ = ["ChangedMeanwhileError", "NotReadError", "ReviewError", "UnknownError", "WordsGoneError"]


class ReviewError(Exception):
    """`status` as HTTP has it; the message is for people."""

    status = 409
    kind = "review"
    title = "The review cannot be taken"


class UnknownError(ReviewError):
    """There is no such signal, review, conversation or participant."""

    status = 404
    kind = "not-found"

    def __init__(self, what: str, id: str) -> None:
        self.what, self.id = what, id[:200]
        self.title = f"No such {what}"
        super().__init__(f"there is no {what} {self.id!r}")


class NotReadError(ReviewError):
    """A conversation that was not read has nothing to review."""

    kind = "not-read"
    title = "It was not read yet"

    def __init__(self, conversation: str, state: str) -> None:
        told = {"failed": "it could not be read; its reason says why"}.get(state, "try again in a moment")
        super().__init__(f"conversation: expected one that was read, {conversation[:200]!r} was not: {told}")


class WordsGoneError(ReviewError):
    """Its words, or some of them, are gone, by retention or because a person's data were erased: what was read in it
    stands, and nothing can be read in it again."""

    kind = "words-gone"
    title = "Its words are gone"

    def __init__(self, conversation: str) -> None:
        told = "what was read in it stands, and it cannot be read again"
        super().__init__(f"conversation: the words of {conversation[:200]!r} are gone: {told}")


class ChangedMeanwhileError(ReviewError):
    """Somebody else was quicker: the signal is not in the state in which the caller saw it."""

    kind = "decided"
    title = "Somebody else decided meanwhile"

    def __init__(self, expected: str, state: str, last: StoredReview | None) -> None:
        self.state, self.last = state, last
        who = "it was read again" if last is None else f"{last.by} did that at {last.at.isoformat(timespec='seconds')}"
        super().__init__(f"expected: the signal was to be {expected}, and is {state}: {who}. Nothing was changed")
