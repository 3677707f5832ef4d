"""`telltale doctor`: a line for each thing looked at."""

from __future__ import annotations

from service.commands.terminal import DONE, print_json
from service.settings import Settings

__all__ = ["run"]

STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}
SOMETHING_FAILS = 1


def run(settings: Settings, *, as_json: bool) -> int:
    """Status 1 where something fails; what only deserves a word leaves it 0."""
    from rich.console import Console
    from rich.text import Text

    from service import clock
    from service.doctor import Grade, examine

    console = Console(highlight=False, soft_wrap=True)
    failed = False
    for found in examine(settings, clock.now):
        failed = failed or found.grade is Grade.FAIL
        if as_json:
            told = {"about": found.about, "grade": found.grade.value, "told": found.told, "mend": found.mend}
            print_json(told)
            continue
        line = Text.assemble((f"{found.grade.value:<5}", STYLES[found.grade]), f" {found.about:<13} {found.told}")
        console.print(line)
        if found.mend is not None:
            console.print(Text(f"{'':20}→ {found.mend}", style="dim"))
    return SOMETHING_FAILS if failed else DONE
