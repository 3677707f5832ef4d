"""`telltale privacy`: how long words are kept, and a person's data, shown and erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from service.commands.terminal import DONE, UnusableError, complain, print_json
from service.settings import Settings

if TYPE_CHECKING:
    from service.flows.context import Context

__all__ = ["erase", "export", "retention"]


def within(settings: Settings, action: str, then: Callable[[Context], int]) -> int:
    """In the settings' workspace; what it changes stands in the audit log."""
    from service.commands.keys import operator
    from service.commands.serve import run
    from service.store import audit
    from service.store.audit import Acting
    from signals import DecodeError

    def told(context: Context) -> int:
        try:
            with audit.acting(Acting(who=operator(), action=action, now=context.now)):
                return then(context)
        except DecodeError as error:
            raise UnusableError(f"--person: {error}") from None

    return run(settings, lambda service: told(service.context))


def erase(settings: Settings, person: str, *, as_json: bool) -> int:
    from service.flows.erase_person import erase_person

    def then(context: Context) -> int:
        erased = erase_person(context, person)
        if as_json:
            print_json(erased.to_json())
            return DONE
        complain(f"{sum(erased.rows.values())} rows changed in {len(erased.rows)} tables")
        complain(f"{len(erased.conversations)} conversations, {len(erased.deals)} deals; erasure {erased.id}")
        if erased.differing:
            complain(f"kept their stage, which the rewritten history would not give: {', '.join(erased.differing)}")
        if erased.ids_left:
            complain(f"{erased.ids_left} ids of conversations or deals still hold the name or the address")
        complain("not reached: backups, and what went to other systems")
        return DONE

    return within(settings, "privacy erase", then)


def export(settings: Settings, person: str) -> int:
    from service.flows.export_person import export_person

    def then(context: Context) -> int:
        print_json(export_person(context, person), indent=True)
        return DONE

    return within(settings, "privacy export", then)


def retention(settings: Settings, days: int | None) -> int:
    """None shows it; 0 takes the workspace's own figure away."""
    from service.commands.keys import operator
    from service.flows.retain_words import retention_of, set_retention

    def then(context: Context) -> int:
        if days is not None:
            set_retention(context, days or None, by=operator())
        kept = retention_of(context, settings.retention_days)
        print("words are kept for ever" if kept is None else f"words are kept {kept} days")
        return DONE

    return within(settings, "privacy retention", then)
