"""Which pipeline a workspace follows: the one that it adopted, else the service's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Engine

from service.store import pipelines

if TYPE_CHECKING:
    from engine import Pipeline

__all__ = ["Adopted", "Following", "none_adopted"]

# (database inside the workspace, workspace): the pipeline that it adopted.
Following = Callable[[Engine, str], "Pipeline | None"]


def none_adopted(database: Engine, workspace: str) -> Pipeline | None:
    """Where pipelines come from the settings alone."""
    return None


class Adopted:
    """The database is asked each time, so that every process follows at once; a version never changes, and is read
    once."""

    def __init__(self) -> None:
        self.known: dict[UUID, Pipeline] = {}

    def __call__(self, database: Engine, workspace: str) -> Pipeline | None:
        from engine import Pipeline

        with database.connect() as connection:
            version = pipelines.following(connection, workspace)
            if version is None:
                return None
            if version not in self.known:
                text = pipelines.text_of(connection, workspace, version)
                self.known[version] = Pipeline.from_text(text, source=f"version {version}")
        return self.known[version]
