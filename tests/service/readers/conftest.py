"""A real server on this machine that speaks the chat protocol, and answers as a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stamina

Json = dict[str, Any]


@dataclass(slots=True)
class Reply:
    """What the server sends: `body` as it is, or `content` as a model's message."""

    content: str = ""
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    model: str = "tiny-1"
    drips: bool = False  # one byte at a time, with pauses

    def data(self) -> bytes:
        if self.body is not None:
            return self.body
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": self.content}}
        usage = {"prompt_tokens": 321, "completion_tokens": 45, "total_tokens": 366}
        return json.dumps({"id": "x", "model": self.model, "choices": [choice], "usage": usage}).encode()


@dataclass(slots=True)
class Server:
    """`replies` are sent one after the other, the last one for ever; a function is asked with the request's body."""

    url: str
    replies: list[Reply | Callable[[Json], Reply]] = field(default_factory=lambda: [Reply('{"signals": []}')])
    requests: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, body: Json) -> Reply:
        with self.lock:
            self.requests.append(body)
            next_one = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return next_one if isinstance(next_one, Reply) else next_one(body)


@pytest.fixture
def model_server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with here.lock:
                here.headers.append({key.lower(): value for key, value in self.headers.items()})
                here.paths.append(self.path)
            reply = here.reply(body)
            data = reply.data()
            self.send_response(reply.status)
            for key, value in {"content-type": "application/json", **reply.headers}.items():
                self.send_header(key, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            try:
                for part in (data[n : n + 1] for n in range(len(data))) if reply.drips else [data]:
                    self.wfile.write(part)
                    time.sleep(0.05 if reply.drips else 0)
            except OSError:
                self.close_connection = True  # whoever asked has had enough

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Whoever asked has hung up, as the tests of too long answers want it."""

    http = Quiet(("127.0.0.1", 0), Handler)
    here = Server(f"http://127.0.0.1:{http.server_port}/v1")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield here
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    """Retries do not wait."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield
