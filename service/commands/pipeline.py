"""`telltale pipeline`: is a pipeline's file right, and what is in it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from service.commands.terminal import DONE, SOME_REFUSED, UnusableError, complain, print_json

if TYPE_CHECKING:
    from engine import Pipeline

__all__ = ["check", "load", "show"]


def load(name: str) -> Pipeline:
    """A pipeline that ships, or a file; raises UnusableError with the file, the line and the mend."""
    from engine import Pipeline, PipelineError

    try:
        return Pipeline.load(name)
    except PipelineError as error:
        raise UnusableError(str(error)) from None
    except OSError as error:
        raise unreadable(name, error) from None


def unreadable(name: str, error: OSError) -> UnusableError:
    return UnusableError(f"{name}: {error.strerror or error}")


def check(file: str) -> int:
    """Says that the file is right, or everything that is wrong with it (status 1)."""
    from engine import Pipeline, PipelineError

    try:
        pipeline = Pipeline.load(file)
    except PipelineError as error:
        complain(str(error))
        return SOME_REFUSED
    except OSError as error:
        raise unreadable(file, error) from None
    print_json({"pipeline": {"name": pipeline.name, "version": pipeline.version}, "ok": True})
    return DONE


def show(name: str, *, table: bool) -> int:
    """The pipeline as tables, or as JSON with every default filled in."""
    pipeline = load(name)
    if table:
        from service.commands.pipeline_table import pipeline_table

        pipeline_table(pipeline, file=sys.stdout)
    else:
        print_json(pipeline.to_json(), indent=True)
    return DONE
