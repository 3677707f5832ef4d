"""What this machine and the settings tell."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from service.doctor.finding import Finding, fail, ok, warn
from service.settings import Settings

__all__ = ["of_machine"]

GIBIBYTE = 1 << 30
LITTLE, TOO_LITTLE = 5 * GIBIBYTE, GIBIBYTE // 2


def of_machine(settings: Settings) -> Iterator[Finding]:
    yield disk(settings)
    yield weights(files("models") / "weights")
    yield pipeline(settings)
    yield connectors(settings)


def disk(settings: Settings) -> Finding:
    """Of the data folder; with a database of its own only keys and kept answers of a model are there."""
    folder = settings.data.resolve()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    told = f"{free / GIBIBYTE:.1f} GiB free for {settings.data}"
    if free >= LITTLE:
        return ok("disk", told)
    mend = "make room, or move the data folder (TELLTALE_DATA)"
    return (fail if free < TOO_LITTLE and settings.database is None else warn)("disk", told, mend)


def weights(folder: object) -> Finding:
    place = Path(str(folder))
    there = sorted(file.name for file in place.glob("*") if file.is_file()) if place.is_dir() else []
    if not any(name.endswith(".onnx") for name in there):
        told = "the learned models' weights are missing: phrases alone read"
        return warn("weights", told, "install Telltale from its wheel or its full repository")
    return ok("weights", ", ".join(there))


def pipeline(settings: Settings) -> Finding:
    from engine import Pipeline, PipelineError
    from service.flows.review_policy import load_policy

    try:
        found = Pipeline.load(settings.pipeline)
        if settings.review_policy is not None:
            load_policy(settings.review_policy, pipeline=found.name, stages=found.positions)
    except (PipelineError, ValueError, OSError) as error:
        return fail("pipeline", str(error), "telltale pipeline check FILE tells where it is wrong")
    return ok("pipeline", f"{found.name}, {len(found.stages)} stages")


def connectors(settings: Settings) -> Finding:
    from service.connectors.config import load

    if settings.connectors is None:
        return ok("connectors", "none: what workflows ask for waits in the outbox for a person")
    try:
        outlets = load(settings.connectors, os.environ)
    except (ValueError, OSError) as error:
        return fail("connectors", str(error), f"mend {settings.connectors}")
    routes = outlets.of(settings.workspace).routes
    lacking = [f"{route.name} lacks {', '.join(route.missing)}" for route in routes if route.missing]
    if lacking:
        return warn("connectors", "; ".join(lacking), "set what is missing; until then its actions wait in the outbox")
    return ok("connectors", ", ".join(route.name for route in routes) or "none for this workspace")
