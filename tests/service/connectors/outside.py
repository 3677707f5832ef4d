"""A system outside, played by a real HTTP server on this machine: what it answers, and how it misbehaves."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


# How a request goes wrong. Those in AFTER have had their effect when they do.
RESET, RESET_AFTER, SILENT_AFTER, TRICKLE_AFTER = "reset", "reset after", "silent after", "trickle after"
AFTER = (RESET_AFTER, SILENT_AFTER, TRICKLE_AFTER)


@dataclass(slots=True)
class Outside:
    """`respond` is the system itself: it has its effects on what the test keeps. `faults` are used up one a request: a
    fault from above, or an Answer given in the place of the system's."""

    url: str = ""
    respond: Callable[[Asked], Answer] = field(default=lambda asked: Answer())
    faults: deque[str | Answer] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def bodies(self, path: str = "") -> list[Any]:
        return [each.json for each in self.asked if each.path.endswith(path) and each.body]


@contextmanager
def outside() -> Iterator[Outside]:
    system = Outside()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            system.asked.append(asked)
            fault = system.faults.popleft() if system.faults else None
            self.close_connection = True
            if isinstance(fault, Answer):
                self.answer(fault)
                return
            answer = system.respond(asked) if fault is None or fault in AFTER else Answer()
            match fault:
                case None:
                    self.answer(answer)
                case "reset" | "reset after":
                    # A zero linger makes the close a reset.
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                case "silent after":
                    system.over.wait(20)
                case "trickle after":
                    self.trickle()

        def answer(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.data)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(answer.data)

        def trickle(self) -> None:
            """A header that never ends, a byte at a time, each before any silence is too long."""
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
                while not system.over.wait(0.02):
                    self.wfile.write(b"a")
                    self.wfile.flush()
            except OSError:
                return

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any  # noqa: N815 - the library's names

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that left is no mistake here."""

        def shutdown_request(self, request: Any) -> None:
            try:
                super().shutdown_request(request)
            except OSError:
                return

    server = Server(("127.0.0.1", 0), Handler)
    system.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        system.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
