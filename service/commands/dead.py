"""`telltale dead`: what was given up, on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from service.commands.serve import run
from service.commands.terminal import DONE, SOME_REFUSED, UnusableError, complain, print_json
from service.settings import Settings

if TYPE_CHECKING:
    from service.api.service import Service

__all__ = ["list_dead", "replay"]

AT_ONCE = 500


def list_dead(settings: Settings, *, as_json: bool) -> int:
    from service.api.dead import dead_json
    from service.store import dead

    def then(service: Service) -> int:
        with service.context.database.connect() as connection:
            found = dead.find(connection, service.context.workspace, most=AT_ONCE)
        for each in found:
            if as_json:
                print_json(dead_json(each))
            else:
                about = each.reason or f"{each.task} of {each.conversation or each.action or 'nothing'}"
                print(f"{each.id}  {each.at:%Y-%m-%d %H:%M}  {each.deal or '–'}  {about}")
        complain(f"{len(found)} dead letters" + (", and more" if len(found) == AT_ONCE else ""))
        return DONE

    return run(settings, then)


def replay(settings: Settings, ids: Sequence[str], *, every: bool) -> int:
    from service.flows.replay_dead import replay_dead
    from service.flows.review_errors import WordsGoneError
    from service.store import dead

    if bool(ids) == every:
        raise UnusableError("expected ids as telltale dead list shows them, or --all")

    def then(service: Service) -> int:
        wanted = list(ids)
        if every:
            with service.context.database.connect() as connection:
                wanted = [each.id for each in dead.find(connection, service.context.workspace, most=AT_ONCE)]
        refused = 0
        for id in wanted:
            try:
                there = replay_dead(service.context, id)
            except WordsGoneError as error:
                complain(f"{id}: {error}")
                refused += 1
                continue
            complain(f"{id}: {'is tried again' if there else 'there is no such dead letter'}")
            refused += not there
        return SOME_REFUSED if refused else DONE

    return run(settings, then)
