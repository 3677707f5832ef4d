"""Try again what was given up."""

from __future__ import annotations

from uuid import UUID

from service.flows.context import Context, ReadJob
from service.flows.review_errors import WordsGoneError
from service.store import conversations, dead

__all__ = ["replay_dead"]

# The digits of what a database can count to.
DIGITS = 18


def replay_dead(context: Context, id: str, *, owners: frozenset[str] | None = None) -> bool:
    """Whether there was such a dead letter to be seen; a worker tries it again, once more with all its tries.

    Raises WordsGoneError.
    """
    kind, _, rest = id.partition(":")
    with context.database.begin() as connection:
        if kind == "conversation" and "\x00" not in rest:
            there, deal = dead.revive_conversation(connection, context.workspace, rest, owners)
            if not there:
                return False
            if conversations.words_gone(connection, context.workspace, rest):
                raise WordsGoneError(rest)
            context.defer(connection, [ReadJob(workspace=context.workspace, conversation=rest, deal=deal)])
            return True
        if kind != "job" or owners is not None or not (rest.isascii() and rest.isdecimal() and len(rest) <= DIGITS):
            return False
        job = dead.failed_job(connection, context.workspace, int(rest))
        if job is None:
            return False
        if job.conversation is not None:
            stored = conversations.get(connection, context.workspace, job.conversation)
            if stored is not None:
                again = ReadJob(workspace=context.workspace, conversation=stored.id, deal=stored.deal)
                context.defer(connection, [again])
        elif job.action is not None:
            context.outlet.send_later(connection, context.workspace, UUID(job.action), 0)
        dead.forget_job(connection, context.workspace, int(rest))
        return True
