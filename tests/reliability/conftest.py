"""The databases of the service's own tests."""

from tests.service.conftest import database, own, server

__all__ = ["database", "own", "server"]
