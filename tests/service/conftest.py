"""Services on the tests' database, that read marks instead of language."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.app import create_app, running
from service.settings import Settings
from tests.service.samples import extract_marks


@pytest.fixture
def service(database: str) -> Iterator[Any]:
    """A service without a worker, that reads marks instead of language."""
    with running(Settings(database=database, worker=False), extract=extract_marks) as service:
        yield service


@pytest.fixture
def client(service: Any) -> Iterator[TestClient]:
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def rows(service: Any) -> Callable[[], dict[str, int]]:
    """How many rows each of our tables has."""
    from service.store.tables import metadata

    def count() -> dict[str, int]:
        with service.context.database.connect() as connection:
            return {
                table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
            }

    return count


@pytest.fixture
def with_settings(database: str) -> Callable[..., Any]:
    """Services with other settings on the same database."""

    def make(**changed: Any) -> Any:
        return running(Settings(database=database, worker=False, **changed), extract=extract_marks)

    return make


def at_time(service: Any, moment: Any) -> Any:
    """The same service with another clock."""
    return dataclasses.replace(service, context=dataclasses.replace(service.context, now=lambda: moment))
