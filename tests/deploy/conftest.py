"""The service of the service's own tests, for what is asked of a real queue."""

from tests.service.conftest import service

__all__ = ["service"]
