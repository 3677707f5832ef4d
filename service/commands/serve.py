"""`telltale serve` and `telltale worker`: the processes that stay."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from service.commands.terminal import DONE, UnusableError, complain
from service.heap import settle
from service.logs import log_to_stderr
from service.settings import Settings

if TYPE_CHECKING:
    from service.api.service import Service
    from service.app import Extract

__all__ = ["log_to_stderr", "run", "serve", "settings_from", "worker"]


def settings_from(**given: Any) -> Settings:
    """The environment's settings under those that were given; raises UnusableError naming what is wrong."""
    from pydantic import ValidationError

    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        secret = field in Settings.model_fields and not Settings.model_fields[field].repr
        got = "" if secret else f", got {first['input']!r}"
        message = f"{field} (TELLTALE_{field.upper()}): {first['msg']}{got}"
        raise UnusableError(message) from None


def level_of(settings: Settings) -> int:
    return logging.getLevelNamesMapping()[settings.log_level.upper()]


def stop_on_terminate() -> None:
    """SIGTERM unwinds the stack as an exit does, so that the embedded PostgreSQL is stopped."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(DONE)

    signal.signal(signal.SIGTERM, stop)


def run(settings: Settings, then: Callable[[Service], int], *, extract: Extract | None = None) -> int:
    """Open the service, do `then`, close it; what stands in the way of opening it is an unusable argument. `extract` is
    for tests."""
    from sqlalchemy.exc import OperationalError

    from engine import PipelineError
    from service.app import running

    stop_on_terminate()
    try:
        with running(settings, extract=extract) as service:
            return then(service)
    except (PipelineError, ValueError) as error:
        raise UnusableError(str(error)) from None
    except OSError as error:
        raise UnusableError(f"{error.filename or 'the service'}: {(error.strerror or str(error)).lower()}") from None
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise UnusableError(f"the database does not answer: {reason}") from None
    except KeyboardInterrupt:
        return DONE


def serve(settings: Settings) -> int:
    """The API, and the worker unless the settings say otherwise, until told to stop."""
    log_to_stderr(level_of(settings))
    if settings.processes > 1:
        from service.commands.processes import serve_by_many

        return serve_by_many(settings, tell_where)
    return run(settings, lambda service: checked(service) or listen(service, tell_where))


def tell_where(url: str) -> None:
    complain(f"listening on {url}")


def checked(service: Service) -> int:
    """What may listen: without a key only on this very machine. Raises UnusableError."""
    from service.access.sessions import is_loopback

    if is_loopback(service.settings.host) or service.gate.tokens or service.gate.there_is_a_key():
        return DONE
    raise UnusableError(
        f"--host {service.settings.host}: others could reach it, and there is no key in the database yet; "
        "make one first: telltale keys create --role admin"
    )


def listen(service: Service, ready: Callable[[str], None], *, or_any: bool = False, shared: bool = False) -> int:
    """Answer HTTP until told to stop; `ready` is called with the URL once requests are answered. `shared` where other
    processes listen on the same port."""
    import uvicorn

    from service.app import create_app
    from service.commands.server import Server

    settings, app = service.settings, create_app(service)
    # One event loop, no access log (bodies and ids of people stay out of logs; /metrics counts), and time to finish.
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=settings.stop_within,
    )
    server = Server(config, app.state.live.close)

    async def serve_and_tell(listening: socket.socket) -> None:
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started and not task.done():
            await asyncio.sleep(0.02)
        if server.started:
            settle()
            ready(url_of(listening))
        await task

    with opened(settings.host, settings.port, or_any=or_any, shared=shared) as listening:
        asyncio.run(serve_and_tell(listening))
    return DONE


def opened(host: str, port: int, *, or_any: bool, shared: bool = False) -> socket.socket:
    """A listening socket; `or_any` takes any free port where the wanted one is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048, reuse_port=shared)
    except OSError as error:
        if or_any and error.errno == errno.EADDRINUSE:
            return opened(host, 0, or_any=False)
        reason = (error.strerror or str(error)).lower()
        raise UnusableError(f"cannot listen on {host}:{port}: {reason}; choose --host or --port") from None
    # Connections inherit it. Without it an answer's body waits for the reader's word that the headers came: 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def url_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{'[' + host + ']' if ':' in host else host}:{port}"


def worker(settings: Settings) -> int:
    """Only the worker, until told to stop; what it is doing is finished first."""
    log_to_stderr(level_of(settings))
    return run(settings, lambda service: work_until_told(service, lambda: complain("worker: ready")))


def work_until_told(service: Service, ready: Callable[[], None]) -> int:
    """Do jobs until told to stop; `ready` is called before the first."""
    from service.commands.worker_door import answering
    from service.jobs.queue import work

    settings = service.settings
    with answering(service):
        settle()
        ready()
        patience = settings.stop_within
        asyncio.run(work(service.queue, jobs=settings.jobs, install_signal_handlers=True, patience=patience))
    return DONE
