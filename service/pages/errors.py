"""What is wrong, for people: a page that says what happened and what to do; scripts of pages get it in a header."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from service.access.identity import Principal
from service.api.problems import MEDIA_TYPE, ProblemError
from service.pages.html import is_partial, page, redirect

__all__ = ["error_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`to_do` is what mends it, `back` where to go on."""

    status: int
    title: str
    detail: str
    to_do: str
    back: str
    back_label: str


TO_DO = {
    400: "Check the address, or go back and try again.",
    403: "Ask an administrator for a key of that role, or sign in with another one.",
    404: "It may have another id, or belong to somebody else. Look for it in the list.",
    409: "Somebody else was quicker. Reload the page to see how it stands now.",
    413: "Nothing was changed. Send less at once.",
    422: "Nothing was changed. Go back, mend what is named, and send it again.",
    429: "Wait a minute, then try again.",
    503: "Nothing was changed. Wait a moment and reload the page.",
}
LISTS = {"deals": ("/deals", "All deals"), "conversations": ("/conversations", "All conversations")}


def wants_page(request: Request) -> bool:
    path = request.url.path
    return not path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")


def error_page(request: Request, problem: ProblemError) -> Response | None:
    """The problem as a page where a person asked for one; None where JSON is what is wanted.

    Whoever is not known is sent to sign in, and comes back to where they were going.
    """
    if is_partial(request):
        return for_script(request, problem)
    if not wants_page(request):
        return None
    if problem.status == 401 and request.url.path != "/login":
        return redirect(request, login_url(request))
    room = request.url.path.strip("/").partition("/")[0]
    back, label = LISTS.get(room, ("/", "To the inbox"))
    fault = Fault(
        status=problem.status,
        title=str(problem.body["title"]),
        detail=str(problem.body["detail"]),
        to_do=TO_DO.get(problem.status, "Reload the page. If it stays so, the log of the service says why."),
        back=back,
        back_label=label,
    )
    known = getattr(request.state, "caller", None)
    who = known if isinstance(known, Principal) else None
    return page(request, "error.html.j2", who=who, status=problem.status, headers=dict(problem.headers), fault=fault)


def login_url(request: Request) -> str:
    here = request.url.path
    if request.url.query:
        here += f"?{request.url.query}"
    return "/login" if here == "/" else "/login?" + urlencode({"next": here})


def for_script(request: Request, problem: ProblemError) -> Response:
    if problem.status == 401:
        return redirect(request, "/login")
    toast = {"toast": {"text": str(problem.body["detail"])[:500]}}
    headers = {**problem.headers, "HX-Trigger": json.dumps(toast), "HX-Reswap": "none"}
    body = problem.body | {"instance": request.url.path}
    return JSONResponse(body, problem.status, headers=headers, media_type=MEDIA_TYPE)
