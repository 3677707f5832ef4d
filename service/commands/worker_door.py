"""What a worker answers to whoever runs it: is it alive, can it work, how does it do. It takes nothing in."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from service.access.sessions import is_loopback
from service.commands.terminal import UnusableError, complain
from service.store.migrate import behind

if TYPE_CHECKING:
    from service.api.service import Service

__all__ = ["answering"]

PLAIN = "text/plain; charset=utf-8"
Answer = tuple[int, str, bytes]


@contextlib.contextmanager
def answering(service: Service) -> Iterator[None]:
    """On TELLTALE_WORKER_PORT while the block runs; nothing where none is set."""
    settings = service.settings
    if settings.worker_port is None:
        yield
        return
    answers: dict[str, Callable[[], Answer]] = {
        "/healthz": lambda: (200, PLAIN, b"ok\n"),
        "/readyz": lambda: ready(service),
    }
    # It asks for no key, so that others hear figures only where that is wanted.
    if settings.metrics_open or is_loopback(settings.host):
        answers["/metrics"] = lambda: (200, CONTENT_TYPE_LATEST, generate_latest(service.metrics.registry))
    try:
        server = ThreadingHTTPServer((settings.host, settings.worker_port), handler(answers))
    except OSError as error:
        where = f"{settings.host}:{settings.worker_port}"
        raise UnusableError(f"TELLTALE_WORKER_PORT: cannot listen on {where}: {error.strerror}") from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="worker-door", daemon=True)
    thread.start()
    complain(f"worker: answering on http://{settings.host}:{server.server_port}")
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ready(service: Service) -> Answer:
    try:
        with service.context.database.connect() as connection:
            if behind(connection):
                return 503, PLAIN, b"the database's tables are of another version than this program\n"
    except SQLAlchemyError:
        return 503, PLAIN, b"the database does not answer\n"
    return 200, PLAIN, b"ready\n"


def handler(answers: Mapping[str, Callable[[], Answer]]) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            answer = answers.get(self.path.partition("?")[0])
            status, media_type, body = (404, PLAIN, b"nothing here\n") if answer is None else answer()
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Who asks every few seconds is no news."""

    return Door
