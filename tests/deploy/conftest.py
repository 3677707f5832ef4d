"""The service's database fixtures, for what is asked of a real queue."""

from tests.service.conftest import data_folder, database, own, server, service

__all__ = ["data_folder", "database", "own", "server", "service"]
