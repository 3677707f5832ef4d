"""From a view model to an answer: the template environment, the headers that every page has, and compression."""

from __future__ import annotations

import functools
import gzip
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service.api.principal import Principal, Role
from service.pages import formats
from service.pages.static_files import url_of

__all__ = ["NAV", "POLICY", "TOLD", "NavItem", "address", "href", "is_partial", "page", "redirect"]

# No script or style but our own files, none of them inline; nobody may frame a page; forms go to this site only.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

# What was done by a form, told on the page that it leads back to.
TOLD = {
    "accept": "Accepted.",
    "dismiss": "Dismissed.",
    "correct": "Corrected.",
    "add": "Added.",
    "undo": "Undone.",
    "side": "The side is set.",
    "assign": "It is in its deal now.",
    "batch": "Accepted all of them.",
    "batch_but_down": "Accepted, but for those that would move their deal down: they still wait, and say why.",
    "seen": "It is not shown to you again.",
    "out": "You are signed out.",
    "moved": "Moved.",
    "asked": "It stays where it is until a manager approves the move.",
    "stayed": "It stands there already; nothing was changed.",
    "granted": "Approved.",
    "refused": "Refused.",
    "stopped": "The regression is stopped.",
    "done": "Done.",
    "kept": "Kept. It is tried on what has happened so far; nobody follows it yet.",
    "adopted": "Adopted. The deals are folded anew under it; a large workspace takes some minutes.",
    "revoked": "The key is good for nothing any more.",
    "replayed": "It is tried again.",
}

# Smaller answers do not become quicker by being compressed.
WORTH_ZIPPING = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """An entry of the navigation; `least` is the role from which it is shown."""

    key: str
    label: str
    url: str
    least: Role = Role.REP


NAV = (
    NavItem(key="inbox", label="Inbox", url="/"),
    NavItem(key="pipeline", label="Pipeline", url="/pipeline"),
    NavItem(key="deals", label="Deals", url="/deals"),
    NavItem(key="conversations", label="Conversations", url="/conversations"),
    NavItem(key="analytics", label="Analytics", url="/analytics"),
    NavItem(key="rules", label="Rules", url="/rules"),
    NavItem(key="admin", label="Admin", url="/admin", least=Role.ADMIN),
)


@functools.cache
def environment() -> jinja2.Environment:
    """Everything is escaped, and a name that the view model lacks is an error and not a blank."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("service.pages", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(static=url_of)
    for name in formats.__all__:
        made.filters[name] = getattr(formats, name)
    return made


def is_partial(request: Request) -> bool:
    """Whether htmx asks for a part of a page (and not the browser for its whole, nor htmx going back in history)."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"


def page(
    request: Request,
    template: str,
    *,
    who: Principal | None,
    here: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
    **view: Any,
) -> Response:
    """The template filled with the view; `here` is the key of the navigation's entry that this page belongs to.

    Templates know `who`, `here`, `nav`, `path`, `address` (with the query), `partial` and what was `told` and may be
    undone beside what is given.
    """
    query = request.query_params
    body = (
        environment()
        .get_template(template)
        .render(
            who=who,
            here=here,
            nav=[item for item in NAV if who is not None and who.role.covers(item.least)],
            path=request.url.path,
            address=address(request),
            partial=is_partial(request),
            told=TOLD.get(query.get("told", "")),
            undo=undo_url(query.get("undo", "")),
            **view,
        )
    )
    return answer(request, body, status=status, headers=headers)


def address(request: Request) -> str:
    """Path and query, without what was told once."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name not in ("told", "undo")]
    return request.url.path + (f"?{urlencode(pairs)}" if pairs else "")


def undo_url(review: str) -> str | None:
    try:
        return f"/reviews/{UUID(review)}/undo"
    except ValueError:
        return None


def answer(request: Request, body: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """HTML with the headers of every page. Pages hold what customers said: no cache keeps them."""
    sent = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "same-origin",
        "Vary": "Accept-Encoding, HX-Request, Cookie",
        "X-Content-Type-Options": "nosniff",
    } | (headers or {})
    content = body.encode()
    if len(content) >= WORTH_ZIPPING and "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, 5, mtime=0)
        sent["Content-Encoding"] = "gzip"
    return HTMLResponse(content, status, headers=sent)


def redirect(request: Request, url: str) -> Response:
    """To a page of this site: htmx is told by its own header, a browser by 303."""
    if is_partial(request):
        return Response(status_code=204, headers={"HX-Redirect": url})
    return RedirectResponse(url, 303)


def href(path: str, **parameters: object) -> str:
    """A path with the parameters that have a value, in the order given: filters live in the URL."""
    pairs = [(name, str(value)) for name, value in parameters.items() if value not in (None, "", False)]
    return f"{path}?{urlencode(pairs)}" if pairs else path
