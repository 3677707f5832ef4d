"""`telltale backtest`: what another pipeline would have made of what happened."""

from __future__ import annotations

from service.commands.history import history
from service.commands.pipeline import load
from service.commands.terminal import DONE, SOME_REFUSED, complain, print_json

__all__ = ["run"]


def run(file: str | None, *, pipeline: str, present: str, database: str | None, data: str | None, as_json: bool) -> int:
    """Prints the differences; events that neither can use are named on standard error."""
    from engine.backtest import backtest, table

    now, then = load(present), load(pipeline)
    refused: list[str] = []
    result = backtest(history(file, pipeline=present, database=database, data=data, refused=refused), now, then)
    if as_json:
        print_json(result.to_json(), indent=True)
    else:
        print(table(result))
    for line in [*refused, *result.unusable]:
        complain(line)
    return SOME_REFUSED if refused or result.unusable else DONE
