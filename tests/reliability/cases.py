"""Experiment 7: Schemathesis makes requests from the service's own description of itself, right ones and wrong ones."""

from __future__ import annotations

import secrets
import time
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from service.access.identity import Role
from service.access.keys import Asked, make_key
from service.api.service import Service
from service.app import create_app, running
from service.settings import Settings
from tests.reliability.clients import quantile
from tests.service.samples import extract_marks

Json = dict[str, Any]
Say = Callable[[str], None]

LONGEST = 2.0


def cases(url: str, *, each: int, seed: bool = False, most_seconds: float = 3000, say: Say = lambda line: None) -> Json:
    """`each` cases for each operation and each way of making them (right by the description, and wrong by it), in the
    application's own process. `seed` True: other cases each time. `url` is of an empty, migrated database."""
    with running(Settings(database=url, worker=False, rate_requests=0, rate_bytes=0), extract=extract_marks) as service:
        return of_service(service, each, seed, most_seconds, say)


def of_service(service: Service, each: int, seed: bool, most_seconds: float, say: Say) -> Json:
    import schemathesis
    from fastapi.testclient import TestClient
    from schemathesis import GenerationMode

    statuses: Counter[int] = Counter()
    failed: dict[str, str] = {}
    slow: list[tuple[float, str]] = []
    seconds: list[float] = []
    began = time.monotonic()
    app = create_app(service)
    wanted = Asked(name="cases", role=Role.ADMIN)
    _, key = make_key(service.context, wanted, by="cases", random=secrets.token_bytes)
    with TestClient(app, raise_server_exceptions=False) as client, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = schemathesis.openapi.from_dict(app.openapi())
        operations = [found.ok() for found in schema.get_all_operations()]
        for number, operation in enumerate(operations):
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

                @settings(
                    max_examples=each,
                    deadline=None,
                    database=None,
                    derandomize=not seed,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )
                @given(case=operation.as_strategy(generation_mode=mode))
                def ask(case: Any) -> None:
                    if time.monotonic() - began > most_seconds:
                        return
                    told = case.as_transport_kwargs(base_url="http://testserver")
                    told.pop("cookies", None)
                    # Some case makes a key, and from then on nothing would be answered without one.
                    told["headers"] = {**(told.get("headers") or {}), "Authorization": f"Bearer {key}"}
                    sent = time.monotonic()
                    answer = client.request(**told)
                    took = time.monotonic() - sent
                    statuses[answer.status_code] += 1
                    seconds.append(took)
                    name = f"{case.method} {case.formatted_path}"[:150]
                    if answer.status_code >= 500 and len(failed) < 20:
                        failed.setdefault(
                            f"{case.method} {case.path}", f"{name}: {answer.text[:200]} {str(told)[:600]}"
                        )
                    if took > LONGEST:
                        slow.append((round(took, 2), name))

                try:
                    ask()
                except Exception as error:
                    if type(error).__name__ not in ("Unsatisfiable", "SkipTest", "Skipped"):
                        raise
            say(f"{number + 1} of {len(operations)} operations, {sum(statuses.values())} cases")
    return {
        "operations": len(operations),
        "cases": sum(statuses.values()),
        "statuses": dict(sorted(statuses.items())),
        "5xx": sum(n for status, n in statuses.items() if status >= 500),
        "operations that failed": failed,
        "above 2 s": slow[:10],
        "median ms": round(quantile(seconds, 0.5) * 1000, 1),
        "longest s": round(max(seconds, default=0.0), 2),
    }
