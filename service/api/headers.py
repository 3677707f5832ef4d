"""What every answer says beside its content: what a browser may do with it, and the request's id."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from uuid import UUID

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import logs
from service.api.problems import ProblemError, answer

__all__ = ["SECURITY", "Headers"]

# Pages are made here and bring their own scripts and styles; nothing of anybody else runs or is shown in them, and they
# are shown in nobody else's.
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_ONLY = "max-age=31536000"

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")


class Headers:
    """The outermost layer: also an error that nobody foresaw is answered through it."""

    def __init__(self, app: ASGIApp, *, new_id: Callable[[], UUID]) -> None:
        self.app = app
        self.new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        given = request.headers.get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else str(self.new_id())
        request.state.request_id = request_id
        begun = False

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
                if request.url.scheme == "https":
                    headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
                # What is somebody's is kept by no cache on the way; what may be says so itself.
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Request-Id"] = request_id
            await send(message)

        with logs.about(request=request_id):
            try:
                await self.app(scope, receive, with_headers)
            except Exception:
                # The server logs it too, without the request's id.
                log.exception("request failed")
                if not begun:
                    detail = "something failed here that is not the request's fault; the log has it"
                    problem = ProblemError(500, "internal", "Internal error", detail)
                    await answer(request, problem)(scope, receive, with_headers)
                raise
