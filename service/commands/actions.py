"""`telltale actions`: the outbox on the command line."""

from __future__ import annotations

from uuid import UUID

from service.commands.serve import run
from service.commands.terminal import DONE, UnusableError, complain, print_json
from service.settings import Settings

__all__ = ["list_actions", "replay"]

AT_ONCE = 500


def list_actions(settings: Settings, *, states: tuple[str, ...], deal: str | None, as_json: bool) -> int:
    """The newest ones of the settings' workspace, one a line."""
    from service.api.actions import action_json
    from service.api.service import Service
    from service.store import actions
    from service.store.action_tables import STATES

    for state in states:
        if state not in STATES:
            raise UnusableError(f"--state: expected one of {', '.join(STATES)}, got {state!r}")

    def then(service: Service) -> int:
        context = service.context
        equal = {} if deal is None else {"deal": deal}
        with context.database.connect() as connection:
            found = actions.find(connection, context.workspace, states=states, equal=equal, most=AT_ONCE)
        for each in found:
            if as_json:
                print_json(action_json(each))
            else:
                print(
                    f"{each.id}  {each.state:<9} {each.connector or '–':<12} {each.kind:<10} {each.deal}  {each.title}"
                )
                if each.error:
                    print(f"{'':36}  {each.error}")
        complain(f"{len(found)} actions")
        return DONE

    return run(settings, then)


def replay(settings: Settings, ids: list[str], *, dead: bool) -> int:
    """Send some again, or all that were given up; a serving process or worker does the sending."""
    from service.api.service import Service
    from service.flows.settle_action import NotNowError, replay_action
    from service.store import actions

    try:
        wanted = [UUID(id) for id in ids]
    except ValueError:
        raise UnusableError("ID: expected ids as telltale actions list shows them") from None
    if bool(wanted) == dead:
        raise UnusableError("expected ids of actions, or --dead for all that were given up")

    def then(service: Service) -> int:
        context = service.context
        if dead:
            with context.database.connect() as connection:
                found = actions.find(connection, context.workspace, states=("dead",), most=AT_ONCE)
            wanted.extend(each.id for each in found)
        failed = 0
        for id in wanted:
            try:
                again = replay_action(context, id, by="telltale actions replay")
                complain(f"{id}: there is no such action" if again is None else f"{id}: {again.state}")
                failed += again is None
            except NotNowError as error:
                complain(f"{id}: {error}")
                failed += 1
        return DONE if not failed else 1

    return run(settings, then)
